"""What workflows and activities say to each other: frozen, and free of the database, so workflows may import it."""

from __future__ import annotations

from uuid import UUID

from domain.commands import StaffRequest
from domain.events import AnyEvent
from domain.evidence import GiftEvidence, RegisterVersion, StatusEvidence, Verification
from domain.grants import Interest
from domain.personal import Person
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.tiers import Role
from domain.tranche import TrancheOrder, TrancheOutcome
from domain.values import Moment, Sha256, Value


class RecordRequest(Value):
    """Events of one command to append to one stream, expected at a version."""

    stream_id: str
    expected_version: int
    command_id: UUID
    actor: str
    events: tuple[AnyEvent, ...]
    people: tuple[Person, ...] = ()
    """Whom earlier events of the stream name: these may, too."""


class RecordedEvent(Value):
    """An event as the ledger holds it, with its places and the command that caused it."""

    version: int
    position: int = 0
    """In the ledger as a whole."""
    recorded_at: Moment | None = None
    command_id: UUID
    event: AnyEvent


class ReadRequest(Value):
    """What of one stream to read."""

    stream_id: str
    after_version: int


class Recorded(Value):
    """What the stream holds after the expected version: the workflow evolves from these and from nothing else.

    Where the command that asked is not among them, somebody else's events stood there first: evolve, decide again.
    """

    events: tuple[RecordedEvent, ...]


class AuthorityRequest(Value):
    """Whose authority to look up: the actor's and, where the command names them, of funders and of an account."""

    partnership_id: str
    command: StaffRequest


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
    """A released tranche with what the last look before paying needs."""

    order: TrancheOrder
    proposal: Proposal
    funding: Funding
    cleared: tuple[str, ...] = ()
    """Referrals that a verifier cleared for this partnership."""
    interests: tuple[Interest, ...] = ()
    proposers: tuple[str, ...] = ()
    """Everybody who proposed or revised it."""

    @property
    def raised_by(self) -> frozenset[str]:
        """Who brought the payment up or has an interest in it: what they cleared themselves does not count for it."""
        interested = (interest.person for interest in self.interests)
        return frozenset({self.order.released_by, *self.proposers, *interested})


class Touched(Value):
    """The open partnerships that the registers in force may say something new of."""

    versions: tuple[RegisterVersion, ...]
    looked_at: int
    partnership_ids: tuple[str, ...]


class Instructed(Value):
    """The instruction stands."""

    at: Moment
    end_to_end_id: str
    instruction_sha256: Sha256


class Withheld(Value):
    """The last look found a reason not to pay; nothing was instructed."""

    at: Moment
    reason: str


class InstructionOutcome(Value):
    """What became of an order to pay: exactly one of the two."""

    instructed: Instructed | None = None
    withheld: Withheld | None = None


class TrancheEnding(Value):
    """How a tranche ended, and when."""

    outcome: TrancheOutcome
    reason: str
    at: Moment
