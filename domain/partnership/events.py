"""The events of a partnership, in the past tense: documented here, stored for ever, read by every version."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from domain.directory.tiers import Role
from domain.grants import Interest, Subrecipient
from domain.parties import AccountReference
from domain.partnership.amendment import Change
from domain.partnership.deadlines import Deadline, Wait
from domain.partnership.taking_part import Part
from domain.payment.bank_answers import BankAnswer, ExceptionKind, Resolution
from domain.payment.tranche import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.screening.evidence import Verification
from domain.signing import Signature
from domain.values import Moment, Money, Sha256, StaffId, Value, is_false, is_none

ACCORD: Final = "accord"
"""The actor of events that follow from rules or time rather than from a person."""


class PartnershipEvent(Value):
    """The fields of every event: when it was asked for. The ledger adds when it was recorded."""

    schema_version: ClassVar[int] = 1
    at: Moment


class StaffEvent(PartnershipEvent):
    """The fields of a person's event: their name, and their signature on what they decided and were shown."""

    actor: StaffId
    signature: Signature | None = None
    """None in what was recorded before decisions were signed; nothing is paid on such an approval any more."""


class PartnershipProposed(StaffEvent):
    """A proposal was submitted; due diligence begins. `funding` is what the directory said of its funders then."""

    event_type: Literal["PartnershipProposed"] = "PartnershipProposed"
    proposal: Proposal
    funding: Funding


class ProposalRevised(StaffEvent):
    """The proposer answered a request for information with a new version; due diligence begins again."""

    event_type: Literal["ProposalRevised"] = "ProposalRevised"
    proposal: Proposal
    funding: Funding


class DueDiligenceCompleted(PartnershipEvent):
    """The registers were asked: the payee's tax status and the screening of every party, as evidence."""

    event_type: Literal["DueDiligenceCompleted"] = "DueDiligenceCompleted"
    verification: Verification


class EligibilityAssessed(PartnershipEvent):
    """The rule book was applied. A failure declines, a referral waits for a verifier, all else goes to approval."""

    event_type: Literal["EligibilityAssessed"] = "EligibilityAssessed"
    assessment: Assessment
    quorum: tuple[Role, ...] | None = None


class RegistersRechecked(PartnershipEvent):
    """A register that speaks of the parties changed, and was asked again. What was decided before stands."""

    event_type: Literal["RegistersRechecked"] = "RegistersRechecked"
    verification: Verification
    assessment: Assessment
    adverse: str = ""
    """Why nothing may be paid on it now; empty where the change is harmless."""


class ReferralCleared(StaffEvent):
    """A verifier looked at what the rule book referred, and let it go to approval, with the reason."""

    event_type: Literal["ReferralCleared"] = "ReferralCleared"
    reason: str
    on_behalf_of: str = ""
    """Who lent the role, where it was lent."""
    quorum: tuple[Role, ...] | None = None


class InformationRequested(StaffEvent):
    """The proposal went back to its proposer with a question. Approvals given so far fall."""

    event_type: Literal["InformationRequested"] = "InformationRequested"
    question: str


class ApprovalGiven(StaffEvent):
    """A person approved in a role. The partnership is approved once every role that must has."""

    event_type: Literal["ApprovalGiven"] = "ApprovalGiven"
    role: Role
    reason: str
    on_behalf_of: str = ""
    """Who lent the role, where it was lent."""
    quorum: tuple[Role, ...] | None = None
    """Who must approve, as the tiers stood when this approval was given."""


class DeadlineSet(PartnershipEvent):
    """Somebody is waited for, until then."""

    event_type: Literal["DeadlineSet"] = "DeadlineSet"
    deadline: Deadline


class DeciderReminded(PartnershipEvent):
    """The deadline is near, and those who must act were reminded."""

    event_type: Literal["DeciderReminded"] = "DeciderReminded"
    wait: Wait


class DeadlineEscalated(PartnershipEvent):
    """The deadline passed: a director may now act in place of those who did not."""

    event_type: Literal["DeadlineEscalated"] = "DeadlineEscalated"
    wait: Wait
    due: Moment


class AgreementSigned(StaffEvent):
    """The agreement was signed; where money goes out, it names the payee's account. Signed again, it replaces it."""

    event_type: Literal["AgreementSigned"] = "AgreementSigned"
    signed_on: date
    document_sha256: Sha256 | None
    account: AccountReference | None
    account_verifier: str = ""
    """Who called back to verify the account."""
    payable_from: Moment | None = None
    """When a changed account may first be paid to: the end of its cooling-off time."""


class TrancheReleased(StaffEvent):
    """A payer released a tranche. `attempt` counts business attempts, so a second one is a second payment."""

    event_type: Literal["TrancheReleased"] = "TrancheReleased"
    tranche: int
    attempt: int
    money: Money
    attempt_signed: bool = Field(default=False, exclude_if=is_false)
    """Whether the payer signed the attempt as well. A release without that pays nothing any more."""


class PaymentCancelled(StaffEvent):
    """A person took a released payment back before its file was handed over."""

    event_type: Literal["PaymentCancelled"] = "PaymentCancelled"
    tranche: int
    attempt: int
    reason: str


class TrancheHandedOver(PartnershipEvent):
    """The file with this payment left for the bank. Recorded in the transaction that hands it over."""

    event_type: Literal["TrancheHandedOver"] = "TrancheHandedOver"
    tranche: int
    attempt: int
    message_id: str


class TrancheNeverSent(PartnershipEvent):
    """Two people said, with the bank's word, that the file never arrived: the payment waits again, as it is."""

    event_type: Literal["TrancheNeverSent"] = "TrancheNeverSent"
    tranche: int
    attempt: int
    message_id: str


