"""Commands of people and of the workflow. A command may be refused; an event has happened."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from domain.directory.directory import Capacity
from domain.directory.people import StaffMember
from domain.directory.tiers import HouseRules, Role
from domain.grants import Interest, Subrecipient
from domain.parties import AccountReference
from domain.partnership.deadlines import Wait
from domain.partnership.taking_part import Part
from domain.payment.account import AccountStanding
from domain.payment.bank_answers import BankAnswer, ExceptionKind, Resolution
from domain.payment.tranche import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.screening.evidence import Verification
from domain.signing import Shown, Signature, Statement, content_digest
from domain.values import Moment, Sentence, Sha256, StaffId, Value, is_none

TrancheNumber = Annotated[int, Field(ge=1, le=99)]


class Command(Value):
    """The fields of every command. `command_id` is the idempotency key from end to end."""

    command_id: UUID
    at: Moment
    """When it was asked for. Part of the command, so that every attempt records the same bytes."""


class StaffCommand(Command):
    """A command by a person. Nothing is done in their name that they did not sign."""

    kind: str
    actor: StaffId
    signature: Signature | None = None

    def content(self) -> dict[str, Any]:
        """Return everything the command says beside who, when and under which id: what its signature covers."""
        return self.model_dump(mode="json", exclude={"kind", "command_id", "at", "actor", "signature"})

    def statement(self, subject: str, shown: Shown | None = None) -> Statement:
        """Return the statement that the command's signature must be on."""
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
    """Clear a referral (verifier, stage eligibility), or approve the partnership (approvers, stage approval)."""

    kind: Literal["approve"] = "approve"
    reason: Sentence


class Decline(StaffCommand):
    """Refuse the partnership, for good."""

    kind: Literal["decline"] = "decline"
    reason: Sentence


class ReturnForInformation(StaffCommand):
    """Send the proposal back to its proposer with a question."""

    kind: Literal["return"] = "return"
    question: Sentence


class Withdraw(StaffCommand):
    """Take the proposal back, before the agreement is signed."""

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
    """Which attempt to pay it: part of what is signed, so that one signature is never two payments."""


class CancelPayment(StaffCommand):
    """Take a released payment back, before its file is handed over."""

    kind: Literal["cancel_payment"] = "cancel_payment"
    tranche: TrancheNumber
    attempt: Annotated[int, Field(ge=1)]
    reason: Sentence


class Report(StaffCommand):
    """Record a report of the grantee: the final one, or one of the years before it."""

    kind: Literal["report"] = "report"
    summary: Sentence
    document_sha256: Sha256 | None = None
    final: bool = True


class PlaceHold(StaffCommand):
    """Stop everything but talking: no approval, no signature and no payment until the hold is lifted."""

    kind: Literal["hold"] = "hold"
    reason: Sentence


class LiftHold(StaffCommand):
    """Lift the hold; another person than the one who placed it."""

    kind: Literal["lift"] = "lift"
    reason: Sentence


class Satisfy(StaffCommand):
    """Put on file what a condition asks for."""

    kind: Literal["satisfy"] = "satisfy"
    condition: ConditionId
    note: Sentence
    document_sha256: Sha256 | None = None


class DeclareInterest(StaffCommand):
    """Declare an interest, one's own or another's: that person is recused from here on (R32)."""

    kind: Literal["declare_interest"] = "declare_interest"
    interest: Interest


class Amend(StaffCommand):
    """Change the proposal after it went to approval. What changed decides which approvals fall (R34, R36)."""

    kind: Literal["amend"] = "amend"
    proposal: Proposal
    reason: Sentence


class ReportSubrecipients(StaffCommand):
    """Record whom the payee supports with the money now: the whole list, which replaces the one before (R7)."""

    kind: Literal["report_subrecipients"] = "report_subrecipients"
    subrecipients: Annotated[tuple[Subrecipient, ...], Field(min_length=1, max_length=200)]


class ReportDiversion(StaffCommand):
    """Record that money was used for something else. Everything stops until it is restored (R41)."""

    kind: Literal["report_diversion"] = "report_diversion"
    what: Sentence


class RecordAssurance(StaffCommand):
    """Record that diverted money is restored, and what the grantee does so that it does not happen again."""

    kind: Literal["record_assurance"] = "record_assurance"
    what: Sentence
    document_sha256: Sha256 | None = None


class Terminate(StaffCommand):
    """End an agreed partnership early."""

    kind: Literal["terminate"] = "terminate"
    reason: Sentence


