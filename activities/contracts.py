"""Requests and answers of activities: frozen, and free of the database, so workflows may import them."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import ConfigDict, Field

from domain.directory.tiers import Role
from domain.directory.watched import WatchedCountry
from domain.grants import Interest
from domain.imported.orders import ImportRecord
from domain.partnership.commands import StaffRequest, WorkflowCommand
from domain.partnership.people.taking_part import Part
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Deadline
from domain.payment.tranche.events import TrancheEvent
from domain.payment.tranche.order import ReliedOn, TrancheOrder
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.recorded.event import RecordedEvent
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.screening.evidence import Verification
from domain.screening.gifts import GiftEvidence
from domain.screening.matches import ScreeningEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence, SupportedEvidence
from domain.screening.truths import KnownTruth
from domain.values import Moment, Money, PartnershipId, Sha256, Value, is_empty, is_false, is_none


class ImportPart(Value):
    """Some records of an import, to be written together."""

    order_sha256: Sha256
    records: tuple[ImportRecord, ...]


class KnownVersion(Value):
    """A workflow's knowledge of its stream: the newest event's version, position and hash."""

    version: int = 0
    position: int = 0
    leaf: str = ""
    """Empty in a run that began before this field was added."""


class Attributes(Value):
    """The values of a partnership's search attributes. Temporal stores them unencrypted: no personal data."""

    stage: str
    on_hold: bool
    awaiting: tuple[str, ...]
    """The roles that can take the next step."""
    due: Moment | None
    funder: str
    country: str
    amount: float | None
    currency: str | None
    partner: str = ""
    """The partner's organisation or, for a natural person, an id that says of which partnership."""
    hold: str = ""
    """The holds with their holders, as codes with blanks between them, or '' if nothing is held."""


class Published(Value):
    """Search attributes and deadline of a partnership, as of the events that were read.

    The activity that reads the stream computes them and returns them with the events; the workflow only publishes them.
    """

    attributes: Attributes | None = None
    """None before the first proposal."""
    deadline: Deadline | None = None


class CarryOut(Value):
    """A command to carry out in a partnership."""

    partnership_id: str
    command: Annotated[StaffRequest | WorkflowCommand, Field(discriminator="kind")]
    known: KnownVersion
    """The newest event known to the workflow, which the ledger must still hold."""
    answered: Answered | None = None
    """The rules' answer to what a former try of this command asked."""


class Refusal(Value):
    """A refusal of a command, with its reason."""

    kind: str
    """The name of the domain's error."""
    reason: str


class CarriedOut(Value):
    """The outcome of a command, and the stream's events after the known version.

    The workflow evolves from these events and from nothing else. Events of other commands may be among them.
    """

    events: tuple[RecordedEvent, ...]
    published: Published
    what: tuple[str, ...] = ()
    """The types of the events that the command led to, empty if it was refused, or changed nothing."""
    refusal: Refusal | None = None
    asks: VerificationRequest | None = None
    """The question that the rules must answer first. Nothing was decided yet."""


class ActAnswer(Value):
    """The outcome of an act of the organisation. Without a refusal, the act is recorded."""

    refusal: Refusal | None = None


class CatchUpRequest(Value):
    """A request for a partnership's events after the known version."""

    partnership_id: str
    known: KnownVersion


class NewEvents(Value):
    """The events of a partnership's stream after the known version."""

    events: tuple[RecordedEvent, ...]
    published: Published


class RecordRequest(Value):
    """Events to append to the stream of an attempt to pay, expected at a version."""

    stream_id: str
    expected_version: int
    command_id: UUID
    events: tuple[Annotated[TrancheEvent, Field(discriminator="event_type")], ...]


class ReadRequest(Value):
    """A request to read an attempt's stream."""

    stream_id: str
    after_version: int
    known: KnownVersion = KnownVersion()
    """The newest event of its partnership that whoever asks knows: a ledger that lost it says nothing of payments."""


class Recorded(Value):
    """An attempt's events after the expected version: the workflow evolves from these and nothing else."""

    events: tuple[RecordedEvent, ...]


RULES_FORM: Final = 3
"""The form of requests to the rules, and of their answers, that this release writes.

A pinned workflow of an earlier release asks in its own form, and is answered in it. Whoever changes what is said here
raises the form, keeps reading and answering the earlier ones, and writes down the new one's shape
(tests/activities/test_forms.py).
"""


class VerificationRequest(Value):
    """A request for what registers, lists and ledger say of a proposal, and what the rule book makes of that."""

    form: int = RULES_FORM
    proposal: Proposal
    funding: Funding | None
    """Without it, the rule book is not asked."""
    interests: tuple[Interest, ...] = ()
    involved: frozenset[str] = frozenset()
    """The people whose clearances do not count here: nobody clears matches in their own case."""


