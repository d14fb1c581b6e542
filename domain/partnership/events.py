"""The events of a partnership, in the past tense. They are stored for ever, and every later release reads them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, model_validator

from domain.directory.tiers import Role
from domain.grants import FundShare, Interest, Subrecipient
from domain.parties import AccountReference
from domain.partnership.diversion.diversions import Answer
from domain.partnership.people.taking_part import Part
from domain.partnership.proposal.amendment import Change
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.report.reports import Figures, lifted_report
from domain.partnership.waiting.deadlines import Deadline, Wait
from domain.payment.bank_answers import BankAnswer, BankStatus, ExceptionKind, Resolution
from domain.payment.tranche import TrancheOutcome
from domain.plans import ReportKind, Result
from domain.policy.conditions import ConditionId
from domain.policy.earlier import Later
from domain.policy.findings import Assessment
from domain.proposal import Direction, Funding, Proposal
from domain.screening.evidence import Verification
from domain.signing import Signature
from domain.values import Moment, Money, PartnershipId, Sha256, StaffId, Value, is_empty, is_false, is_none


class PartnershipEvent(Value):
    """The fields of every event: the time of the request. The ledger adds the time of recording."""

    schema_version: ClassVar[int] = 1
    at: Moment


class StaffEvent(PartnershipEvent):
    """The fields of a person's event: their name, and their signature on what they decided and were shown."""

    actor: StaffId
    signature: Signature | None = None
    """None in events from before decisions were signed; an approval without a signature no longer allows a payment."""


class PartnershipProposed(StaffEvent):
    """A proposal was submitted; due diligence begins. `funding` holds its funders as the directory had them then."""

    event_type: Literal["PartnershipProposed"] = "PartnershipProposed"
    proposal: Proposal
    funding: Funding


class ProposalRevised(StaffEvent):
    """The proposer answered a request for information with a new version; due diligence begins again."""

    event_type: Literal["ProposalRevised"] = "ProposalRevised"
    proposal: Proposal
    funding: Funding


class DueDiligenceCompleted(PartnershipEvent):
    """The registers were asked; `verification` is the evidence on the payee's tax status and on every party."""

    event_type: Literal["DueDiligenceCompleted"] = "DueDiligenceCompleted"
    verification: Verification


class EligibilityAssessed(PartnershipEvent):
    """The rule book was applied. A failure declines, a referral needs a verifier, anything else goes to approval."""

    event_type: Literal["EligibilityAssessed"] = "EligibilityAssessed"
    assessment: Assessment
    quorum: tuple[Role, ...] | None = None


class RegistersRechecked(PartnershipEvent):
    """The parties were checked again after a register changed. Earlier decisions stay valid."""

    event_type: Literal["RegistersRechecked"] = "RegistersRechecked"
    verification: Verification
    assessment: Assessment
    adverse: str = ""
    """The reason why nothing may be paid now; empty if the change is harmless."""
    later: tuple[Later, ...] = Field(default=(), exclude_if=is_empty)
    """What a newer edition asks anew of what was approved before it: it holds payments from its day on."""


class ReferralCleared(StaffEvent):
    """A verifier cleared a referral by the rule book, with the reason, so that the case goes to approval."""

    event_type: Literal["ReferralCleared"] = "ReferralCleared"
    reason: str
    document_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The paper that it rests on, of a body that no register lists (rules 4.2)."""
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if they were asked and said that they have no interest in it; earlier releases did not ask."""
    on_behalf_of: str = ""
    """The person who lent the role; empty if it is the actor's own."""
    quorum: tuple[Role, ...] | None = None


class InformationRequested(StaffEvent):
    """The proposal was returned to its proposer with a question. Earlier approvals are withdrawn."""

    event_type: Literal["InformationRequested"] = "InformationRequested"
    question: str


class ApprovalGiven(StaffEvent):
    """A person approved in a role. The partnership is approved once each required role has approved."""

    event_type: Literal["ApprovalGiven"] = "ApprovalGiven"
    role: Role
    reason: str
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if they were asked and said that they have no interest in it; earlier releases did not ask."""
    on_behalf_of: str = ""
    """The person who lent the role; empty if it is the actor's own."""
    quorum: tuple[Role, ...] | None = None
    """The roles that must approve, according to the tiers in force when this approval was given."""


class FundsAllotted(PartnershipEvent):
    """The funds that pay the money out, each with its part: decided with the approval, and with a change of the sum."""

    event_type: Literal["FundsAllotted"] = "FundsAllotted"
    shares: tuple[FundShare, ...]


