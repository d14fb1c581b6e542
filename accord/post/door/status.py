"""The state of a partnership for its grantee: where it stands, what we still do, what they owe, what was paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from accord.presentation.words.door_mail import FORMS
from accord.presentation.words.door_status import STATUS, StatusWords, money_in
from accord.presentation.words.mail import OWED_THINGS, day_in, owed_thing
from domain.partnership.choices import payable
from domain.partnership.report.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.standing.parts import TrancheProgress
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.obligations import obligations
from domain.submissions.kinds import SubmissionKind
from domain.values import Money
from ledger import clock


class AtDoor(NamedTuple):
    """A submission of a partnership, by whichever form it came."""

    kind: SubmissionKind
    sha256: str
    at: datetime
    is_of_form: bool
    """True if it came by the form that is shown, and is what that form asks for."""


def status_of(partnership: Partnership, submissions: Sequence[AtDoor], language: str) -> dict[str, Any]:
    """Return the state in sentences of a language."""
    phrases = STATUS[language]
    return {
        "stands": phrases.stands[partnership.stage.value],
        "waits": [*_looked_at(partnership, submissions, language), *_payments(partnership, language)],
        "owes": list(_owed(partnership, language)),
        "paid": list(_paid(partnership, language)),
    }


def _looked_at(partnership: Partnership, submissions: Sequence[AtDoor], language: str) -> Iterator[str]:
    """Yield the matters that the house looks at: submissions that nobody judged, and reports that were received."""
    digests = {judgement.sha256 for judgement in partnership.judged_submissions}
    for submission in submissions:
        if submission.sha256 not in digests:
            form, day = FORMS[submission.kind.value][language], day_in(language, submission.at.date())
            yield STATUS[language].looks.format(form=form, day=day)
    for report in partnership.reporting.filed:
        if report.state is ReportState.RECEIVED:
            day = day_in(language, report.received_on)
            yield STATUS[language].reads.format(number=report.number, day=day)


def _payments(partnership: Partnership, language: str) -> Iterator[str]:
    """Yield the payments that are not made yet, and what each follows on."""
    if not partnership.is_lasting or partnership.ended:
        return
    for tranche in partnership.unpaid:
        values = {"number": tranche.number, "money": money_in(language, payable(tranche))}
        yield _payment(partnership, tranche, STATUS[language], language).format(**values)


def _payment(partnership: Partnership, tranche: TrancheProgress, phrases: StatusWords, language: str) -> str:
    if tranche.state in {TrancheState.RELEASED, TrancheState.HANDED_OVER}:
        return phrases.on_its_way
    accepted_plans = {report.planned for report in partnership.reporting.filed if report.state is ReportState.ACCEPTED}
    held_by = [
        report.number for report in partnership.reporting.planned
        if tranche.number in report.holds and report.number not in accepted_plans
    ]  # fmt: skip
    if held_by:
        return phrases.after_report.replace("{report}", str(held_by[0]))
    if tranche.due_on is not None and tranche.due_on >= clock.today():
        return phrases.with_day.replace("{day}", day_in(language, tranche.due_on))
    return phrases.without_day


def _owed(partnership: Partnership, language: str) -> Iterator[str]:
    """Yield the duties of the grantee, each with its day, after what we wait for without one."""
    phrases = STATUS[language]
    if partnership.stage is Stage.AGREEMENT:
        yield phrases.agreement
    if partnership.is_asked:
        yield phrases.answer
    for obligation in obligations(partnership):
        if obligation.kind.value in OWED_THINGS:
            thing = owed_thing(language, obligation.kind.value, obligation.about)
            phrase = phrases.by_day if clock.today() <= obligation.due else phrases.was_due
            words = phrase.format(what=thing, day=day_in(language, obligation.due))
            yield f"{words[:1].upper()}{words[1:]}."


def _paid(partnership: Partnership, language: str) -> Iterator[str]:
    settled_days = dict(partnership.reporting.settled)
    for tranche in partnership.tranches:
        if tranche.state is TrancheState.SETTLED and (day := settled_days.get(tranche.number)) is not None:
            money = money_in(language, tranche.money)
            paid = STATUS[language].payment.format(number=tranche.number, money=money, day=day_in(language, day))
            yield f"{paid} {_arrived(tranche, language)}".strip()


def _arrived(tranche: TrancheProgress, language: str) -> str:
    """Return the sentence on what arrived of a payment, or '' where the bank tells of no charges on the way."""
    if not tranche.taken_on_the_way:
        return ""
    arrived_sum = tranche.money.amount - tranche.taken_on_the_way
    money = Money(amount=arrived_sum, currency=tranche.money.currency)
    return STATUS[language].arrived.format(money=money_in(language, money))
