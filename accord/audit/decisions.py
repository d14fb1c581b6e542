"""Judge each decision in a partnership's stream before it counts: who signed it, in which role, and what they saw.

A worker appends the events, so the audit believes none of them by itself: what is signed is verified here.
"""

from __future__ import annotations

import json
from typing import Any, Final

from accord.audit.walk.capacities import capacity_fault
from accord.audit.walk.steps import apply, disregard
from accord.audit.walk.walk import Walk
from domain.directory.directory import Directory
from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.procedure import ACTS
from domain.recorded.event import RecordedEvent
from domain.recorded.proofs import event_fault
from ledger import StoredEvent
from records.codec import from_ledger
from records.directory import is_doubted
from records.directory_stream import Directories
from records.keys.verification import verified

BOUND_TO_WHAT_WAS_SHOWN: Final = (
    e.ReferralCleared,
    e.QuestionsCleared,
    e.ApprovalGiven,
    e.AgreementSigned,
    e.TrancheReleased,
)
"""Decisions that lead to a payment: the terms shown to the signer must be those in force at that position."""

REPEATABLE: Final = (
    e.ReferralCleared,
    e.QuestionsCleared,
    e.ApprovalGiven,
    e.AgreementSigned,
    e.TrancheReleased,
    e.RestAgreed,
    e.RestGivenUp,
    e.ConditionMet,
    e.HoldLifted,
    e.DeadlineExtended,
    e.LegEnded,
    e.AssuranceRecorded,
    e.ReportReceived,
    e.ReportAccepted,
    e.ReportReturned,
    e.RefundRecorded,
    e.RefundConfirmed,
    e.RefundWithdrawn,
    e.SubrecipientsReported,
    e.LetterIssued,
)
"""Decisions that do not count if signed with a compromised key. They can be taken again."""


def take(
    walk: Walk, stored_event: StoredEvent, partnership_id: str, times: Directories, today: Directory
) -> Fault | None:
    """Fold an event into the walk and return the fault that stops every payment of the partnership, or None."""
    if stored_event.doubt:
        remedy = f"two guardians may set it aside: `accord ledger set-aside {stored_event.position} --as STAFF`"
        return Fault(f"version {stored_event.version}, {stored_event.doubt}; {remedy}")
    recorded_event = from_ledger(stored_event)
    event: Any = recorded_event.event
    if not issubclass(type(event), e.PartnershipEvent):
        return Fault(f"version {recorded_event.version}, {event.event_type}: no event of a partnership")
    directory = times.at(recorded_event.position)
    if fault := _decision_fault(walk, recorded_event, partnership_id, directory, json.loads(stored_event.payload)):
        return Fault(f"version {recorded_event.version}, {event.event_type}: {fault}")
    walk.now, walk.version = stored_event.recorded_at, stored_event.version
    if is_doubted(today, getattr(event, "signature", None), recorded_event):
        if isinstance(event, REPEATABLE):
            disregard(walk, event)
            return None
        if isinstance(event, e.PartnershipProposed | e.ProposalRevised | e.ProposalAmended):
            return Fault(f"version {recorded_event.version}, {event.event_type}: {event.actor}'s key was in doubt then")
    apply(walk, event, directory)
    return None


def _decision_fault(
    walk: Walk, recorded_event: RecordedEvent, partnership_id: str, directory: Directory, payload: dict[str, Any]
) -> Fault | None:
    """Return the fault if a decision's signature, its signer's role or the terms it rests on are not valid, or None."""
    event: Any = recorded_event.event
    if type(event) not in ACTS or event.actor == ACCORD:
        return None
    if fault := event_fault(event, partnership_id, directory, verified, payload):
        return fault
    statement = event.signature.statement
    if statement.command_id != recorded_event.command_id or statement.command_id in walk.commands:
        return Fault("the signature was given for another command, or counts already")
    if fault := capacity_fault(walk, recorded_event, directory):
        return fault
    shown_terms, stands = statement.shown.terms if statement.shown is not None else None, walk.terms
    if shown_terms is not None and stands is not None and shown_terms.amount_in is None:
        stands = stands.model_copy(update={"amount_in": None})  # before 0.3.0 nobody was shown the money in beside it
    if isinstance(event, BOUND_TO_WHAT_WAS_SHOWN) and shown_terms != stands:
        return Fault(f"{event.actor} was shown other terms than those that stood")
    return None
