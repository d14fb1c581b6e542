"""Ask what a payment waits for: the barrier of a conditional grant, and the period that it pays for (rules 4.11)."""

from __future__ import annotations

from datetime import date

from domain.partnership import events as e
from domain.partnership.reports import Reporting, ReportState
from domain.policy.conditions import ConditionId
from domain.proposal import Proposal


def waits_for_barrier(proposal: Proposal | None, bound: bool, tranche: int) -> bool:
    """Return whether a tranche waits until a barrier is met: it is named, or none is. `bound`: by its edition."""
    out = proposal.funds_out if proposal is not None else None
    if out is None or out.barrier is None or not bound:
        return False
    return tranche in out.barrier_holds or not out.barrier_holds


def shows_it(event: e.ConditionMet) -> bool:
    """Return whether a condition's papers count: that a barrier is met, a paper shows."""
    return event.condition is not ConditionId.BARRIER_MET or event.document_sha256 is not None


def period_fault(proposal: Proposal | None, reporting: Reporting, bound: bool, tranche: int, today: date) -> str:
    """Return why a tranche would be paid ahead, its period being over and no accepted report releasing it; or ''."""
    period = proposal.period if proposal is not None else None
    if period is None or today <= period.ends or not bound:
        return ""
    holding = {plan.number for plan in reporting.planned if tranche in plan.holds}
    accepted = {one.planned for one in reporting.filed if one.state is ReportState.ACCEPTED}
    if holding & accepted:
        return ""
    return f"its period ended on {period.ends}, and no accepted report releases tranche {tranche}"