class DeadlineSet(PartnershipEvent):
    """A deadline was set for an act that the partnership waits for."""

    event_type: Literal["DeadlineSet"] = "DeadlineSet"
    deadline: Deadline


class DeciderReminded(PartnershipEvent):
    """The deadline is near, and those who must act were reminded; or asked once more, before the partnership lapses."""

    event_type: Literal["DeciderReminded"] = "DeciderReminded"
    wait: Wait
    ends_at: Moment | None = Field(default=None, exclude_if=is_none)
    """The time at which the partnership lapses unless somebody acts, or gives more time; None before the escalation."""
    obligation: str = Field(default="", exclude_if=is_empty)
    """The obligation whose day is near; empty if a decision is."""


class DeadlineExtended(StaffEvent):
    """A person gave those who must act more time: their time begins anew."""

    event_type: Literal["DeadlineExtended"] = "DeadlineExtended"
    reason: str


class DeadlineEscalated(PartnershipEvent):
    """The deadline passed: a director may now decide in place of those who did not, or an obligation is overdue."""

    event_type: Literal["DeadlineEscalated"] = "DeadlineEscalated"
    wait: Wait
    due: Moment
    obligation: str = Field(default="", exclude_if=is_empty)


class AgreementSigned(StaffEvent):
    """The agreement was signed; where money goes out, it names the payee's account. A later one replaces it."""

    event_type: Literal["AgreementSigned"] = "AgreementSigned"
    signed_on: date
    document_sha256: Sha256 | None
    account: AccountReference | None
    account_verifier: str = ""
    """The person who called back to verify the account."""
    payable_from: Moment | None = None
    """The end of the cooling-off time, before which nothing is paid to a changed account."""
    quorum: tuple[Role, ...] | None = Field(default=None, exclude_if=is_none)
    """The roles that must approve from now on, if others were approved for the same account (R33; rules 3.10)."""


class TrancheReleased(StaffEvent):
    """A payer released a tranche. `attempt` is the number of the attempt to pay it: each attempt is a payment."""

    event_type: Literal["TrancheReleased"] = "TrancheReleased"
    tranche: int
    attempt: int
    money: Money
    attempt_signed: bool = Field(default=False, exclude_if=is_false)
    """True if the payer's signature covers the attempt. A release without it no longer leads to a payment."""


class PaymentCancelled(StaffEvent):
    """A person cancelled a released payment before its file was handed over."""

    event_type: Literal["PaymentCancelled"] = "PaymentCancelled"
    tranche: int
    attempt: int
    reason: str


class TrancheHandedOver(PartnershipEvent):
    """The file with this payment was handed over to the bank; recorded in the same transaction as the hand-over."""

    event_type: Literal["TrancheHandedOver"] = "TrancheHandedOver"
    tranche: int
    attempt: int
    message_id: str


class TrancheNeverSent(PartnershipEvent):
    """Two people stated, with the bank's confirmation on file, that the file never arrived; the payment is pending."""

    event_type: Literal["TrancheNeverSent"] = "TrancheNeverSent"
    tranche: int
    attempt: int
    message_id: str


class BankContradicted(PartnershipEvent):
    """The bank said something that a person must resolve before it counts, as the exception `exception_id`."""

    event_type: Literal["BankContradicted"] = "BankContradicted"
    exception_id: UUID
    exception: ExceptionKind
    reason: str
    answer: BankAnswer | None = None

    @property
    def booking(self) -> BankAnswer | None:
        """A payment's booking that counts for nothing until it is resolved; None if it is no other than one before."""
        answer = self.answer
        if answer is None or self.exception is ExceptionKind.PERHAPS_TOLD_BEFORE:
            return None
        return answer if answer.status is BankStatus.SETTLED and answer.is_booking else None


class ContradictionResolved(PartnershipEvent):
    """One or two people resolved an exception. If `answer` is given, it counts from here on."""

    event_type: Literal["ContradictionResolved"] = "ContradictionResolved"
    exception_id: UUID
    resolution: Resolution
    answer: BankAnswer | None = None


class DecisionsFell(PartnershipEvent):
    """Decisions no longer count, because their signer's key was revoked as compromised (R31)."""

    event_type: Literal["DecisionsFell"] = "DecisionsFell"
    person: StaffId
    fell: tuple[Part, ...]
    reason: str


