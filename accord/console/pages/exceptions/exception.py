"""The page of one exception: the bank's word beside ours, and what its reader can decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.waiting.exception_sight import (
    RESOLVED_WITHIN,
    ExceptionSight,
    days_open,
    exception_named,
    may_resolve,
    sight_of,
)
from accord.console.serving.desk import Console
from accord.presentation.numbers import count_in_words
from accord.presentation.shown_accounts import shown_account
from accord.presentation.words.codes import as_sentence, in_plain_words
from accord.presentation.words.days import day_in_words, time_in_words
from accord.presentation.words.exceptions import ChoiceWords, VersusRow, choice_in_words, happened, usual_of, versus
from accord.presentation.words.values import NamesInWords, country_in_words, money_in_words
from accord.web.pages import page, problem
from domain.payment.account_numbers import masked
from domain.payment.bank_answers import BankStatus, Resolution, account_fault_in
from domain.payment.bank_file import ResolutionAgreed
from domain.payment.tranche.events import (
    PaymentHandedOver,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
)
from domain.streams import StreamId
from ledger import clock


class ExceptionChoice(NamedTuple):
    """A resolution that the reader may sign now."""

    slug: str
    words: ChoiceWords
    needs_two: bool
    signed_by: str
    """The signer of the same before, or ''."""
    command: str
    """The shell's command that does it."""


def age_in_words(raised_at: datetime) -> dict[str, Any]:
    """Return since when an exception waits, in words: its day, its age, and whether it is late."""
    days = days_open(raised_at, clock.today())
    late = days - RESOLVED_WITHIN
    words = f"{count_in_words(late, 'business day')} late" if late > 0 else "today" if days == 0 else "since yesterday"
    return {"raised": day_in_words(raised_at), "age": words, "is_late": late > 0}


def payee_of(sight: ExceptionSight) -> str:
    """Return the payee of the money, or '' where it came in."""
    if sight.answer is not None and sight.answer.status is BankStatus.RECEIVED:
        return ""
    if sight.attempt is not None:
        return sight.attempt.order.payee.name
    out = sight.partnership.proposed.funds_out if sight.partnership is not None else None
    return out.payee.name if out is not None else ""


def subject_of(sight: ExceptionSight) -> str:
    """Return the subject of the money, or ''."""
    if sight.partnership is None:
        return ""
    title, attempt = sight.partnership.proposed.title, sight.attempt
    return f"{title}, {attempt.order.tranche} of {len(sight.partnership.tranches)}" if attempt is not None else title


async def show(request: Request) -> Response:
    """Show an exception: the bank's word beside ours, and what its reader can decide."""
    console: Console = request.app.state.console
    exception_id = await exception_named(console.desk, request.path_params["exception"])
    sight = await sight_of(console.desk, exception_id) if exception_id is not None else None
    if sight is None:
        return problem(request, 404, "there is no such exception", (("All exceptions", "/payments/exceptions"),))
    names, reader = NamesInWords(await console.desk.directory()), request.state.reader
    await console.looked_at(reader, f"exception {sight.name}")
    context = {
        **_head(sight),
        "rows": await _rows(console, sight),
        "payment": await _payment(console, sight, names),
        "codes": _codes(sight),
        "choices": _choices(sight, sight.possible(names.directory, reader), names),
        "closed": _why_closed(sight, names, reader, sight.able(names.directory)),
        "later": _later(sight),
        "account_fault": _account_fault(sight),
        "has_sender": sight.answer is not None and sight.answer.status is BankStatus.RECEIVED,
        "signatures": [_signature(signature, names) for signature in sight.first_signatures],
        "resolved": _resolved(sight, names),
        "counter": console.settings.counter_origin,
    }
    return page(request, "exception.html", context)


def _head(sight: ExceptionSight) -> dict[str, Any]:
    raised = sight.exception.raised
    return {
        "sight": sight,
        "name": sight.name,
        "title": happened(raised, sight.answer, sight.attempt),
        "money": money_in_words(sight.answer.money) if sight.answer is not None else "",
        "payee": payee_of(sight),
        **age_in_words(raised.at),
        "raised_at": time_in_words(raised.at),
        "reason": as_sentence(in_plain_words(masked(raised.reason))),
    }


async def _rows(console: Console, sight: ExceptionSight) -> Sequence[VersusRow]:
    if sight.answer is None:
        return ()
    return versus(sight.attempt, sight.answer, await _days(console, sight))


_STATUS_OF: Final[Mapping[type[Any], tuple[str, ...]]] = {
    PaymentHandedOver: ("HANDED_OVER", "ACCEPTED", "UNKNOWN"),
    PaymentSettled: ("SETTLED",),
    PaymentShort: ("SHORT",),
    PaymentRejected: ("REJECTED",),
    PaymentReturned: ("RETURNED",),
}


