"""Obligations by a day of their own, also after the end: reports, papers, refunds (rules 2.11, 3.9, R41).

They follow from the state and need no events. Events only say that one was reminded of, or is overdue.
"""

from __future__ import annotations

from domain.calendars import CALENDAR
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import ALLOWANCES, Deadline, Wait, end_of
from domain.partnership.waiting.owed_money import came_back, money_back, pledges, unconfirmed
from domain.partnership.waiting.owed_papers import asked_later, blocking, papers, period_over
from domain.partnership.waiting.owed_reports import correction, judgements, reports
from domain.partnership.waiting.owing import Obligation, ObligationKind


def obligations(partnership: Partnership) -> tuple[Obligation, ...]:
    """Return the open obligations, the earliest first."""
    if partnership.proposal is None:
        return ()
    found = [*papers(partnership), *blocking(partnership)]
    found += [*asked_later(partnership), *period_over(partnership)]
    if partnership.has_paid or partnership.stage in {Stage.ACTIVE, Stage.CLOSED}:
        found += [*reports(partnership), *judgements(partnership), *money_back(partnership)]
        found += [*came_back(partnership), *correction(partnership)]
    if partnership.is_lasting:
        found += [*pledges(partnership), *unconfirmed(partnership)]
    return tuple(sorted(found, key=lambda obligation: (obligation.due, obligation.key)))


def stops_payment(partnership: Partnership, obligation: Obligation, tranche: int) -> bool:
    """True if an obligation stops the payment of a tranche: it is overdue, or the tranche waits for it."""
    is_late = partnership.told_again_on(obligation.key) is not None and bool(partnership.reporting.settled)
    held = {report.number for report in partnership.reporting.planned if tranche in report.holds}
    judged = {report.number for report in partnership.reporting.filed if report.planned in held}
    match obligation.kind:
        case ObligationKind.REPORT:
            return is_late or obligation.about in map(str, held)
        case ObligationKind.YEARLY_REPORT:
            return is_late
        case ObligationKind.JUDGEMENT:
            return obligation.about in map(str, judged)
        case _:
            return False


def is_at_rest(partnership: Partnership) -> bool:
    """True if a partnership has ended and nothing is owed in it any more."""
    return partnership.ended and not obligations(partnership)


def next_obligation(partnership: Partnership) -> Deadline | None:
    """Return the deadline of the obligation that is told of next: a reminder, or that it is overdue."""
    deadlines = (_deadline(partnership, obligation) for obligation in obligations(partnership))
    return min(deadlines, key=lambda deadline: (deadline.next_at, deadline.obligation), default=None)


def _deadline(partnership: Partnership, owed: Obligation) -> Deadline:
    """Return an obligation's deadline.

    An obligation that began after the day of its reminder is told of only when overdue.
    """
    due = end_of(owed.due)
    remind_at = CALENDAR.after(due, -ALLOWANCES[Wait.OBLIGATION].reminder)
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