class TrancheEnded(PartnershipEvent):
    """An attempt to pay ended: settled, rejected, returned after settlement, withheld before payment, or cancelled."""

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
    """The bank's answer, which names the bank's file: the evidence of the receipt."""


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


class CommentMade(StaffEvent):
    """A person said something for whoever reads the partnership later."""

    event_type: Literal["CommentMade"] = "CommentMade"
    text: str


class PartnershipAssigned(StaffEvent):
    """A person looks after the partnership from then on, or nobody does."""

    event_type: Literal["PartnershipAssigned"] = "PartnershipAssigned"
    to: StaffId | None


class ProposalAmended(StaffEvent):
    """The proposal changed after it went to approval; only the approvals that `changes` affects are withdrawn."""

    event_type: Literal["ProposalAmended"] = "ProposalAmended"
    proposal: Proposal
    funding: Funding
    reason: str
    changes: tuple[Change, ...]
    quorum: tuple[Role, ...] | None = None


class ReturnedForCure(PartnershipEvent):
    """The rules refuse the proposal as it is, and it can be cured: it went back to its proposer with the ways out."""

    event_type: Literal["ReturnedForCure"] = "ReturnedForCure"
    what: str
    """What must be cured, and what can be done."""
    rules: tuple[str, ...]
    """The rules that fail."""


class QuestionsCleared(StaffEvent):
    """A verifier cleared questions that a later look at the registers raised; each holds for its facts."""

    event_type: Literal["QuestionsCleared"] = "QuestionsCleared"
    questions: tuple[str, ...]
    reason: str
    document_sha256: Sha256 | None
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if they were asked and said that they have no interest in it."""


class SubrecipientsReported(StaffEvent):
    """The payee's current sub-recipients were reported; the list replaces the earlier one."""

    event_type: Literal["SubrecipientsReported"] = "SubrecipientsReported"
    subrecipients: tuple[Subrecipient, ...]


class DiversionReported(StaffEvent):
    """Money was diverted to another purpose than agreed."""

    event_type: Literal["DiversionReported"] = "DiversionReported"
    what: str
    money: Money | None = Field(default=None, exclude_if=is_none)


class AssuranceRecorded(StaffEvent):
    """Diverted money is restored, and the grantee took precautions."""

    event_type: Literal["AssuranceRecorded"] = "AssuranceRecorded"
    what: str
    document_sha256: Sha256 | None
    diverted: Money | None = Field(default=None, exclude_if=is_none)
    restored: Money | None = Field(default=None, exclude_if=is_none)
    bank_reference: str | None = Field(default=None, exclude_if=is_none)
    precautions: str | None = Field(default=None, exclude_if=is_none)

    @property
    def answer(self) -> Answer:
        """What it says of the sums, the bank's entry and the precautions."""
        return Answer(
            diverted=self.diverted,
            restored=self.restored,
            bank_reference=self.bank_reference,
            precautions=self.precautions,
            has_paper=self.document_sha256 is not None,
        )


def lift_report(fields: Any) -> Any:
    """Return the fields of a received report in form 2: one of form 1 was final or not, and counted at once."""
    is_first = isinstance(fields, dict) and "final" in fields
    return {**lifted_report(fields), "accepted_at_once": True} if is_first else fields


class ReportReceived(StaffEvent):
    """A report of the grantee arrived. Form 1 said only whether it was the final one, and it counted at once."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["ReportReceived"] = "ReportReceived"
    summary: str
    document_sha256: Sha256 | None
    report_kind: ReportKind
    planned: int | None = Field(default=None, exclude_if=is_none)
    figures: Figures | None = Field(default=None, exclude_if=is_none)
    results: tuple[Result, ...] = Field(default=(), exclude_if=is_empty)
    corrects: int | None = Field(default=None, exclude_if=is_none)
    accepted_at_once: bool = Field(default=False, exclude_if=is_false)
    """True for form 1 alone: before, nobody had to accept a report. No signature covers it, so none can add it."""

    # Temporal's histories hold form 1 as well, so the event reads it itself.
    _lifted = model_validator(mode="before")(lambda fields: lift_report(fields))


class ReportAccepted(StaffEvent):
    """A person other than who filed it accepted a report: what waited for it may go on."""

    event_type: Literal["ReportAccepted"] = "ReportAccepted"
    report: int
    reason: str


class ReportReturned(StaffEvent):
    """A person returned a report with the reasons: it counts as not received."""

    event_type: Literal["ReportReturned"] = "ReportReturned"
    report: int
    reason: str


class RefundRecorded(StaffEvent):
    """The grantee paid money back, or money was paid back to a donor."""

    event_type: Literal["RefundRecorded"] = "RefundRecorded"
    direction: RefundDirection
    money: Money
    booked_on: date
    bank_reference: str
    detail: str = Field(default="", exclude_if=is_empty)
    account: str | None = Field(default=None, exclude_if=is_none)
    reason: str
    document_sha256: Sha256 | None


class RefundConfirmed(StaffEvent):
    """Another person looked at the bank's booking of a refund, and found it as it was recorded."""

    event_type: Literal["RefundConfirmed"] = "RefundConfirmed"
    bank_reference: str
    detail: str = Field(default="", exclude_if=is_empty)
    reason: str


