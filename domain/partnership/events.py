"""The events of a partnership, in the past tense. They are stored for ever, and every later release reads them.

Each stands in the folder of its family of acts; here are all of them, and their union.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.partnership.agreement.events import AgreementSigned
from domain.partnership.approval.events import ApprovalGiven, FundsAllotted, ReferralCleared
from domain.partnership.diligence.events import (
    ConditionMet,
    DueDiligenceCompleted,
    EligibilityAssessed,
    QuestionsCleared,
    RegistersRechecked,
)
from domain.partnership.diversion.events import AssuranceRecorded, DiversionReported
from domain.partnership.ending.events import (
    LegEnded,
    PartnershipClosed,
    PartnershipDeclined,
    PartnershipReopened,
    PartnershipTerminated,
    PartnershipWithdrawn,
)
from domain.partnership.hold.events import FreedWithLead, HeldWithLead, HoldLifted, HoldPlaced
from domain.partnership.interest.events import DecisionsFell, InterestDeclared
from domain.partnership.payment.events import (
    BankContradicted,
    ContradictionResolved,
    FundsReceived,
    PaymentCancelled,
    TrancheEnded,
    TrancheHandedOver,
    TrancheNeverSent,
    TrancheReleased,
)
from domain.partnership.proposal.events import (
    InformationRequested,
    PartnershipProposed,
    ProposalAmended,
    ProposalRevised,
    ReturnedForCure,
    SubrecipientsReported,
)
from domain.partnership.refund.events import RefundConfirmed, RefundRecorded, RefundWithdrawn
from domain.partnership.remark.events import CommandRefused, CommentMade, PartnershipAssigned
from domain.partnership.report.events import ReportAccepted, ReportReceived, ReportReturned, lift_report
from domain.partnership.waiting.events import DeadlineEscalated, DeadlineExtended, DeadlineSet, DeciderReminded

__all__ = [
    "AgreementSigned", "ApprovalGiven", "AssuranceRecorded", "BankContradicted", "CommandRefused", "CommentMade",
    "ConditionMet", "ContradictionResolved", "DeadlineEscalated", "DeadlineExtended", "DeadlineSet",
    "DeciderReminded", "DecisionsFell", "DiversionReported", "DueDiligenceCompleted", "EligibilityAssessed",
    "Event", "Events", "FreedWithLead", "FundsAllotted", "FundsReceived", "HeldWithLead", "HoldLifted", "HoldPlaced",
    "InformationRequested", "InterestDeclared", "LegEnded", "PartnershipAssigned", "PartnershipClosed",
    "PartnershipDeclined", "PartnershipEvent", "PartnershipProposed", "PartnershipReopened",
    "PartnershipTerminated", "PartnershipWithdrawn", "PaymentCancelled", "ProposalAmended", "ProposalRevised",
    "QuestionsCleared", "ReferralCleared", "RefundConfirmed", "RefundRecorded", "RefundWithdrawn",
    "RegistersRechecked", "ReportAccepted", "ReportReceived", "ReportReturned", "ReturnedForCure", "StaffEvent",
    "SubrecipientsReported", "TrancheEnded", "TrancheHandedOver", "TrancheNeverSent", "TrancheReleased",
    "lift_report",
]  # fmt: skip

Event = Annotated[
    PartnershipProposed
    | ProposalRevised
    | DueDiligenceCompleted
    | EligibilityAssessed
    | RegistersRechecked
    | ReferralCleared
    | InformationRequested
    | ApprovalGiven
    | FundsAllotted
    | DeadlineSet
    | DeciderReminded
    | DeadlineEscalated
    | DeadlineExtended
    | AgreementSigned
    | TrancheReleased
    | PaymentCancelled
    | TrancheHandedOver
    | TrancheNeverSent
    | BankContradicted
    | ContradictionResolved
    | DecisionsFell
    | TrancheEnded
    | FundsReceived
    | ReportReceived
    | ReportAccepted
    | ReportReturned
    | RefundRecorded
    | RefundConfirmed
    | RefundWithdrawn
    | ConditionMet
    | InterestDeclared
    | CommentMade
    | PartnershipAssigned
    | ProposalAmended
    | ReturnedForCure
    | QuestionsCleared
    | SubrecipientsReported
    | DiversionReported
    | AssuranceRecorded
    | HoldPlaced
    | HoldLifted
    | HeldWithLead
    | FreedWithLead
    | LegEnded
    | PartnershipDeclined
    | PartnershipWithdrawn
    | PartnershipTerminated
    | PartnershipClosed
    | PartnershipReopened
    | CommandRefused,
    Field(discriminator="event_type"),
]

Events = tuple[Event, ...]
"""The consequences of a decision, all recorded together."""
