"""What workflows and activities say to each other: frozen, and free of the database, so workflows may import it."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict

from domain.directory.personal import Person
from domain.directory.tiers import Role
from domain.grants import Interest
from domain.partnership.commands import StaffRequest
from domain.partnership.state import Partnership
from domain.partnership.taking_part import Part
from domain.payment.tranche import Reliance, TrancheOrder, TrancheOutcome
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.recorded.event import RecordedEvent
from domain.recorded.schema import AnyEvent
from domain.screening.evidence import GiftEvidence, RegisterVersion, StatusEvidence, Verification
from domain.values import Moment, PartnershipId, Sha256, Value


class Known(Value):
    """How far a workflow knows its stream: its newest event, where that stands, and its hash."""

    version: int = 0
    position: int = 0
    leaf: str = ""
    """Empty in a run that began before it was carried."""


class RecordRequest(Value):
    """Events of one command to append to one stream, expected at a version."""

    stream_id: str
    expected_version: int
    command_id: UUID
    actor: str
    events: tuple[AnyEvent, ...]
    people: tuple[Person, ...] = ()
    """Whom earlier events of the stream name: these may, too."""
    known: Known = Known()
    """What the ledger must still hold."""


class ReadRequest(Value):
    """What of one stream to read."""

    stream_id: str
    after_version: int
    known: Known = Known()
    """What the ledger must still hold."""


class Recorded(Value):
    """What the stream holds after the expected version: the workflow evolves from these and from nothing else.

    Where the command that asked is not among them, somebody else's events stood there first: evolve, decide again.
    """

    events: tuple[RecordedEvent, ...]


class AuthorityRequest(Value):
    """Whose authority to look up: the actor's and, where the command names them, of funders and of an account."""

    partnership_id: str
    command: StaffRequest
    known: Known = Known()
    """What the ledger must still hold of the partnership."""


class AssessmentRequest(Value):
    """What the rule book is applied to."""

    proposal: Proposal
    funding: Funding
    verification: Verification
    interests: tuple[Interest, ...] = ()


class PayeeEvidence(Value):
    """What is known of a payee beside its screening."""

    status: StatusEvidence | None = None
    central: StatusEvidence | None = None
    gift: GiftEvidence | None = None


class Assessed(Value):
    """What the rule book says, and who must approve by the house's tiers; None where they could not be looked up."""

    assessment: Assessment
    quorum: tuple[Role, ...] | None


class TrancheStart(Value):
    """Which attempt to pay. What is paid, to whom and on whose word is read from the ledger, never from here."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    partnership_id: PartnershipId
    tranche: int
    attempt: int


class AttemptSeen(Value):
    """What the ledger holds of an attempt that its workflow does not know yet."""

    events: tuple[RecordedEvent, ...]
    cancelled: str = ""
    """Why a person cancelled it; empty where nobody did."""


class Handled(Value):
    """A command that was recorded, and what it led to."""

    command_id: UUID
    what: tuple[str, ...]


class Folded(Value):
    """A partnership as its stream makes it, and the commands that were recorded in it."""

    partnership: Partnership
    position: int
    leaf: str = ""
    handled: tuple[Handled, ...]


class Fallen(Value):
    """What one person decided with a key that was revoked for cause."""

    person: str
    fell: tuple[Part, ...]
    reason: str


class Refreshed(Value):
    """What became of a register's refresh."""

    register_name: str
    loaded: bool
    """Whether the publisher had something new."""


class Touched(Value):
    """The open partnerships that the registers in force may say something new of."""

    versions: tuple[RegisterVersion, ...]
    looked_at: int
    partnership_ids: tuple[str, ...]


class Instructed(Value):
    """The instruction stands."""

    at: Moment
    order: TrancheOrder
    end_to_end_id: str
    instruction_sha256: Sha256
    relied_on: Reliance


class Withheld(Value):
    """The pre-payment check found a reason not to pay; nothing was instructed."""

    at: Moment
    order: TrancheOrder
    reason: str


class InstructionOutcome(Value):
    """What became of an order to pay: one of the two, or neither where the attempt's stream says already."""

    instructed: Instructed | None = None
    withheld: Withheld | None = None


class TrancheEnding(Value):
    """How a tranche ended, and when."""

    outcome: TrancheOutcome
    reason: str
    at: Moment