class BankContradicted(PartnershipEvent):
    """The bank said something that cannot be believed by itself. `exception_id` names where a person resolves it."""

    event_type: Literal["BankContradicted"] = "BankContradicted"
    exception_id: UUID
    exception: ExceptionKind
    reason: str
    answer: BankAnswer | None = None


class ContradictionResolved(PartnershipEvent):
    """A person resolved what the bank said, or two did. Where `answer` is given, it counts from here on."""

    event_type: Literal["ContradictionResolved"] = "ContradictionResolved"
    exception_id: UUID
    resolution: Resolution
    answer: BankAnswer | None = None


class DecisionsFell(PartnershipEvent):
    """Decisions that a person took with a key that was revoked for cause count for nothing any more (R31)."""

    event_type: Literal["DecisionsFell"] = "DecisionsFell"
    person: StaffId
    fell: tuple[Part, ...]
    reason: str


class TrancheEnded(PartnershipEvent):
    """An attempt to pay ended: settled, rejected, returned after settlement, or withheld by the last look."""

    event_type: Literal["TrancheEnded"] = "TrancheEnded"
    tranche: int
    attempt: int
    outcome: TrancheOutcome
    reason: str


class FundsReceived(PartnershipEvent):
    """The bank booked money that came in for this partnership."""

    event_type: Literal["FundsReceived"] = "FundsReceived"
    money: Money
    bank_reference: str
    answer: BankAnswer | None = Field(default=None, exclude_if=is_none)
    """What the bank said, with the file that says so: the evidence of the receipt."""


class ConditionMet(StaffEvent):
    """A condition's papers are on file."""

    event_type: Literal["ConditionMet"] = "ConditionMet"
    condition: ConditionId
    note: str
    document_sha256: Sha256 | None


class InterestDeclared(StaffEvent):
    """A person declared a conflict of interest and is recused.

    Their approvals and their verification no longer count, and they take no further part.
    """

    event_type: Literal["InterestDeclared"] = "InterestDeclared"
    interest: Interest


class ProposalAmended(StaffEvent):
    """The proposal changed after it went to approval; `changes` says what, and only what that affects falls."""

    event_type: Literal["ProposalAmended"] = "ProposalAmended"
    proposal: Proposal
    funding: Funding
    reason: str
    changes: tuple[Change, ...]
    quorum: tuple[Role, ...] | None = None


class SubrecipientsReported(StaffEvent):
    """The payee's sub-recipients, as they are now."""

    event_type: Literal["SubrecipientsReported"] = "SubrecipientsReported"
    subrecipients: tuple[Subrecipient, ...]


class DiversionReported(StaffEvent):
    """Money was used for something else."""

    event_type: Literal["DiversionReported"] = "DiversionReported"
    what: str


class AssuranceRecorded(StaffEvent):
    """Diverted money is restored, and the grantee took precautions."""

    event_type: Literal["AssuranceRecorded"] = "AssuranceRecorded"
    what: str
    document_sha256: Sha256 | None


class ReportReceived(StaffEvent):
    """A report of the grantee arrived: the final one, or one of the years before it."""

    event_type: Literal["ReportReceived"] = "ReportReceived"
    summary: str
    document_sha256: Sha256 | None
    final: bool = True


class HoldPlaced(PartnershipEvent):
    """Everything stopped, with the reason. `actor` is `accord` when a rule placed it."""

    event_type: Literal["HoldPlaced"] = "HoldPlaced"
    actor: str
    signature: Signature | None = None
    reason: str


class HoldLifted(StaffEvent):
    """A person lifted the hold."""

    event_type: Literal["HoldLifted"] = "HoldLifted"
    reason: str


class PartnershipDeclined(PartnershipEvent):
    """Refused for good. `actor` is `accord` when a rule failed or the time to decide ran out."""

    event_type: Literal["PartnershipDeclined"] = "PartnershipDeclined"
    actor: str
    signature: Signature | None = None
    reason: str


class PartnershipWithdrawn(StaffEvent):
    """The proposer took the proposal back."""

    event_type: Literal["PartnershipWithdrawn"] = "PartnershipWithdrawn"
    reason: str


class PartnershipTerminated(StaffEvent):
    """An agreed partnership ended early."""

    event_type: Literal["PartnershipTerminated"] = "PartnershipTerminated"
    reason: str


class PartnershipClosed(PartnershipEvent):
    """Everything agreed was done: paid, received, reported."""

    event_type: Literal["PartnershipClosed"] = "PartnershipClosed"


class CommandRefused(PartnershipEvent):
    """Somebody asked for something that could not be accepted. It changed nothing (R30)."""

    event_type: Literal["CommandRefused"] = "CommandRefused"
    actor: str
    attempted: str
    reason: str


Event = Annotated[
    PartnershipProposed
    | ProposalRevised
    | DueDiligenceCompleted
    | EligibilityAssessed
    | RegistersRechecked
    | ReferralCleared
    | InformationRequested
    | ApprovalGiven
    | DeadlineSet
    | DeciderReminded
    | DeadlineEscalated
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
    | ConditionMet
    | InterestDeclared
    | ProposalAmended
    | SubrecipientsReported
    | DiversionReported
    | AssuranceRecorded
    | HoldPlaced
    | HoldLifted
    | PartnershipDeclined
    | PartnershipWithdrawn
    | PartnershipTerminated
    | PartnershipClosed
    | CommandRefused,
    Field(discriminator="event_type"),
]
