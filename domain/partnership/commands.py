"""Commands of people, of the workflow and of the bank's counter. A command may be refused, unlike an event."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator
from typing_extensions import TypeAliasType

from domain.directory.tiers import Role
from domain.grants import Interest, Subrecipient
from domain.parties import AccountReference
from domain.partnership.people.taking_part import Part
from domain.partnership.refund.refunds import BankReference, BookingDetail, RefundDirection
from domain.partnership.report.reports import Figures, lifted_report
from domain.partnership.waiting.deadlines import Wait
from domain.payment.bank_answers import BankAnswer, ExceptionKind, Resolution
from domain.payment.tranche import TrancheOutcome
from domain.plans import ReportKind, Result
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment
from domain.proposal import Direction, Proposal
from domain.screening.evidence import Verification
from domain.signing import Shown, Signature, Statement, content_digest
from domain.values import Moment, Money, Sentence, Sha256, StaffId, Value, is_empty, is_false, is_none, is_zero

TrancheNumber = Annotated[int, Field(ge=1, le=99)]


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(numbers)) != len(numbers):
        raise ValueError("name each hold once")
    return numbers


HoldNumbers = Annotated[tuple[Annotated[int, Field(ge=1, le=2**31 - 1)], ...], AfterValidator(_each_once)]
"""Holds by their numbers: the versions of the events that placed them."""


class Command(Value):
    """The fields of every command. `command_id` is the idempotency key from end to end."""

    command_id: UUID
    at: Moment
    """The time of the request, which is part of the command so that every retry records the same bytes."""


class StaffCommand(Command):
    """A command by a person. It has no effect without that person's signature."""

    kind: str
    actor: StaffId
    signature: Signature | None = None

    def content(self) -> dict[str, Any]:
        """Return the content that the signature covers: every field but kind, id, time, actor and signature."""
        return self.model_dump(mode="json", exclude={"kind", "command_id", "at", "actor", "signature"})

    def statement(self, subject: str, shown: Shown | None = None) -> Statement:
        """Return the statement that the command's signature must cover. `subject` is the partnership's id."""
        return Statement(
            subject=subject,
            act=self.kind,
            actor=self.actor,
            at=self.at,
            command_id=self.command_id,
            content_sha256=content_digest(self.content()),
            shown=shown,
        )


class Propose(StaffCommand):
    """Submit a proposal, or submit it again after information was requested."""

    kind: Literal["propose"] = "propose"
    proposal: Proposal


class Approve(StaffCommand):
    """Clear a referral at the eligibility stage, or approve the partnership at a later stage."""

    kind: Literal["approve"] = "approve"
    reason: Sentence
    document_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The paper that a clearance rests on, of a body that no register lists (rules 4.2)."""
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if the actor was asked and says that they have no interest in it (R32). It is signed like the reason."""


