"""Check a person's role for a decision, their own or a lent one, on the day it was recorded."""

from __future__ import annotations

from typing import Any, Final

from accord.audit.walk.lifting import MAY_LIFT
from accord.audit.walk.walk import Walk
from domain.directory.directory import Capacity, Directory
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.partnership import events as e
from domain.policy.conditions import ConditionId
from domain.recorded.event import RecordedEvent

NEEDED: Final[dict[type[e.PartnershipEvent], frozenset[Role]]] = {
    e.PartnershipProposed: frozenset({Role.PROPOSER}),
    e.ProposalRevised: frozenset({Role.PROPOSER}),
    e.ProposalAmended: frozenset({Role.PROPOSER}),
    e.ReferralCleared: frozenset({Role.VERIFIER}),
    e.QuestionsCleared: frozenset({Role.VERIFIER}),
    e.ConditionMet: frozenset({Role.VERIFIER, Role.FINANCE_APPROVER}),
    e.AgreementSigned: frozenset({Role.DIRECTOR}),
    e.ReportReceived: frozenset({Role.PROPOSER, Role.VERIFIER}),
    e.ReportAccepted: frozenset({Role.PROGRAMME_APPROVER, Role.VERIFIER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    e.TrancheReleased: frozenset({Role.PAYER}),
    e.RestAgreed: frozenset({Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    e.RestGivenUp: frozenset({Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    e.PaymentRecalled: frozenset({Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    e.RecallAnswered: frozenset({Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    e.RefundRecorded: frozenset({Role.FINANCE_APPROVER, Role.PAYER}),
    e.RefundConfirmed: frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR}),
    e.RefundWithdrawn: frozenset({Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR}),
    e.LegEnded: frozenset({Role.PROGRAMME_APPROVER, Role.VERIFIER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    e.HoldLifted: MAY_LIFT,
    e.PartnershipReopened: frozenset({Role.DIRECTOR}),
}
"""The roles that may take each decision on which a payment depends. An approval names its own role."""


def capacity_fault(walk: Walk, recorded_event: RecordedEvent, directory: Directory) -> Fault | None:
    """Return the reason why no role of the actor allowed a decision when it was recorded, or None."""
    event: Any = recorded_event.event
    roles = _wanted(event)
    if roles is None or recorded_event.recorded_at is None:
        return None
    capacities = directory.capacities(event.actor, recorded_event.recorded_at.date())
    if any(_serves(capacity, event, roles, walk) for capacity in capacities):
        return None
    return Fault(f"{event.actor} could not act as {' or '.join(sorted(roles))}")


def _wanted(event: Any) -> frozenset[Role] | None:
    match event:
        case e.ApprovalGiven(role=role):
            return frozenset({role})
        case e.ConditionMet(condition=ConditionId.PAPERS_READ | ConditionId.BARRIER_MET):
            return frozenset({Role.VERIFIER})
        case _:
            return NEEDED.get(type(event))


def _serves(capacity: Capacity, event: Any, roles: frozenset[Role], walk: Walk) -> bool:
    """True if a capacity covers a decision. After an escalation, a director may also approve and clear."""
    decides = isinstance(event, e.ApprovalGiven | e.ReferralCleared)
    stand_in = decides and walk.escalated and capacity.role is Role.DIRECTOR
    if capacity.role not in roles and not stand_in:
        return False
    if decides and capacity.on_behalf_of != event.on_behalf_of:
        return False
    sums = walk.proposal.sums if walk.proposal else ()
    return not isinstance(event, e.ApprovalGiven) or all(map(capacity.allows, sums))