class RefundWithdrawn(StaffEvent):
    """A refund that nobody had confirmed was taken back: it was recorded by mistake."""

    event_type: Literal["RefundWithdrawn"] = "RefundWithdrawn"
    bank_reference: str
    detail: str = Field(default="", exclude_if=is_empty)
    reason: str


class HoldPlaced(PartnershipEvent):
    """A hold was placed, with the reason. `actor` is `accord` when a rule placed it."""

    event_type: Literal["HoldPlaced"] = "HoldPlaced"
    actor: str
    signature: Signature | None = None
    reason: str
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    """The leg that it holds; None if it holds all of the partnership."""
    whole_agreement: bool = Field(default=False, exclude_if=is_false)
    """True if it holds payments in every partnership under its agreement as well."""


class HoldLifted(StaffEvent):
    """A person lifted holds."""

    event_type: Literal["HoldLifted"] = "HoldLifted"
    reason: str
    holds: tuple[int, ...] = Field(default=(), exclude_if=is_empty)
    """The holds by their numbers, the versions of the events that placed them; up to release 0.2.0 none: it was all."""


class HeldWithLead(PartnershipEvent):
    """A rule repeats here the holds of the partnership that leads the agreement on everything under it."""

    event_type: Literal["HeldWithLead"] = "HeldWithLead"
    lead: PartnershipId
    reason: str
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    """The leg that it holds; None if it holds all of the partnership."""


class FreedWithLead(PartnershipEvent):
    """The holds fell that repeated those of the leading partnership, since others stand there now, or none.

    Nobody signs it: it frees nothing by itself, since each check before a payment looks at the lead.
    """

    event_type: Literal["FreedWithLead"] = "FreedWithLead"
    lead: PartnershipId
    holds: tuple[int, ...]
    """The holds by their numbers, the versions of the events that placed them."""


class LegEnded(PartnershipEvent):
    """One leg of several ended, and the others go on. `actor` is `accord` if a rule refused it.

    Before the agreement the proposal goes on without it, from due diligence on.
    """

    event_type: Literal["LegEnded"] = "LegEnded"
    actor: str
    signature: Signature | None = None
    leg: Direction
    reason: str
    anew: bool = Field(default=False, exclude_if=is_false)
    """True before the agreement: the rest begins anew without it. False since: it goes on, and the leg is over."""


class PartnershipDeclined(PartnershipEvent):
    """The partnership was refused permanently. `actor` is `accord` if a rule failed or the time to decide ran out."""

    event_type: Literal["PartnershipDeclined"] = "PartnershipDeclined"
    actor: str
    signature: Signature | None = None
    reason: str


class PartnershipWithdrawn(StaffEvent):
    """The proposer withdrew the proposal."""

    event_type: Literal["PartnershipWithdrawn"] = "PartnershipWithdrawn"
    reason: str


class PartnershipTerminated(StaffEvent):
    """An agreed partnership ended early."""

    event_type: Literal["PartnershipTerminated"] = "PartnershipTerminated"
    reason: str


class PartnershipReopened(StaffEvent):
    """A person let a closed partnership go on, since a payment of it came back after the close."""

    event_type: Literal["PartnershipReopened"] = "PartnershipReopened"
    reason: str


class PartnershipClosed(PartnershipEvent):
    """Everything agreed was done (paid, received, reported), and the partnership closed."""

    event_type: Literal["PartnershipClosed"] = "PartnershipClosed"


class CommandRefused(PartnershipEvent):
    """A command was refused. It changed nothing (R30)."""

    event_type: Literal["CommandRefused"] = "CommandRefused"
    actor: str
    attempted: str
    reason: str
    matched: bool = Field(default=False, exclude_if=is_false)
    """True if the rules confirmed that it named a party of a sanctions list: that is reported (rules 3.8)."""


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