class ClearQuestions(StaffCommand):
    """Clear what a later look at the registers asked about, once, for its facts (rules 3.7, 3.8).

    The questions are signed, so that a signature clears nothing that its signer was not shown.
    """

    kind: Literal["clear"] = "clear"
    questions: Annotated[tuple[str, ...], Field(min_length=1, max_length=500)]
    reason: Sentence
    document_sha256: Sha256 | None = None
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if the actor was asked and says that they have no interest in it (R32)."""


class Decline(StaffCommand):
    """Refuse the partnership permanently."""

    kind: Literal["decline"] = "decline"
    reason: Sentence


class ReturnForInformation(StaffCommand):
    """Send the proposal back to its proposer with a question."""

    kind: Literal["return"] = "return"
    question: Sentence


class ExtendDeadline(StaffCommand):
    """Give those who must act more time: the time allowed for the act begins anew."""

    kind: Literal["extend_deadline"] = "extend_deadline"
    reason: Sentence


class Withdraw(StaffCommand):
    """Withdraw the proposal before the agreement is signed."""

    kind: Literal["withdraw"] = "withdraw"
    reason: Sentence


class SignAgreement(StaffCommand):
    """Record the signed agreement and, where money goes out, the account it names."""

    kind: Literal["sign_agreement"] = "sign_agreement"
    signed_on: date
    document_sha256: Sha256 | None = None
    account: AccountReference | None = None


class Release(StaffCommand):
    """Release one tranche for payment."""

    kind: Literal["release"] = "release"
    tranche: TrancheNumber
    attempt: Annotated[int, Field(ge=1)] | None = Field(default=None, exclude_if=is_none)
    """The number of the attempt. It is signed as well, so that one signature cannot release two payments."""


class CancelPayment(StaffCommand):
    """Cancel a released payment before its file is handed over."""

    kind: Literal["cancel_payment"] = "cancel_payment"
    tranche: TrancheNumber
    attempt: Annotated[int, Field(ge=1)]
    reason: Sentence


class Report(StaffCommand):
    """Record a report of the grantee, planned or not, or one that corrects an earlier one."""

    kind: Literal["report"] = "report"
    summary: Sentence
    document_sha256: Sha256 | None = None
    report_kind: ReportKind
    planned: Annotated[int, Field(ge=1, le=99)] | None = Field(default=None, exclude_if=is_none)
    figures: Figures | None = Field(default=None, exclude_if=is_none)
    results: Annotated[tuple[Result, ...], Field(max_length=99)] = Field(default=(), exclude_if=is_empty)
    corrects: Annotated[int, Field(ge=1)] | None = Field(default=None, exclude_if=is_none)
    """The number of the received report that it replaces."""

    _lifted = model_validator(mode="before")(lifted_report)


class AcceptReport(StaffCommand):
    """Accept a report. Whoever filed it may not."""

    kind: Literal["accept_report"] = "accept_report"
    report: Annotated[int, Field(ge=1)]
    reason: Sentence


class ReturnReport(StaffCommand):
    """Return a report to the grantee with the reasons: it counts as not received."""

    kind: Literal["return_report"] = "return_report"
    report: Annotated[int, Field(ge=1)]
    reason: Sentence


class RecordRefund(StaffCommand):
    """Record money that the grantee paid back, or that was paid back to a donor, by its booking at the bank."""

    kind: Literal["refund"] = "refund"
    direction: RefundDirection
    money: Money
    booked_on: date
    bank_reference: BankReference
    detail: BookingDetail = Field(default="", exclude_if=is_empty)
    """Which payment of a booking of several it is; empty where the booking is one payment."""
    account: BankReference | None = Field(default=None, exclude_if=is_none)
    """The account of ours that it is booked on, where another has a booking with the same reference."""
    reason: Sentence
    document_sha256: Sha256 | None = None


class ConfirmRefund(StaffCommand):
    """Confirm a refund that another person recorded, by the bank's own booking: then it counts in the funds (R15)."""

    kind: Literal["confirm_refund"] = "confirm_refund"
    bank_reference: BankReference
    detail: BookingDetail = Field(default="", exclude_if=is_empty)
    reason: Sentence


class WithdrawRefund(StaffCommand):
    """Take back a refund that nobody confirmed: it counts for nothing, and its booking may count otherwise (R42)."""

    kind: Literal["withdraw_refund"] = "withdraw_refund"
    bank_reference: BankReference
    detail: BookingDetail = Field(default="", exclude_if=is_empty)
    reason: Sentence


class PlaceHold(StaffCommand):
    """Place a hold: until it is lifted, nothing can be approved, amended, signed or released."""

    kind: Literal["hold"] = "hold"
    reason: Sentence
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    """The leg to hold; None for all of the partnership. Payments on another leg go on."""
    whole_agreement: bool = Field(default=False, exclude_if=is_false)
    """True to hold payments in every partnership under its agreement as well."""


class LiftHold(StaffCommand):
    """Lift holds. A person who placed one may not lift it, and may lift the others."""

    kind: Literal["lift"] = "lift"
    reason: Sentence
    holds: HoldNumbers = Field(default=(), exclude_if=is_empty)
    """The holds by their numbers; none if only one stands."""


