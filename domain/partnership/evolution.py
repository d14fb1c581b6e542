"""Evolve a partnership by its events, each with its family of acts. No event is refused: it has happened."""

from __future__ import annotations

from functools import reduce
from typing import Final

from domain.budgets.lines import GrantBudget
from domain.directory.disregarded import Disregarded
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.acts import by_class, day_of
from domain.partnership.agreement.evolution import agreement_changed
from domain.partnership.approval.evolution import approval_changed
from domain.partnership.diligence.evolution import diligence_changed
from domain.partnership.diversion.evolution import diversion_changed
from domain.partnership.ending.evolution import ending_changed
from domain.partnership.hold.evolution import holds_changed
from domain.partnership.interest.evolution import interests_changed
from domain.partnership.letter.evolution import letters_changed
from domain.partnership.payment.evolution import payments_changed
from domain.partnership.payment.overpaying import overpayment_after
from domain.partnership.procedure import REMARKS, WORDS
from domain.partnership.proposal.evolution import proposal_changed
from domain.partnership.refund.evolution import refunds_changed
from domain.partnership.remark.evolution import remarks_changed
from domain.partnership.report.evolution import reports_changed
from domain.partnership.stages import Stage
from domain.partnership.state import Act, ChangedFields, Partnership
from domain.partnership.submission.evolution import judged, submissions_changed
from domain.partnership.submission.taking_over import TakenOver
from domain.partnership.waiting.evolution import deadline_changed

OPENING: Final = ("stage", "holds", "proposal", "account", "interests")
"""The fields whose change opens a new question: decisions on an older view are stale from then on."""


_STANDS_STILL: Final = frozenset({"version", "deadline", "verification", "assigned", "named"})
"""The fields that change while a partnership stays where it stands: looks at registers, remarks."""


_REMIND: Final = (e.DeadlineSet, e.DeciderReminded, e.DeadlineEscalated)
"""The events that tell people again what they know."""


EVOLUTION: Final = by_class(
    (e.ProposalEvent, proposal_changed),
    (e.DiligenceEvent, diligence_changed),
    (e.ApprovalEvent, approval_changed),
    (e.AgreementSigned, agreement_changed),
    (e.PaymentEvent, payments_changed),
    (e.RefundEvent, refunds_changed),
    (e.ReportEvent, reports_changed),
    (e.DiversionEvent, diversion_changed),
    (e.HoldEvent, holds_changed),
    (e.InterestEvent, interests_changed),
    (e.EndingEvent, ending_changed),
    (e.WaitingEvent, deadline_changed),
    (e.RemarkEvent, remarks_changed),
    (e.LetterIssued, letters_changed),
    (e.SubmissionEvent, submissions_changed),
)
"""By class of event: the fields that it changes, as its family says. A test sees that no event is left out."""


def evolve(partnership: Partnership, event: e.Event | Disregarded) -> Partnership:
    """Return the partnership after an event."""
    if isinstance(event, Disregarded):
        return partnership.model_copy(update={"version": partnership.version + 1})
    changes = {**EVOLUTION[type(event)](partnership, event), "version": partnership.version + 1}
    if isinstance(event, TakenOver):
        changes |= judged(partnership, event, event.submission)
    if "proposal" in changes and changes["proposal"] != partnership.proposal:
        changes["named"] = partnership.people
    if any(field in changes and changes[field] != getattr(partnership, field) for field in OPENING):
        changes["opened"] = partnership.version + 1
    if not isinstance(event, _REMIND) and _moves(partnership, changes):
        changes["since"] = event.at
    if act := _act(event):
        changes["last_act"] = act
    after = partnership.model_copy(update=changes)
    first_days = _first_days(partnership, after, event)
    return after.model_copy(update=first_days) if first_days else after


def fold(partnership_id: str, history: tuple[e.Event | Disregarded, ...]) -> Partnership:
    """Return the partnership after all events of its history."""
    return reduce(evolve, history, Partnership(partnership_id=partnership_id))


def _moves(partnership: Partnership, changes: ChangedFields) -> bool:
    return any(changes[field] != getattr(partnership, field) for field in changes.keys() - _STANDS_STILL)


def _first_days(before: Partnership, after: Partnership, event: e.Event) -> ChangedFields:
    """Return the fields that remember when a quorum was complete, what was agreed, and when a condition was set."""
    changes: ChangedFields = {}
    if (budget := _newly_agreed(after)) is not None:
        changes["reporting"] = after.reporting.model_copy(update={"budget": budget})
    if after.is_approved and not before.is_approved:
        changes["quorum_completed_at"] = event.at
    if after.ended and not before.ended:
        changes["ended_on"] = day_of(event)
    days = dict(after.asked_on)
    if after.tranches != before.tranches:
        changes["overpayment"] = overpayment_after(before, after, day_of(event))
    if isinstance(event, _MOVES_MONEY):
        changes["moved_last"] = day_of(event)
    if new := [condition for condition in after.conditions if condition not in days]:
        changes["asked_on"] = (*after.asked_on, *((condition_id, day_of(event)) for condition_id in new))
    return changes


def _newly_agreed(partnership: Partnership) -> GrantBudget | None:
    """Return the proposal's budget if everybody approved it and its agreement is signed, and it was not agreed before.

    Reports are measured by it from then on, and by the one before until then.
    """
    out = partnership.proposal.funds_out if partnership.proposal is not None else None
    budget = out.budget if out is not None else None
    if budget is None or partnership.stage is not Stage.ACTIVE or budget == partnership.reporting.budget:
        return None
    return None if partnership.missing_approvals else budget


_MOVES_MONEY: Final = (e.TrancheEnded, e.TranchePaidShort, e.FundsReceived, e.ContradictionResolved, e.RefundRecorded)


def _act(event: e.Event) -> Act | None:
    words = None if isinstance(event, REMARKS) else WORDS.get(event.event_type)
    return None if words is None else Act(actor=getattr(event, "actor", ACCORD), what=words.deed, at=event.at)