StaffRequest = Annotated[
    Propose
    | Approve
    | Decline
    | ReturnForInformation
    | Withdraw
    | SignAgreement
    | Release
    | CancelPayment
    | Report
    | PlaceHold
    | LiftHold
    | Satisfy
    | DeclareInterest
    | Amend
    | ReportSubrecipients
    | ReportDiversion
    | RecordAssurance
    | Terminate,
    Field(discriminator="kind"),
]
"""Everything a person may ask of a partnership; nothing else is accepted from outside."""

_STAFF_REQUEST: TypeAdapter[StaffRequest] = TypeAdapter(StaffRequest)


class RecordVerification(Command):
    """The workflow reports what due diligence found."""

    kind: Literal["record_verification"] = "record_verification"
    verification: Verification


class RecordAssessment(Command):
    """The workflow reports what the rule book says."""

    kind: Literal["record_assessment"] = "record_assessment"
    assessment: Assessment
    quorum: tuple[Role, ...] | None = None
    """Who must approve by the organisation's tiers; None where they could not be looked up."""


class RecordRecheck(Command):
    """The workflow reports what the registers say after they changed, and what the rule book makes of it."""

    kind: Literal["record_recheck"] = "record_recheck"
    verification: Verification
    assessment: Assessment
    bank: str = ""
    """Why nothing may be paid by way of the payee's bank."""


class PassDeadline(Command):
    """A reminder is due, or a deadline passed with the decision still open; `at` is that time."""

    kind: Literal["pass_deadline"] = "pass_deadline"
    wait: Wait = Wait.APPROVAL


class RecordTrancheOutcome(Command):
    """A tranche reports how it ended."""

    kind: Literal["record_tranche_outcome"] = "record_tranche_outcome"
    tranche: TrancheNumber
    attempt: int
    outcome: TrancheOutcome
    reason: str


class RecordReceipt(Command):
    """The bank reports money that came in for this partnership."""

    answer: BankAnswer


class RecordHandOver(Command):
    """A file with the attempt's payment is handed over to the bank."""

    tranche: TrancheNumber
    attempt: int
    message_id: str


class RecordNeverSent(Command):
    """Two people said, with the bank's word, that the file never arrived."""

    tranche: TrancheNumber
    attempt: int
    message_id: str


class RecordContradiction(Command):
    """The bank said something that cannot be believed by itself; a person must resolve it."""

    exception_id: UUID
    exception: ExceptionKind
    reason: str
    answer: BankAnswer | None = None


class RecordResolution(Command):
    """A person resolved what the bank said, or two did; where it counts, the totals move."""

    exception_id: UUID
    resolution: Resolution
    answer: BankAnswer | None = None
    """What counts now; None where nothing does."""


class RecordFallen(Command):
    """Take back what a person decided with a key that was revoked for cause."""

    kind: Literal["record_fallen"] = "record_fallen"
    person: StaffId
    fell: tuple[Part, ...]
    reason: str


class Refuse(Command):
    """Record a command that could not be accepted and had nobody waiting for the answer."""

    kind: Literal["refuse"] = "refuse"
    actor: str
    attempted: str
    reason: str


WorkflowCommand = (
    RecordVerification | RecordAssessment | RecordRecheck | PassDeadline | RecordTrancheOutcome | RecordFallen | Refuse
)
"""What the workflow itself may ask. Never accepted from outside."""

CounterCommand = (
    RecordTrancheOutcome | RecordReceipt | RecordHandOver | RecordNeverSent | RecordContradiction | RecordResolution
)
"""What the bank's counter may ask, in processes of its own."""

AnyCommand = StaffRequest | WorkflowCommand | CounterCommand


class Authority(Value):
    """The directory's word on a command: who proved to have given it, and in which roles they may act.

    Without a proof there is no member, whatever name the command bears: a look-up that fails refuses.
    """

    member: StaffMember | None = None
    refusal: str = ""
    """Why nobody is proved to have given the command."""
    capacities: tuple[Capacity, ...] = ()
    rules: HouseRules | None = None
    funding: Funding | None = None
    unknown_funders: tuple[str, ...] = ()
    unknown_people: tuple[str, ...] = ()
    """Whose interests are declared, and whom the directory does not hold."""
    account: AccountStanding | None = None
    """Of the account that an agreement names."""


def parse_staff_request(payload: Any) -> StaffRequest | str:
    """Return the command that a payload means, or one line that says what is wrong with it."""
    try:
        return _STAFF_REQUEST.validate_python(payload) if not isinstance(payload, str) else _from_text(payload)
    except ValidationError as fault:
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'command'}: {e['msg']}" for e in fault.errors()[:5])


def _from_text(payload: str) -> StaffRequest:
    return _STAFF_REQUEST.validate_json(payload)
