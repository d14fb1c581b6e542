"""Obligations: what is owed by a day of its own, also after the end: reports, papers, refunds (rules 2.11, 3.9; R41).

They follow from the state and need no events. Events only say that one was reminded of, or is overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from shlex import quote
from typing import Final

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.report.reports import FINAL_AFTER, ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import ALLOWANCES, Deadline, Wait, after_business_days, end_of
from domain.plans import PlannedReport, ReportKind
from domain.policy.conditions import CONDITIONS, ConditionId
from domain.policy.earlier import TIME_TO_ANSWER
from domain.policy.waiting import BINDS_SINCE
from domain.proposal import Direction
from domain.values import Money, Value


class ObligationKind(StrEnum):
    """A kind of obligation."""

    REPORT = "REPORT"
    """A report of the grantee."""
    YEARLY_REPORT = "YEARLY_REPORT"
    """The grantee's yearly report under expenditure responsibility (26 CFR 53.4945-5(c))."""
    JUDGEMENT = "JUDGEMENT"
    """The acceptance or return of a report that was received."""
    PAPER = "PAPER"
    """A paper that a condition asks for by a day."""
    REFUND = "REFUND"
    """Money that the final report says is unspent."""
    PLEDGE = "PLEDGE"
    """An instalment that a donor pledged."""
    CONFIRMATION = "CONFIRMATION"
    """The second signature on a refund."""
    QUESTION = "QUESTION"
    """A question that a newer edition of the rule book asks of what was approved before it (rules 4.16)."""
    BLOCKING = "BLOCKING"
    """The money of a donor that is blocked, which must lie in a blocked account."""
    RETURNED = "RETURNED"
    """The decision on a payment that came back after the close: to pay it again, or to give it up."""
    CORRECTION = "CORRECTION"
    """The correction of an accepted report that accounts for money which came back and was given up."""
    ASSURANCE = "ASSURANCE"
    """The recovery of diverted money, and assurances (26 CFR 53.4945-5(e)(1))."""


JUDGED_WITHIN: Final = timedelta(days=30)
"""The time in which a report is accepted or returned, in which unspent money comes back, and diverted money too."""


MAY_RESOLVE: Final = (Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR)
"""The roles that resolve what the bank said."""


class Obligation(Value):
    """What somebody must do by a day."""

    key: str
    """The kind, what it is about and the day: it stays the same until it is met."""
    kind: ObligationKind
    about: str
    """The number of the report, the condition, or what else it is about."""
    what: str
    due: date
    """The last day on which it is in time."""
    since: date
    """The day on which it began."""
    awaiting: tuple[Role, ...]
    command: str
    """The shell's command that meets it, with placeholders in capitals."""


def obligations(partnership: Partnership) -> tuple[Obligation, ...]:
    """Return the open obligations, the earliest first."""
    if partnership.proposal is None:
        return ()
    found = [*_papers(partnership), *_blocking(partnership)]
    found += [*_asked_later(partnership), *_period_over(partnership)]
    if partnership.has_paid or partnership.stage in {Stage.ACTIVE, Stage.CLOSED}:
        found += [*_reports(partnership), *_judgements(partnership), *_money_back(partnership)]
        found += [*_came_back(partnership), *_correction(partnership)]
    if partnership.is_lasting:
        found += [*_pledges(partnership), *_unconfirmed(partnership)]
    return tuple(sorted(found, key=lambda one: (one.due, one.key)))


def stops_payment(partnership: Partnership, owed: Obligation, tranche: int) -> bool:
    """Return whether an obligation stops the payment of a tranche: it is overdue, or the tranche waits for it."""
    is_late = partnership.told_again_on(owed.key) is not None and bool(partnership.reporting.settled)
    held = {one.number for one in partnership.reporting.planned if tranche in one.holds}
    judged = {one.number for one in partnership.reporting.filed if one.planned in held}
    match owed.kind:
        case ObligationKind.REPORT:
            return is_late or owed.about in map(str, held)
        case ObligationKind.YEARLY_REPORT:
            return is_late
        case ObligationKind.JUDGEMENT:
            return owed.about in map(str, judged)
        case _:
            return False


def is_at_rest(partnership: Partnership) -> bool:
    """Return whether a partnership has ended and nothing is owed in it any more."""
    return partnership.ended and not obligations(partnership)


def next_obligation(partnership: Partnership) -> Deadline | None:
    """Return the deadline of the obligation that is told of next: a reminder, or that it is overdue."""
    deadlines = (_deadline(partnership, one) for one in obligations(partnership))
    return min(deadlines, key=lambda one: (one.next_at, one.obligation), default=None)


