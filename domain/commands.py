"""What people and the workflow ask for. A command may be refused; an event has happened."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from domain.evidence import Verification
from domain.parties import AccountReference
from domain.people import StaffMember
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.tranche import TrancheOutcome
from domain.values import Moment, Money, Sentence, Sha256, StaffId, Value

TrancheNumber = Annotated[int, Field(ge=1, le=99)]


class Command(Value):
    """What every command carries. `command_id` is the idempotency key from end to end."""

    command_id: UUID
    at: Moment
    """When it was asked for. Part of the command, so that every attempt records the same bytes."""


class StaffCommand(Command):
    """A command by a person."""

    actor: StaffId


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


class Report(StaffCommand):
    """Record the grantee's final report."""

    kind: Literal["report"] = "report"
    summary: Sentence
    document_sha256: Sha256 | None = None


class PlaceHold(StaffCommand):
    """Stop everything but talking: no approval, no signature and no payment until the hold is lifted."""

    kind: Literal["hold"] = "hold"
    reason: Sentence


class LiftHold(StaffCommand):
    """Lift the hold; another person than the one who placed it."""

    kind: Literal["lift"] = "lift"
    reason: Sentence


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
    | Report
    | PlaceHold
    | LiftHold
    | Terminate,
    Field(discriminator="kind"),
]
"""Everything a person may ask of a partnership; nothing else is accepted from outside."""

_STAFF_REQUEST: TypeAdapter[StaffRequest] = TypeAdapter(StaffRequest)


class RecordVerification(Command):
    """The workflow reports what due diligence found."""

    verification: Verification


class RecordAssessment(Command):
    """The workflow reports what the rule book says."""

    assessment: Assessment


class PassDeadline(Command):
    """The approval deadline passed with the decision still open."""


class RecordTrancheOutcome(Command):
    """A tranche reports how it ended."""

    tranche: TrancheNumber
    attempt: int
    outcome: TrancheOutcome
    reason: str


class RecordReceipt(Command):
    """The bank reports money that came in for this partnership."""

    money: Money
    bank_reference: str


class Refuse(Command):
    """Record a command that could not be accepted and had nobody waiting for the answer."""

    actor: str
    attempted: str
    reason: str


WorkflowCommand = RecordVerification | RecordAssessment | PassDeadline | RecordTrancheOutcome | RecordReceipt | Refuse
"""What the workflow itself may ask; never accepted from outside."""

AnyCommand = StaffRequest | WorkflowCommand


class Authority(Value):
    """What the directory says of a command: who acts, and the funders that the proposal names."""

    member: StaffMember | None = None
    funding: Funding | None = None
    unknown_funders: tuple[str, ...] = ()


def parse_staff_request(payload: Any) -> StaffRequest | str:
    """Return the command that a payload means, or one line that says what is wrong with it."""
    try:
        return _STAFF_REQUEST.validate_python(payload) if not isinstance(payload, str) else _from_text(payload)
    except ValidationError as fault:
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'command'}: {e['msg']}" for e in fault.errors()[:5])


def _from_text(payload: str) -> StaffRequest:
    return _STAFF_REQUEST.validate_json(payload)
