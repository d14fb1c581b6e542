"""What has happened to a partnership, in the past tense: documented here, stored for ever, read by every version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, TypeAdapter

from domain import people, tranche
from domain.evidence import Verification
from domain.parties import AccountReference
from domain.people import Role
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.tranche import TrancheOutcome
from domain.values import Moment, Money, Sha256, StaffId, Value

ACCORD: Final = "accord"
"""The actor of events that follow from rules or time rather than from a person."""


class PartnershipEvent(Value):
    """What every event carries: when it was asked for, and by whom. The ledger adds when it was recorded."""

    schema_version: ClassVar[int] = 1
    at: Moment


class PartnershipProposed(PartnershipEvent):
    """A proposal was submitted; due diligence begins. `funding` is what the directory said of its funders then."""

    event_type: Literal["PartnershipProposed"] = "PartnershipProposed"
    actor: StaffId
    proposal: Proposal
    funding: Funding


class ProposalRevised(PartnershipEvent):
    """The proposer answered a request for information with a new version; due diligence begins again."""

    event_type: Literal["ProposalRevised"] = "ProposalRevised"
    actor: StaffId
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


class ReferralCleared(PartnershipEvent):
    """A verifier looked at what the rule book referred, and let it go to approval, with the reason."""

    event_type: Literal["ReferralCleared"] = "ReferralCleared"
    actor: StaffId
    reason: str


class InformationRequested(PartnershipEvent):
    """The proposal went back to its proposer with a question. Approvals given so far fall."""

    event_type: Literal["InformationRequested"] = "InformationRequested"
    actor: StaffId
    question: str


class ApprovalGiven(PartnershipEvent):
    """A person approved in a role. The partnership is approved once every role that must has."""

    event_type: Literal["ApprovalGiven"] = "ApprovalGiven"
    actor: StaffId
    role: Role
    reason: str


class ApprovalEscalated(PartnershipEvent):
    """The approval deadline passed: a director may now approve in place of those who did not."""

    event_type: Literal["ApprovalEscalated"] = "ApprovalEscalated"


class AgreementSigned(PartnershipEvent):
    """The agreement was signed; where money goes out, it names the payee's account. Signed again, it replaces it."""

    event_type: Literal["AgreementSigned"] = "AgreementSigned"
    actor: StaffId
    signed_on: date
    document_sha256: Sha256 | None
    account: AccountReference | None


class TrancheReleased(PartnershipEvent):
    """A payer released a tranche. `attempt` counts business attempts, so a second one is a second payment."""

    event_type: Literal["TrancheReleased"] = "TrancheReleased"
    actor: StaffId
    tranche: int
    attempt: int
    money: Money


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


class ReportReceived(PartnershipEvent):
    """The grantee's final report arrived."""

    event_type: Literal["ReportReceived"] = "ReportReceived"
    actor: StaffId
    summary: str
    document_sha256: Sha256 | None


class HoldPlaced(PartnershipEvent):
    """Everything stopped, with the reason. `actor` is `accord` when a rule placed it."""

    event_type: Literal["HoldPlaced"] = "HoldPlaced"
    actor: str
    reason: str


class HoldLifted(PartnershipEvent):
    """A person lifted the hold."""

    event_type: Literal["HoldLifted"] = "HoldLifted"
    actor: StaffId
    reason: str


class PartnershipDeclined(PartnershipEvent):
    """Refused for good. `actor` is `accord` when a rule failed or the time to decide ran out."""

    event_type: Literal["PartnershipDeclined"] = "PartnershipDeclined"
    actor: str
    reason: str


class PartnershipWithdrawn(PartnershipEvent):
    """The proposer took the proposal back."""

    event_type: Literal["PartnershipWithdrawn"] = "PartnershipWithdrawn"
    actor: StaffId
    reason: str


class PartnershipTerminated(PartnershipEvent):
    """An agreed partnership ended early."""

    event_type: Literal["PartnershipTerminated"] = "PartnershipTerminated"
    actor: StaffId
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
    | ReferralCleared
    | InformationRequested
    | ApprovalGiven
    | ApprovalEscalated
    | AgreementSigned
    | TrancheReleased
    | TrancheEnded
    | FundsReceived
    | ReportReceived
    | HoldPlaced
    | HoldLifted
    | PartnershipDeclined
    | PartnershipWithdrawn
    | PartnershipTerminated
    | PartnershipClosed
    | CommandRefused,
    Field(discriminator="event_type"),
]

AnyEvent = Annotated[Event | tranche.TrancheEvent | people.DirectoryEvent, Field(discriminator="event_type")]
"""Every event the ledger holds, of whichever stream."""

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = {}
"""(event type, schema version) to the function that lifts a stored payload to the next version."""

_ANY_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def read_event(
    event_type: str,
    schema_version: int,
    payload: dict[str, Any],
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> AnyEvent:
    """Return the event that a stored payload means, lifted through every newer schema version."""
    while (lift := upcasters.get((event_type, schema_version))) is not None:
        payload, schema_version = lift(payload), schema_version + 1
    return _ANY_EVENT.validate_python({**payload, "event_type": event_type})


def event_payload(event: AnyEvent) -> dict[str, Any]:
    """Return what is stored of an event: its content, without the type and version that have columns of their own."""
    return event.model_dump(mode="json", exclude={"event_type"})