def _deadline(partnership: Partnership, owed: Obligation) -> Deadline:
    """Return an obligation's deadline; one that began after the day of its reminder is told of only when overdue."""
    due = end_of(owed.due)
    remind_at = after_business_days(due, -ALLOWANCES[Wait.OBLIGATION].reminder)
    again = partnership.told_again_on(owed.key)
    told = any(one.obligation == owed.key for one in partnership.told)
    return Deadline(
        wait=Wait.OBLIGATION,
        remind_at=remind_at,
        due=again or due,
        reminded=told or remind_at.date() <= owed.since,
        escalated=again is not None,
        obligation=owed.key,
    )


def _owed(
    kind: ObligationKind, about: str, what: str, due: date, since: date, act: type[c.StaffCommand], command: str
) -> Obligation:
    key = f"{kind.value} {about} {due}"
    awaiting = tuple(role for role in Role if role in PROCEDURE[act].roles)
    return Obligation(
        key=key, kind=kind, about=about, what=what, due=due, since=since, awaiting=awaiting, command=command
    )


def _reports(partnership: Partnership) -> Iterator[Obligation]:
    reporting, kind = partnership.reporting, ObligationKind.REPORT
    for plan, due in reporting.owed():
        words = f"report {plan.number} of the grantee ({plan.kind.value})"
        yield _owed(kind, str(plan.number), words, due, _since(partnership, plan), c.Report, _report(plan))
    if (due_on := partnership.responsibility.report_due) is not None:
        words = "the grantee's yearly report under expenditure responsibility"
        since = due_on.replace(year=due_on.year - 1, day=min(due_on.day, 28))
        command = "report {id} --kind PROGRESS --summary SUMMARY --as STAFF"
        yield _owed(ObligationKind.YEARLY_REPORT, "yearly", words, due_on, since, c.Report, command)
    if (last := _final_due(partnership)) is not None:
        command = "report {id} --kind FINAL --summary SUMMARY --spent SUM --as STAFF"
        yield _owed(kind, "final", "the final report of the grantee", *last, c.Report, command)


def _report(plan: PlannedReport) -> str:
    figures = " --spent SUM" if plan.kind is not ReportKind.PROGRESS else ""
    return f"report {{id}} --planned {plan.number} --summary SUMMARY{figures} --as STAFF"


def _since(partnership: Partnership, plan: PlannedReport) -> date:
    settled = dict(partnership.reporting.settled)
    return settled.get(plan.after_tranche or 0) or partnership.agreed_on or date.min


def _final_due(partnership: Partnership) -> tuple[date, date] | None:
    """Return when the final report is due and since when; None if it is planned, was received, or is not owed yet."""
    planned = any(one.kind is ReportKind.FINAL for one in partnership.reporting.planned)
    if planned or partnership.reporting.open_final is not None or not partnership.owes_a_final_report:
        return None
    since = _work_done_on(partnership)
    return None if since is None else (since + FINAL_AFTER, since)


def _work_done_on(partnership: Partnership) -> date | None:
    """Return the day on which the work, or the paying for it, was over; None before."""
    paid, period = dict(partnership.reporting.settled), partnership.proposed.period
    if partnership.proposed.funds_out is not None and not paid:
        return None
    if partnership.ended_on is not None:
        return partnership.ended_on
    if any(one.number not in paid for one in partnership.unpaid):
        return None
    ends = [period.ends] if period is not None else []
    if ends or paid:
        return max([*ends, *paid.values()])
    agreed = partnership.agreed_on
    return None if agreed is None else agreed + timedelta(days=365)  # without money and period: after a year


