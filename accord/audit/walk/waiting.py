"""Check a payment's waits: papers, the barrier of a conditional grant, and the period it pays for (rules 4.11)."""

from __future__ import annotations

from datetime import date
from typing import Final

from accord.audit.walk.walk import Walk
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.report.reports import ReportState
from domain.policy.conditions import CONDITIONS, NAMED, ConditionId, Gate
from domain.policy.waiting import BINDS_SINCE
from domain.proposal import Proposal

_BARRIER: Final = ConditionId.BARRIER_MET


def meet(walk: Walk, event: e.ConditionMet) -> None:
    """Put a condition's papers on file, if they show it."""
    if _shows_it(event) and event.condition not in NAMED:
        walk.met.add(event.condition)
        walk.responsibility = walk.responsibility.with_met(event.condition)


def missing_papers(walk: Walk, tranche: int) -> list[ConditionId]:
    """Return the conditions for the agreement, or a tranche's payment, whose papers are not on file."""
    asked_conditions = dict.fromkeys(walk.conditions)
    before, free = {Gate.AGREEMENT, Gate.PAYMENT}, {*not_asked(walk, tranche), *walk.editions.not_yet}
    return [
        condition_id
        for condition_id in asked_conditions
        if CONDITIONS[condition_id].before in before and condition_id not in free
    ]


def not_asked(walk: Walk, tranche: int) -> set[ConditionId]:
    """Return the conditions on file, with the barrier where the tranche does not wait for it."""
    is_binding = _is_bound(walk) or _BARRIER in walk.editions.later
    return walk.met if _waits_for_barrier(walk.proposal, is_binding, tranche) else walk.met | {_BARRIER}


def period_fault(walk: Walk, tranche: int, today: date) -> Fault | None:
    """Return the reason why a tranche would be paid ahead, after its period without an accepted report, or None."""
    period = walk.proposal.period if walk.proposal is not None else None
    if period is None or today <= period.ends or not _is_bound(walk):
        return None
    holding = {plan.number for plan in walk.reporting.planned if tranche in plan.holds}
    accepted_numbers = {report.planned for report in walk.reporting.filed if report.state is ReportState.ACCEPTED}
    marks = [mark.number for mark in walk.reporting.milestones if tranche in mark.holds]
    if holding & accepted_numbers or any(map(walk.reporting.is_done, marks)):
        return None
    return Fault(f"its period ended on {period.ends}, and no accepted report releases tranche {tranche}")


def _shows_it(event: e.ConditionMet) -> bool:
    """True if a condition's papers count: that a barrier is met, a paper shows."""
    return event.condition is not _BARRIER or event.document_sha256 is not None


def _waits_for_barrier(proposal: Proposal | None, is_binding: bool, tranche: int) -> bool:
    """True if a tranche waits until a barrier is met: it is named, or none is. `is_binding`: by its edition."""
    out = proposal.funds_out if proposal is not None else None
    if out is None or out.barrier is None or not is_binding:
        return False
    return tranche in out.barrier_holds or not out.barrier_holds


def _is_bound(walk: Walk) -> bool:
    """True if an unmet barrier, and a period that is over, stop what was approved (rules 4.11, 4.16)."""
    return walk.editions.is_bound(BINDS_SINCE, walk.edition)
