"""Evolve a partnership by its events, each with its family of acts. No event is refused: it has happened."""

from __future__ import annotations

from functools import reduce
from typing import Final, assert_never

from domain.directory.disregarded import Disregarded
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.acts import day_of
from domain.partnership.agreement.evolution import agreement_changed
from domain.partnership.approval.evolution import approval_changed
from domain.partnership.diligence.evolution import diligence_changed
from domain.partnership.diversion.evolution import diversion_changed
from domain.partnership.ending.evolution import ending_changed
from domain.partnership.hold.evolution import holds_changed
from domain.partnership.interest.evolution import interests_changed
from domain.partnership.payment.evolution import payments_changed
from domain.partnership.procedure import REMARKS, WORDS
from domain.partnership.proposal.evolution import proposal_changed
from domain.partnership.refund.evolution import refunds_changed
from domain.partnership.remark.evolution import remarks_changed
from domain.partnership.report.evolution import reports_changed
from domain.partnership.state import Act, ChangedFields, Partnership
from domain.partnership.waiting.evolution import deadline_changed

OPENING: Final = ("stage", "holds", "proposal", "account", "interests")
"""The fields whose change opens a new question: decisions on an older view are stale from then on."""


_STANDS_STILL: Final = frozenset({"version", "deadline", "verification", "assigned", "named"})
"""The fields that change while a partnership stays where it stands: looks at registers, remarks."""


_REMIND: Final = (e.DeadlineSet, e.DeciderReminded, e.DeadlineEscalated)
"""The events that tell people again what they know."""


def evolve(partnership: Partnership, event: e.Event | Disregarded) -> Partnership:
    """Return the partnership after an event."""
    if isinstance(event, Disregarded):
        return partnership.model_copy(update={"version": partnership.version + 1})
    changed = {**_change(partnership, event), "version": partnership.version + 1}
    if changed.get("proposal", partnership.proposal) != partnership.proposal:
        changed["named"] = partnership.people
    if any(field in changed and changed[field] != getattr(partnership, field) for field in OPENING):
        changed["opened"] = partnership.version + 1
    if not isinstance(event, _REMIND) and _moves(partnership, changed):
        changed["since"] = event.at
    if act := _act(event):
        changed["last_act"] = act
    after = partnership.model_copy(update=changed)
    return after.model_copy(update=_first_days(partnership, after, event))


def _change(partnership: Partnership, event: e.Event) -> ChangedFields:
    """Return the fields that an event changes: each family of acts says it for its own."""
    match event:
        case (
            e.PartnershipProposed()
            | e.ProposalRevised()
            | e.ProposalAmended()
            | e.InformationRequested()
            | e.ReturnedForCure()
            | e.SubrecipientsReported()
        ):
            return proposal_changed(partnership, event)
        case (
            e.DueDiligenceCompleted()
            | e.EligibilityAssessed()
            | e.RegistersRechecked()
            | e.QuestionsCleared()
            | e.ConditionMet()
        ):
            return diligence_changed(partnership, event)
        case e.ReferralCleared() | e.ApprovalGiven() | e.FundsAllotted():
            return approval_changed(partnership, event)
        case e.AgreementSigned():
            return agreement_changed(partnership, event)
        case (
            e.TrancheReleased()
            | e.PaymentCancelled()
            | e.TrancheHandedOver()
            | e.TrancheNeverSent()
            | e.TrancheEnded()
            | e.BankContradicted()
            | e.ContradictionResolved()
            | e.FundsReceived()
        ):
            return payments_changed(partnership, event)
        case e.RefundRecorded() | e.RefundConfirmed() | e.RefundWithdrawn():
            return refunds_changed(partnership, event)
        case e.ReportReceived() | e.ReportAccepted() | e.ReportReturned():
            return reports_changed(partnership, event)
        case e.DiversionReported() | e.AssuranceRecorded():
            return diversion_changed(partnership, event)
        case e.HoldPlaced() | e.HoldLifted() | e.HeldWithLead() | e.FreedWithLead():
            return holds_changed(partnership, event)
        case e.InterestDeclared() | e.DecisionsFell():
            return interests_changed(partnership, event)
        case (
            e.LegEnded()
            | e.PartnershipDeclined()
            | e.PartnershipWithdrawn()
            | e.PartnershipTerminated()
            | e.PartnershipReopened()
            | e.PartnershipClosed()
        ):
            return ending_changed(partnership, event)
        case e.DeadlineSet() | e.DeciderReminded() | e.DeadlineExtended() | e.DeadlineEscalated():
            return deadline_changed(partnership, event)
        case e.CommentMade() | e.PartnershipAssigned() | e.CommandRefused():
            return remarks_changed(partnership, event)
        case _:
            assert_never(event)


def fold(partnership_id: str, history: tuple[e.Event | Disregarded, ...]) -> Partnership:
    """Return the partnership after all events of its history."""
    return reduce(evolve, history, Partnership(partnership_id=partnership_id))


def _moves(partnership: Partnership, changed: ChangedFields) -> bool:
    return any(changed[field] != getattr(partnership, field) for field in changed.keys() - _STANDS_STILL)


def _first_days(before: Partnership, after: Partnership, event: e.Event) -> ChangedFields:
    """Return the fields that remember when a quorum was complete, and when a condition was set first."""
    changed: ChangedFields = {}
    if after.is_approved and not before.is_approved:
        changed["quorum_completed_at"] = event.at
    if after.ended and not before.ended:
        changed["ended_on"] = day_of(event)
    known = dict(after.asked_on)
    if isinstance(event, _MOVES_MONEY):
        changed["moved_last"] = day_of(event)
    if new := [condition for condition in after.conditions if condition not in known]:
        changed["asked_on"] = (*after.asked_on, *((condition_id, day_of(event)) for condition_id in new))
    return changed


_MOVES_MONEY: Final = (e.TrancheEnded, e.FundsReceived, e.ContradictionResolved, e.RefundRecorded)


def _act(event: e.Event) -> Act | None:
    words = None if isinstance(event, REMARKS) else WORDS.get(event.event_type)
    return None if words is None else Act(actor=getattr(event, "actor", ACCORD), what=words.deed, at=event.at)