class AssessmentRequest(Value):
    """A request to apply the rule book to these facts."""

    form: int = RULES_FORM
    proposal: Proposal
    funding: Funding
    verification: Verification
    interests: tuple[Interest, ...] = ()


class PayeeEvidence(Value):
    """Evidence on a payee other than its screening: its status, its group's, the gift used, and whom it supports."""

    status: StatusEvidence | None = None
    central: StatusEvidence | None = None
    gift: GiftEvidence | None = None
    gifts: tuple[GiftEvidence, ...] = ()
    together: tuple[ApprovedSum, ...] = ()
    support: tuple[ApprovedSum, ...] = Field(default=(), exclude_if=is_empty)
    supported: tuple[SupportedEvidence, ...] = ()
    truths: tuple[KnownTruth, ...] = ()
    watched: tuple[WatchedCountry, ...] = Field(default=(), exclude_if=is_empty)
    public_offices_asked: bool = Field(default=False, exclude_if=is_false)
    conversion: Conversion | None = Field(default=None, exclude_if=is_none)

    def with_screening(self, screening: ScreeningEvidence) -> Verification:
        """Return all that due diligence found, with a screening."""
        return Verification(
            screening=screening,
            status=self.status,
            central=self.central,
            gift=self.gift,
            gifts=self.gifts,
            together=self.together,
            support=self.support,
            supported=self.supported,
            truths=self.truths,
            watched=self.watched,
            public_offices_asked=self.public_offices_asked,
            conversion=self.conversion,
        )


class Assessed(Value):
    """An assessment, and the roles that must approve by the organisation's tiers.

    They are None if no tier covers the sum.
    """

    assessment: Assessment
    quorum: tuple[Role, ...] | None


class Answered(Value):
    """A question to the rules, and the rule book's word on it."""

    asked: VerificationRequest
    assessment: Assessment


CarryOut.model_rebuild()
CarriedOut.model_rebuild()


class Verified(Value):
    """The findings of due diligence, and the rule book's word on them, in the form in which it was asked."""

    form: int
    verification: Verification
    assessed: Assessed | None


class TrancheStart(Value):
    """The input of a tranche's workflow: which attempt to pay. Sum, payee and release are read from the ledger only."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    partnership_id: PartnershipId
    tranche: int
    attempt: int
    followed: bool = False
    """True if a run of the partnership follows it that did not start it."""


class AttemptSeen(Value):
    """The events of an attempt to pay after a version, and whether the payment was cancelled."""

    events: tuple[RecordedEvent, ...]
    cancelled: str = ""
    """The reason why the payment was cancelled, or ''."""


class Handled(Value):
    """A command that was recorded, with the types of the events that it led to."""

    command_id: UUID
    what: tuple[str, ...]


class Folded(Value):
    """A partnership folded from its stream, and the commands that were recorded in it."""

    partnership: Partnership
    position: int
    leaf: str = ""
    handled: tuple[Handled, ...]
    published: Published


class RevokedDecisions(Value):
    """The decisions that one person took with a key that was revoked for cause."""

    person: str
    fell: tuple[Part, ...]
    reason: str


class Refreshed(Value):
    """The outcome of a register's refresh."""

    register_name: str
    loaded: bool
    """True if a new version was loaded, False if the publisher had none."""


class AffectedPartnerships(Value):
    """The open partnerships that a change of the registers may affect. `looked_at` is the number of those checked."""

    versions: tuple[RegisterVersion, ...]
    looked_at: int
    partnership_ids: tuple[str, ...]


class Instructed(Value):
    """A frozen instruction, with its order and the evidence that it relied on."""

    at: Moment
    order: TrancheOrder
    end_to_end_id: str
    instruction_sha256: Sha256
    relied_on: ReliedOn


class Withheld(Value):
    """A payment that was withheld instead of instructed, with the reason."""

    at: Moment
    order: TrancheOrder
    reason: str


class InstructionOutcome(Value):
    """The outcome of an order to pay: instructed, withheld, or neither if the stream already holds an outcome."""

    instructed: Instructed | None = None
    withheld: Withheld | None = None


class TrancheEnding(Value):
    """The outcome of an attempt to pay, with its reason and time."""

    outcome: TrancheOutcome
    reason: str
    at: Moment
    booked_money: Money | None = Field(default=None, exclude_if=is_none)
    """The sum that the bank booked, of a payment that it booked short."""
