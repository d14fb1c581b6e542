"""Obligations by a day of their own, also after the end: reports, papers, refunds (rules 2.11, 3.9, R41).

They follow from the state and need no events. Events only say that one was reminded of, or is overdue.
"""

from __future__ import annotations

from domain.calendars import CALENDAR
from domain.keeping import memo
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import ALLOWANCES, Deadline, Wait, end_of
from domain.partnership.waiting.owed_money import came_back, money_back, overpayment, pledges, recalls, unconfirmed
from domain.partnership.waiting.owed_papers import asked_later, blocking, papers, period_over
from domain.partnership.waiting.owed_reports import correction, judgements, reports
from domain.partnership.waiting.owed_yearly import yearly_reports
from domain.partnership.waiting.owing import Obligation, ObligationKind


@memo
def obligations(partnership: Partnership) -> tuple[Obligation, ...]:
    """Return the open obligations, the earliest first."""
    if partnership.proposal is None:
        return ()
    open_obligations = [*papers(partnership), *blocking(partnership), *yearly_reports(partnership)]
    open_obligations += [*asked_later(partnership), *period_over(partnership)]
    if partnership.has_paid or partnership.stage in {Stage.ACTIVE, Stage.CLOSED}:
        open_obligations += [*reports(partnership), *judgements(partnership), *money_back(partnership)]
        open_obligations += [*came_back(partnership), *correction(partnership), *overpayment(partnership)]
    open_obligations += recalls(partnership)
    if partnership.is_lasting:
        open_obligations += [*pledges(partnership), *unconfirmed(partnership)]
    return tuple(sorted(open_obligations, key=lambda obligation: (obligation.due, obligation.key)))


def stops_payment(partnership: Partnership, obligation: Obligation, tranche: int) -> bool:
    """True if an obligation stops the payment of a tranche: it is overdue, or the tranche waits for it."""
    is_late = partnership.told_again_on(obligation.key) is not None and bool(partnership.reporting.settled)
    planned_numbers = {report.number for report in partnership.reporting.planned if tranche in report.holds}
    filed_numbers = {report.number for report in partnership.reporting.filed if report.planned in planned_numbers}
    match obligation.kind:
        case ObligationKind.REPORT:
            return is_late or obligation.about in map(str, planned_numbers)
        case ObligationKind.YEARLY_REPORT:
            return is_late
        case ObligationKind.JUDGEMENT:
            return obligation.about in map(str, filed_numbers)
        case _:
            return False


def is_at_rest(partnership: Partnership) -> bool:
    """True if a partnership has ended and nothing is owed in it any more."""
    return partnership.ended and not obligations(partnership)


def next_obligation(partnership: Partnership) -> Deadline | None:
    """Return the deadline of the obligation that is told of next: a reminder, or that it is overdue."""
    deadlines = (_deadline(partnership, obligation) for obligation in obligations(partnership))
    return min(deadlines, key=lambda deadline: (deadline.next_at, deadline.obligation), default=None)


def _deadline(partnership: Partnership, obligation: Obligation) -> Deadline:
    """Return an obligation's deadline.

    An obligation that began after the day of its reminder is told of only when overdue.
    """
    due = end_of(obligation.due)
    remind_at = CALENDAR.after(due, -ALLOWANCES[Wait.OBLIGATION].reminder)
    again = partnership.told_again_on(obligation.key)
    has_reminder = any(reminder.obligation == obligation.key for reminder in partnership.told)
    return Deadline(
        wait=Wait.OBLIGATION,
        remind_at=remind_at,
        due=again or due,
        reminded=has_reminder or remind_at.date() <= obligation.since,
        escalated=again is not None,
        obligation=obligation.key,
    )