async def _days(console: Console, sight: ExceptionSight) -> dict[str, str]:
    """Return the days of a payment in words, by the statuses that it reached on them."""
    if sight.attempt is None:
        return {}
    order = sight.attempt.order
    stream = StreamId.attempt(order.partnership_id, order.tranche, order.attempt)
    days: dict[str, date] = {"RELEASED": order.released_at, "INSTRUCTED": order.released_at}
    for recorded_event in await console.desk.reader.read(stream):
        event: Any = recorded_event.event
        days |= dict.fromkeys(_STATUS_OF.get(type(event), ()), getattr(event, "at", order.released_at))
    return {status: day_in_words(day) for status, day in days.items()}


async def _payment(console: Console, sight: ExceptionSight, names: NamesInWords) -> tuple[tuple[str, str], ...]:
    """Return our facts on the payment that the bank speaks of."""
    attempt = sight.attempt
    if attempt is None:
        return ()
    order = attempt.order
    account = await shown_account(console.desk.pool, order.account.reference)
    handed_over = names.people(tuple(dict.fromkeys(person for file in sight.files for person in file.handed_over_by)))
    facts = (
        ("Payee", f"{order.payee.name}, {country_in_words(order.payee.country)}"),
        ("Account", f"ending in {account.last_digits}" if account is not None else ""),
        ("For", subject_of(sight)),
        ("Released by", names.person(order.released_by)),
        ("Handed over by", handed_over),
    )
    return tuple((label, words) for label, words in facts if words)


def _codes(sight: ExceptionSight) -> tuple[tuple[str, str], ...]:
    """Return the codes for a disclosure: only a bank's clerk needs them."""
    answer, raised = sight.answer, sight.exception.raised
    codes = (
        ("Exception", sight.name),
        ("Our reference", sight.attempt.end_to_end_id if sight.attempt is not None else ""),
        ("The bank's code", f"{answer.code} {masked(answer.reason)}".strip() if answer is not None else ""),
        ("The bank's reference", answer.bank_reference if answer is not None else ""),
        ("Message and entry", masked(raised.content)),
        ("Why it waits", masked(raised.reason)),
        ("SHA-256 of the bank's file", raised.file_sha256 or ""),
    )
    return tuple((label, words) for label, words in codes if words)


def _choices(
    sight: ExceptionSight, resolutions: Sequence[Resolution], names: NamesInWords
) -> tuple[ExceptionChoice, ...]:
    signers = {consent.resolution: names.person(consent.actor) for consent in sight.first_signatures}
    choices = (
        ExceptionChoice(
            resolution.value,
            choice_in_words(resolution, sight.exception.raised, sight.answer),
            sight.needs_two(resolution),
            signers.get(resolution, ""),
            f"accord payments resolve {sight.name} --kind {resolution.value} --note NOTE",
        )
        for resolution in resolutions
    )
    usual = usual_of(sight.exception.raised.exception, sight.answer.status if sight.answer is not None else None)
    return tuple(sorted(choices, key=lambda choice: (not choice.signed_by, choice.slug != usual)))


def _why_closed(sight: ExceptionSight, names: NamesInWords, reader: str, able: Sequence[str]) -> str:
    """Return the reason for which a reader can decide nothing, or not all of it, and who can."""
    if sight.exception.standing is not None:
        return ""
    others = names.people(tuple(person for person in able if person != reader), "or")
    who = (
        f"{others} can decide."
        if others
        else "Nobody can decide it today: the directory names nobody without a part in it."
    )
    if not may_resolve(names.directory, reader):
        return f"Finance approvers, payers and directors decide what the bank's word means. {who}"
    if reader in sight.involved:
        part = "You took part in this payment or brought in the bank's file"
        return f"{part}: that its money counts is for others to say. {who}"
    return ""


def _later(sight: ExceptionSight) -> str:
    if Resolution.NOTHING_BOOKED not in sight.admitted or not sight.is_too_early:
        return ""
    if sight.earliest is None:
        return (
            "Nobody can say yet that nothing was booked: the hand-over of its file is not signed by anybody who counts."
        )
    since = day_in_words(sight.earliest)
    return f"The bank may still pay it. From {since} on, two may say, with the bank's letter, that nothing was booked."


def _account_fault(sight: ExceptionSight) -> str:
    """Return the bank's word against the payee's account, or ''."""
    fault = account_fault_in(sight.answer.reason) if sight.answer is not None else None
    return in_plain_words(str(fault).split(" (")[0]) if fault is not None else ""


def _signature(consent: ResolutionAgreed, names: NamesInWords) -> str:
    return f"{names.person(consent.actor)} signed on {day_in_words(consent.at)}: {consent.note}"


def _resolved(sight: ExceptionSight, names: NamesInWords) -> str:
    act = sight.exception.standing
    if act is None:
        return ""
    says = choice_in_words(act.resolution, sight.exception.raised, sight.answer).says
    return f"{names.person(act.actor)} decided on {day_in_words(act.at)}: {says[:1].lower()}{says[1:]}. {act.note}"