class Satisfy(StaffCommand):
    """Put the papers of a condition on file."""

    kind: Literal["satisfy"] = "satisfy"
    condition: ConditionId
    note: Sentence
    document_sha256: Sha256 | None = None


class DeclareInterest(StaffCommand):
    """Declare an interest, one's own or another person's; whoever has it is recused from then on (R32)."""

    kind: Literal["declare_interest"] = "declare_interest"
    interest: Interest


class Comment(StaffCommand):
    """Say something on record for whoever reads the partnership later. It decides nothing."""

    kind: Literal["comment"] = "comment"
    text: Sentence


class Assign(StaffCommand):
    """Name the person who looks after a partnership, or nobody. It gives no role and takes none."""

    kind: Literal["assign"] = "assign"
    to: StaffId | None = None


class Amend(StaffCommand):
    """Change the proposal after it went to approval. What changed decides which approvals are withdrawn (R34, R36)."""

    kind: Literal["amend"] = "amend"
    proposal: Proposal
    reason: Sentence


class ReportSubrecipients(StaffCommand):
    """Record the payee's current sub-recipients. The list is complete and replaces the earlier one (R7)."""

    kind: Literal["report_subrecipients"] = "report_subrecipients"
    subrecipients: Annotated[tuple[Subrecipient, ...], Field(min_length=1, max_length=200)]


class ReportDiversion(StaffCommand):
    """Record that money was diverted to another purpose. The partnership is put on hold (R41).

    The hold can be lifted only after assurances are recorded.
    """

    kind: Literal["report_diversion"] = "report_diversion"
    what: Sentence
    money: Money | None = Field(default=None, exclude_if=is_none)
    """How much was diverted, as far as it is known."""


class RecordAssurance(StaffCommand):
    """Record that diverted money is restored, and the grantee's precautions against another diversion."""

    kind: Literal["record_assurance"] = "record_assurance"
    what: Sentence
    document_sha256: Sha256 | None = None
    diverted: Money | None = Field(default=None, exclude_if=is_none)
    """How much was diverted last, where its report did not say, or said something else."""
    restored: Money | None = Field(default=None, exclude_if=is_none)
    bank_reference: BankReference | None = Field(default=None, exclude_if=is_none)
    """The bank entry by which it came back."""
    precautions: Sentence | None = Field(default=None, exclude_if=is_none)
    """The extraordinary precautions, asked for where the grantee diverted money before."""


class EndLeg(StaffCommand):
    """End one leg of several, such as a gift that does not come; the others go on."""

    kind: Literal["end_leg"] = "end_leg"
    leg: Direction
    reason: Sentence


class Reopen(StaffCommand):
    """Let a closed partnership go on, since a payment of it came back after the close: it may be paid again."""

    kind: Literal["reopen"] = "reopen"
    reason: Sentence


class Terminate(StaffCommand):
    """End an agreed partnership early, or give up what came back after its close."""

    kind: Literal["terminate"] = "terminate"
    reason: Sentence


StaffRequest = Annotated[
    Propose
    | Approve
    | ClearQuestions
    | Decline
    | ReturnForInformation
    | ExtendDeadline
    | Withdraw
    | SignAgreement
    | Release
    | CancelPayment
    | Report
    | AcceptReport
    | ReturnReport
    | RecordRefund
    | ConfirmRefund
    | WithdrawRefund
    | PlaceHold
    | LiftHold
    | Satisfy
    | DeclareInterest
    | Comment
    | Assign
    | Amend
    | ReportSubrecipients
    | ReportDiversion
    | RecordAssurance
    | EndLeg
    | Reopen
    | Terminate,
    Field(discriminator="kind"),
]
"""Every command that a person may give to a partnership; nothing else is accepted from outside."""

GivenCommand = TypeAliasType("GivenCommand", StaffRequest)
"""The same, for handlers. Of an annotation the SDK drops what `Annotated` adds, and each of 28 kinds would be tried."""

_STAFF_REQUEST: TypeAdapter[StaffRequest] = TypeAdapter(StaffRequest)