def _came_back(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the decision on each payment that came back after the close, by when it came."""
    final, since = partnership.reporting.final, partnership.moved_last
    told = f", and report {final.number} accounts for it" if final is not None and final.figures is not None else ""
    both = "pay it again (reopen), or give it up (terminate)"
    way = f"two people say first whether it did, then: {both}" if partnership.late_returns else both
    for one in partnership.came_back_since:
        assert since is not None  # noqa: S101 - its return moved money
        words = f"tranche {one.number}, {one.money}, came back after the close{told}: {way}"
        due, command = since + JUDGED_WITHIN, "reopen {id} --reason REASON --as STAFF"
        owed = _owed(ObligationKind.RETURNED, str(one.number), words, due, since, c.Reopen, command)
        first = {"awaiting": MAY_RESOLVE, "command": "payments exceptions"}
        yield owed.model_copy(update=first) if partnership.late_returns else owed


def _correction(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the correction of an accepted report that accounts for more than was paid, once nothing is paid again."""
    final, since, out = partnership.reporting.final, partnership.ended_on, partnership.proposed.funds_out
    if final is None or final.figures is None or out is None or since is None or partnership.came_back_since:
        return
    if final.figures.whole == partnership.settled_sum:
        return
    said = Money(amount=final.figures.whole, currency=out.currency)
    paid = f"{partnership.settled_sum:,} was paid"
    words = f"report {final.number} accounts for {said}, and {paid}: let the grantee correct it"
    plan = f" --planned {final.planned}" if final.planned is not None else ""
    command = f"report {{id}} --kind FINAL --corrects {final.number}{plan} --spent SUM --summary SUMMARY --as STAFF"
    yield _owed(ObligationKind.CORRECTION, str(final.number), words, since + JUDGED_WITHIN, since, c.Report, command)


def _judgements(partnership: Partnership) -> Iterator[Obligation]:
    for one in partnership.reporting.filed:
        if one.state is ReportState.RECEIVED:
            words = f"accept report {one.number} ({one.kind.value}), or return it with the reasons"
            due = one.received_on + JUDGED_WITHIN
            command = f"accept-report {{id}} --report {one.number} --reason REASON --as STAFF"
            yield _owed(ObligationKind.JUDGEMENT, str(one.number), words, due, one.received_on, c.AcceptReport, command)


def _money_back(partnership: Partnership) -> Iterator[Obligation]:
    final, diverted = partnership.reporting.final, partnership.responsibility.diverted
    if final is not None and final.figures is not None and partnership.unspent > Decimal(0):
        unspent = Money(amount=partnership.unspent, currency=final.figures.currency)
        words = f"the grantee pays back {unspent}, which was not spent"
        due = final.received_on + JUDGED_WITHIN
        command = "refund {id} --amount SUM --bank-reference REF --booked-on DAY --reason REASON --as STAFF"
        yield _owed(ObligationKind.REFUND, "unspent", words, due, final.received_on, c.RecordRefund, command)
    if diverted and partnership.diverted_on is not None:
        words = "recover what was diverted, and record the grantee's assurances"
        since, command = partnership.diverted_on, ASSURE
        due = since + JUDGED_WITHIN
        owed = _owed(ObligationKind.ASSURANCE, "diversion", words, due, since, c.RecordAssurance, command)
        yield owed.model_copy(update={"awaiting": may_assure(partnership)})
    elif (left := partnership.responsibility.diversions.outstanding) and partnership.diverted_on is not None:
        words, since = f"recover the {left:,} that were diverted and are not back", partnership.diverted_on
        due = since + JUDGED_WITHIN
        owed = _owed(ObligationKind.ASSURANCE, "restoration", words, due, since, c.RecordAssurance, ASSURE)
        yield owed.model_copy(update={"awaiting": may_assure(partnership)})


def may_assure(partnership: Partnership) -> tuple[Role, ...]:
    """Return the roles that record assurances: of another diversion a director alone (26 CFR 53.4945-5(e)(1)(iii))."""
    again = len(partnership.responsibility.diversions.reported) > 1
    roles = frozenset({Role.DIRECTOR}) if again else PROCEDURE[c.RecordAssurance].roles
    return tuple(role for role in Role if role in roles)


ASSURE: Final = "assure {id} --what WHAT --restored SUM --bank-reference REF --as STAFF"


def _blocking(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the money of a blocked donor that is still among ours (31 CFR 501.603; rules 4.8)."""
    gift, since = partnership.proposed.funds_in, _set_on(partnership, ConditionId.SANCTIONS_REPORT)
    if gift is None or not partnership.to_block or since is None:
        return
    money = Money(amount=partnership.to_block, currency=gift.money.currency)
    words = f"move {money} into a blocked account: its donor is on a list that blocks it, so that it is not sent back"
    command = (
        f"refund {{id}} --to-blocked-account --amount {money.amount} --bank-reference REF --booked-on DAY "
        "--reason REASON --as STAFF"
    )
    due = DUE[ConditionId.SANCTIONS_REPORT](since)
    yield _owed(ObligationKind.BLOCKING, "gift", words, due, since, c.RecordRefund, command)


def _pledges(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the first instalment of a pledge that has not come in whole."""
    gift, left = partnership.proposed.funds_in, partnership.kept
    if gift is None or partnership.ended or Direction.FUNDS_IN in partnership.ended_legs:
        return
    for number, one in enumerate(gift.schedule, start=1):
        if left < one.amount:
            missing = Money(amount=one.amount - left, currency=gift.money.currency)
            words = f"instalment {number} of the pledge: {missing} of it has not come in"
            since, command = partnership.agreed_on or one.due_on, "payments import FILE --as STAFF"
            yield _owed(ObligationKind.PLEDGE, str(number), words, one.due_on, since, c.RecordRefund, command)
            return
        left -= one.amount


def _unconfirmed(partnership: Partnership) -> Iterator[Obligation]:
    since = partnership.moved_last
    for one in partnership.refunds:
        if not one.confirmed_by and one.recorded_by and since is not None:
            words = f"confirm the refund of {one.money}, {one.name}, by the bank's booking, or take it back"
            detail = f" --detail {quote(one.detail)}" if one.detail else ""
            named = f"--bank-reference {quote(one.bank_reference)}{detail}".replace("{", "{{").replace("}", "}}")
            command = f"confirm-refund {{id}} {named} --reason REASON --as STAFF"
            due = since + JUDGED_WITHIN
            yield _owed(ObligationKind.CONFIRMATION, one.name, words, due, since, c.ConfirmRefund, command)


def _after(days: int) -> Callable[[date], date]:
    return lambda since: since + timedelta(days=days)


def _business_days_after(days: int) -> Callable[[date], date]:
    return lambda since: after_business_days(end_of(since) - timedelta(days=1), days).date()


def _end_of_next_january(since: date) -> date:
    return date(since.year + 1, 1, 31)


DUE: Final[dict[ConditionId, Callable[[date], date]]] = {
    ConditionId.CONFLICT_MINUTES: _after(60),  # 26 CFR 53.4958-6(c)(3)(ii): or until the next meeting, if later
    ConditionId.SANCTIONS_REPORT: _business_days_after(10),  # 31 CFR 501.603, 501.604
    ConditionId.ACKNOWLEDGMENT: _end_of_next_january,  # IRC 170(f)(8)(C): before the donor files
    ConditionId.DISCLOSURE: _after(0),  # IRC 6115(a): in connection with the receipt
    ConditionId.RESTRICTED_FUND: _after(30),  # the organisation's own
}
"""By condition: when its papers are due, counted from when it was set or, for a gift, from the first receipt."""

_OF_A_GIFT: Final = frozenset({ConditionId.ACKNOWLEDGMENT, ConditionId.DISCLOSURE, ConditionId.RESTRICTED_FUND})


def _papers(partnership: Partnership) -> Iterator[Obligation]:
    for condition in partnership.open_conditions():
        since = _set_on(partnership, condition)
        if condition not in DUE or since is None:
            continue
        command = f"satisfy {{id}} --condition {condition.value} --note NOTE --as STAFF"
        what = f"{CONDITIONS[condition].what} ({condition.value})"
        yield _owed(ObligationKind.PAPER, condition.value, what, DUE[condition](since), since, c.Satisfy, command)


def _asked_later(partnership: Partnership) -> Iterator[Obligation]:
    """Yield what a newer edition asks of what was approved before it: it holds payments from its day on."""
    if partnership.ended:
        return
    days = {one.asked: one.due - timedelta(days=1) for one in partnership.later}
    for question in partnership.asked_later:
        due, since = days[question], days[question] - TIME_TO_ANSWER
        command = "clear {id} --reason REASON --no-interest --as STAFF"
        words = f"answer what the rule book asks since it changed: {question}"
        yield _owed(ObligationKind.QUESTION, question, words, due, since, c.ClearQuestions, command)
    for condition in partnership.conditions_later:
        due, since = days[condition.value], days[condition.value] - TIME_TO_ANSWER
        command = f"satisfy {{id}} --condition {condition.value} --note NOTE --as STAFF"
        words = f"{CONDITIONS[condition].what} ({condition.value}), as the rule book asks since it changed"
        yield _owed(ObligationKind.PAPER, condition.value, words, due, since, c.Satisfy, command)


def _period_over(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the extension of a period that is over, where a newer edition stops what pays ahead from a later day on."""
    period, look = partnership.proposed.period, next(iter(partnership.looks_since(BINDS_SINCE)), None)
    if period is None or look is None or not partnership.unpaid or partnership.ended:
        return
    due = max(period.ends, look.on + TIME_TO_ANSWER - timedelta(days=1))
    words = f"extend the period, which ends on {period.ends}, or let a report release what is paid after it"
    yield _owed(ObligationKind.QUESTION, "period", words, due, look.on, c.Amend, "amend {id} FILE --as STAFF")


def _set_on(partnership: Partnership, condition: ConditionId) -> date | None:
    """Return the day from which a condition's time runs; None while it does not, as before a gift has come."""
    if condition in _OF_A_GIFT:
        gift = partnership.proposed.funds_in
        in_kind = gift is not None and gift.in_kind is not None
        if condition is ConditionId.ACKNOWLEDGMENT and partnership.unthanked_on is not None:
            return partnership.unthanked_on
        return partnership.agreed_on if in_kind else partnership.received_on
    if partnership.ended and condition is not ConditionId.SANCTIONS_REPORT and not partnership.is_lasting:
        return None
    return dict(partnership.asked_on).get(condition)
