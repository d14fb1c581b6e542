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
    """The time of the request. Part of the command, so that every attempt records the same bytes."""


class StaffCommand(Command):
    """A command by a person. Nothing is done in their name that they did not sign."""

    kind: str
    actor: StaffId
    signature: Signature | None = None

    def content(self) -> dict[str, Any]:
        """Return the content that the signature covers: every field but kind, id, time, actor and signature."""
        return self.model_dump(mode="json", exclude={"kind", "command_id", "at", "actor", "signature"})

    def statement(self, subject: str, shown: Shown | None = None) -> Statement:
        """Return the statement that the command's signature must cover."""
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
    """The number of the attempt to pay it. It is signed as well, so that one signature is never two payments."""


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
    """Place a hold: no approval, no signature and no payment until it is lifted."""

    kind: Literal["hold"] = "hold"
    reason: Sentence


class LiftHold(StaffCommand):
    """Lift the hold. Another person than the one who placed it must do so."""

    kind: Literal["lift"] = "lift"
    reason: Sentence


class Satisfy(StaffCommand):
    """Put the papers of a condition on file."""

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
    """Record the payee's sub-recipients now: the whole list, which replaces the one before (R7)."""

    kind: Literal["report_subrecipients"] = "report_subrecipients"
    subrecipients: Annotated[tuple[Subrecipient, ...], Field(min_length=1, max_length=200)]


class ReportDiversion(StaffCommand):
    """Record that money was used for something else. Everything stops until it is restored (R41)."""

    kind: Literal["report_diversion"] = "report_diversion"
    what: Sentence


class RecordAssurance(StaffCommand):
    """Record that diverted money is restored, and the grantee's precautions against another diversion."""

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
"""Every command that a person may give to a partnership; nothing else is accepted from outside."""

_STAFF_REQUEST: TypeAdapter[StaffRequest] = TypeAdapter(StaffRequest)


class RecordVerification(Command):
    """The workflow reports the findings of due diligence."""

    kind: Literal["record_verification"] = "record_verification"
    verification: Verification


class RecordAssessment(Command):
    """The workflow reports the assessment by the rule book."""

    kind: Literal["record_assessment"] = "record_assessment"
    assessment: Assessment
    quorum: tuple[Role, ...] | None = None
    """The roles that must approve by the organisation's tiers; None if the tiers could not be looked up."""


class RecordRecheck(Command):
    """The workflow reports a new verification after registers changed, and its assessment by the rule book."""

    kind: Literal["record_recheck"] = "record_recheck"
    verification: Verification
    assessment: Assessment
    bank: str = ""
    """The reason why nothing may be paid through the payee's bank; empty if there is none."""


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
    """Two people stated, with the bank's confirmation on file, that the payment file never arrived."""

    tranche: TrancheNumber
    attempt: int
    message_id: str


class RecordContradiction(Command):
    """The bank said something that a person must resolve before it counts."""

    exception_id: UUID
    exception: ExceptionKind
    reason: str
    answer: BankAnswer | None = None


class RecordResolution(Command):
    """One or two people resolved an exception; an answer that counts changes the totals."""

    exception_id: UUID
    resolution: Resolution
    answer: BankAnswer | None = None
    """The answer that counts now; None if none does."""


class RecordFallen(Command):
    """Take back what a person decided with a key that was revoked for cause."""

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


WorkflowCommand = (
    RecordVerification | RecordAssessment | RecordRecheck | PassDeadline | RecordTrancheOutcome | RecordFallen | Refuse
)
"""Every command of the workflow itself. Never accepted from outside."""

CounterCommand = (
    RecordTrancheOutcome | RecordReceipt | RecordHandOver | RecordNeverSent | RecordContradiction | RecordResolution
)
"""Every command of the bank's counter, which runs in processes of its own."""

AnyCommand = StaffRequest | WorkflowCommand | CounterCommand


class Authority(Value):
    """What the directory says of a command's actor: whether the signature is theirs, and the roles they may act in.

    Without a proof `member` is None, whatever name the command bears: a look-up that fails refuses.
    """

    member: StaffMember | None = None
    refusal: str = ""
    """The reason why the actor is not proved to have given the command."""
    capacities: tuple[Capacity, ...] = ()
    rules: HouseRules | None = None
    funding: Funding | None = None
    unknown_funders: tuple[str, ...] = ()
    unknown_people: tuple[str, ...] = ()
    """People whose interests are declared, but whom the directory does not hold."""
    account: AccountStanding | None = None
    """The standing of the account that an agreement names."""


def parse_staff_request(payload: Any) -> StaffRequest | str:
    """Return the command in a payload, or one line with its faults."""
    try:
        return _STAFF_REQUEST.validate_python(payload) if not isinstance(payload, str) else _from_text(payload)
    except ValidationError as fault:
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'command'}: {e['msg']}" for e in fault.errors()[:5])


def _from_text(payload: str) -> StaffRequest:
    return _STAFF_REQUEST.validate_json(payload)