class RecordVerification(Command):
    """Record the findings of due diligence."""

    kind: Literal["record_verification"] = "record_verification"
    verification: Verification


class RecordAssessment(Command):
    """Record the assessment by the rule book."""

    kind: Literal["record_assessment"] = "record_assessment"
    assessment: Assessment
    quorum: tuple[Role, ...] | None = None
    """The roles that must approve according to the organisation's tiers; None if the tiers could not be looked up."""


class RecordRecheck(Command):
    """Record a new verification after registers changed, and its assessment by the rule book."""

    kind: Literal["record_recheck"] = "record_recheck"
    verification: Verification
    assessment: Assessment
    bank: str = ""
    """The reason why nothing may be paid through the payee's bank; empty if there is none."""
    seen: int = Field(default=0, exclude_if=is_zero)
    """The version of the partnership whose parties were asked about; 0 if it was not told."""


class PassDeadline(Command):
    """Record that a reminder is due, or that a deadline passed without a decision; `at` is that time."""

    kind: Literal["pass_deadline"] = "pass_deadline"
    wait: Wait = Wait.APPROVAL
    obligation: str = Field(default="", exclude_if=is_empty)
    """The obligation whose day it is, if the wait is for one."""


class RecordTrancheOutcome(Command):
    """Record the outcome of an attempt to pay a tranche."""

    kind: Literal["record_tranche_outcome"] = "record_tranche_outcome"
    tranche: TrancheNumber
    attempt: int
    outcome: TrancheOutcome
    reason: str


class RecordReceipt(Command):
    """Record money that, according to the bank, came in for this partnership."""

    answer: BankAnswer


class RecordHandOver(Command):
    """Record that a file with the attempt's payment is handed over to the bank."""

    tranche: TrancheNumber
    attempt: int
    message_id: str


class RecordNeverSent(Command):
    """Record that the payment file never arrived, which two people stated with the bank's confirmation on file."""

    tranche: TrancheNumber
    attempt: int
    message_id: str


class RecordContradiction(Command):
    """Record something that the bank said and that a person must resolve before it counts."""

    exception_id: UUID
    exception: ExceptionKind
    reason: str
    answer: BankAnswer | None = None


class RecordResolution(Command):
    """Record that one or two people resolved an exception; an answer that counts changes the totals."""

    exception_id: UUID
    resolution: Resolution
    answer: BankAnswer | None = None
    """The answer that counts now; None if none does."""


class RecordFallen(Command):
    """Withdraw the decisions that a person signed with a key that was revoked as compromised."""

    kind: Literal["record_fallen"] = "record_fallen"
    person: StaffId
    fell: tuple[Part, ...]
    reason: str


class Refuse(Command):
    """Record that a command was refused, and the reason."""

    kind: Literal["refuse"] = "refuse"
    actor: str
    attempted: str
    reason: str
    matched: bool = Field(default=False, exclude_if=is_false)
    """True if the rules confirmed that it named a party of a sanctions list."""


WorkflowCommand = (
    RecordVerification | RecordAssessment | RecordRecheck | PassDeadline | RecordTrancheOutcome | RecordFallen | Refuse
)
"""Every command of the workflow itself. Never accepted from outside."""

CounterCommand = (
    RecordTrancheOutcome | RecordReceipt | RecordHandOver | RecordNeverSent | RecordContradiction | RecordResolution
)
"""Every command of the bank's counter, which runs in processes of its own."""

AnyCommand = StaffRequest | WorkflowCommand | CounterCommand


def parse_staff_request(payload: Any) -> StaffRequest | str:
    """Return the command in a payload, which may be JSON text, or one line that describes its faults."""
    try:
        return _STAFF_REQUEST.validate_python(payload) if not isinstance(payload, str) else _from_text(payload)
    except ValidationError as fault:
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'command'}: {e['msg']}" for e in fault.errors()[:5])


def _from_text(payload: str) -> StaffRequest:
    return _STAFF_REQUEST.validate_json(payload)
