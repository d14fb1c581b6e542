"""Ask what a payment waits for: the barrier of a conditional grant, and the period that it pays for (rules 4.11)."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.partnership.money.diversions import Diversions
from domain.partnership.reporting.reports import Reporting, ReportState
from domain.policy.conditions import ConditionId
from domain.policy.waiting import is_bound
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


MAY_ASSURE: Final = frozenset({Role.VERIFIER, Role.FINANCE_APPROVER, Role.DIRECTOR})


def is_in_full(event: e.AssuranceRecorded, roles: frozenset[Role]) -> bool:
    """Return whether a director gives assurances, and says which precautions are taken."""
    return Role.DIRECTOR in roles and event.precautions is not None


def answers(event: e.AssuranceRecorded, known: Diversions, roles: frozenset[Role]) -> bool:
    """Return whether assurances answer what was diverted (26 CFR 53.4945-5(e)(1)(iii), (iv)).

    Who was shown the terms of an earlier edition was asked for words alone.
    """
    shown = event.signature.statement.shown if event.signature is not None else None
    edition = shown.terms.rule_book if shown is not None and shown.terms is not None else ""
    if roles.isdisjoint(MAY_ASSURE):
        return False
    if not is_bound(edition):
        return True
    unknown = any(one.money is None and not one.answered for one in known.reported)
    if unknown and event.diverted is None:
        return False
    left = known.with_answer(event.answer).outstanding
    return len(known.reported) < 2 or (is_in_full(event, roles) and not left)
