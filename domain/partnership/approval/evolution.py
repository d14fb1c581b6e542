"""Evolve a partnership by its approvals."""

from __future__ import annotations

from domain.partnership.approval import events as e
from domain.partnership.approval.events import ApprovalEvent
from domain.partnership.proposal.sums import sums_of
from domain.partnership.stages import Stage
from domain.partnership.state import Approval, ChangedFields, Partnership, least_of


def approval_changed(partnership: Partnership, event: ApprovalEvent) -> ChangedFields:
    """Return the fields after a clearance or an approval, and with the funds that pay."""
    match event:
        case e.ReferralCleared():
            return _cleared(partnership, event)
        case e.ApprovalGiven():
            return _approved(partnership, event)
        case e.FundsAllotted(shares=shares):
            return {"shares": shares}


def _cleared(partnership: Partnership, event: e.ReferralCleared) -> ChangedFields:
    verifier_fields = {
        "verifier": event.actor,
        "verifier_for": event.on_behalf_of,
        "quorum": event.quorum or partnership.quorum,
        "conversion": event.conversion,
    }
    return {**verifier_fields, "why": "", "stage": stage_of(partnership.model_copy(update=verifier_fields))}


def _approved(partnership: Partnership, event: e.ApprovalGiven) -> ChangedFields:
    sums = sums_of(partnership.proposed)
    approval = Approval(actor=event.actor, role=event.role, on_behalf_of=event.on_behalf_of, sums=sums)
    quorum = event.quorum if event.quorum is not None else partnership.quorum
    before = partnership.approvals
    if partnership.to_renew == (event.role,):
        old_approval = least_of(before, event.actor)
        before = tuple(approval for approval in before if approval is not old_approval)
    changes: ChangedFields = {"approvals": (*before, approval), "quorum": quorum, "conversion": event.conversion}
    after = partnership.model_copy(update=changes)
    if partnership.stage is Stage.APPROVAL and not after.missing_approvals:
        return {**changes, "stage": Stage.AGREEMENT}
    return changes


def stage_of(partnership: Partnership) -> Stage:
    """Return the stage of an eligible partnership: approval, or agreement once all have approved."""
    return Stage.APPROVAL if partnership.missing_approvals else Stage.AGREEMENT
