"""Read the decisions of some partnerships off the ledger, each with the facts and findings that it rests on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from accord.audit.replays import RecordedFacts
from domain.directory.tiers import Role
from domain.errors import DomainError
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.evolution import evolve
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Assessment, Outcome
from domain.proposal import Direction
from domain.rerun.report import RerunKind
from domain.streams import StreamId
from domain.values import Money
from ledger import StoredEvent
from records.authorship import Reader, is_readable
from records.codec import read_stored
from records.directory_stream import Directories

STREAMS_AT_ONCE: Final = 100
"""Partnerships that are read by one query."""


class LookedAt(NamedTuple):
    """A look at the registers: the facts, what the rule book said of them, and whether names in them were erased."""

    facts: RecordedFacts
    assessment: Assessment


class DecisionOnRecord(NamedTuple):
    """A decision, with the facts of its moment and the last look before it."""

    partnership_id: str
    event: StoredEvent
    at: e.PartnershipEvent
    kind: RerunKind
    facts: RecordedFacts
    looked: LookedAt | None
    leg: Direction | None
    money: Money | None
    state: Partnership
    """The partnership after the decision."""

    @property
    def approvers(self) -> tuple[Role, ...]:
        """The roles in which people approved."""
        return tuple(approval.role for approval in self.state.approvals)


class PartnershipRead(NamedTuple):
    """The decisions of one partnership, and what no rerun judges of it."""

    partnership_id: str
    decisions: tuple[DecisionOnRecord, ...]
    refused_by_people: tuple[e.PartnershipDeclined, ...] = ()
    withheld: tuple[e.TrancheEnded, ...] = ()
    is_cut_short: bool = False


async def partnerships_read(
    reader: Reader, streams: Sequence[str], position: int, times: Directories
) -> AsyncIterator[PartnershipRead]:
    """Yield the partnerships of some streams up to a position. Events that are disregarded count for nothing."""
    for start in range(0, len(streams), STREAMS_AT_ONCE):
        part = streams[start : start + STREAMS_AT_ONCE]
        async with reader.ledger.connection() as connection:
            events = await reader.ledger.read_streams(part, position, connection)
        stored_events = await reader.judge(events, times=times)
        for stream, history in _by_stream(stored_events):
            yield read_partnership(StreamId(stream).subject, history)


def _by_stream(events: Iterable[StoredEvent]) -> Iterator[tuple[str, list[StoredEvent]]]:
    histories: dict[str, list[StoredEvent]] = {}
    for event in events:
        histories.setdefault(event.stream_id, []).append(event)
    yield from histories.items()


def read_partnership(partnership_id: str, history: Sequence[StoredEvent]) -> PartnershipRead:
    """Return the decisions in a partnership's events, up to the first that nobody can read."""
    fold = _Fold(partnership_id)
    for stored_event in history:
        if stored_event.doubt:
            continue
        if not is_readable(stored_event) or not fold.take(stored_event):
            return fold.read(is_cut_short=True)
    return fold.read()


class _Fold:
    """The fold of one partnership's events into its decisions."""

    def __init__(self, partnership_id: str) -> None:
        self._id = partnership_id
        self._state = Partnership(partnership_id=partnership_id)
        self._facts = RecordedFacts()
        self._looked: LookedAt | None = None
        self._decisions: list[DecisionOnRecord] = []
        self._refused: list[e.PartnershipDeclined] = []
        self._withheld: list[e.TrancheEnded] = []

    def read(self, is_cut_short: bool = False) -> PartnershipRead:
        """Return the decisions read so far."""
        more = tuple(self._refused), tuple(self._withheld)
        return PartnershipRead(self._id, tuple(self._decisions), *more, is_cut_short)

    def take(self, stored_event: StoredEvent) -> bool:
        """Take an event. Return False if it does not follow from those before it."""
        event, before = read_stored(stored_event), self._state
        try:
            self._state = evolve(before, event)  # type: ignore[arg-type]
        except (DomainError, ValueError):
            return False
        self._facts = self._facts.after(event)
        if stored_event.blanked:
            self._facts = self._facts._replace(erased=True)
        if isinstance(event, e.EligibilityAssessed | e.RegistersRechecked):
            self._looked = LookedAt(self._facts, event.assessment)
        match event:
            case e.ApprovalGiven() if before.stage is Stage.APPROVAL and self._state.stage is Stage.AGREEMENT:
                self._add(stored_event, event, RerunKind.APPROVAL, None, None)
            case e.TrancheReleased(money=money):
                self._add(stored_event, event, RerunKind.RELEASE, Direction.FUNDS_OUT, money)
            case e.PartnershipDeclined(actor=actor) if actor != ACCORD:
                self._refused.append(event)
            case e.PartnershipDeclined() if self._is_refused(None):
                self._add(stored_event, event, RerunKind.REFUSAL, None, None)
            case e.LegEnded(actor=actor, leg=leg) if actor == ACCORD and self._is_refused(leg):
                self._add(stored_event, event, RerunKind.REFUSAL, leg, None)
            case e.TrancheEnded(outcome=TrancheOutcome.WITHHELD):
                self._withheld.append(event)
        return True

    def _is_refused(self, leg: Direction | None) -> bool:
        """True if a rule refused at the last look: who only let the time pass was refused by none."""
        failures = self._looked.assessment.with_outcome(Outcome.FAIL) if self._looked is not None else ()
        return any(leg in {None, failure.leg} for failure in failures)

    def _add(
        self, stored_event: StoredEvent, event: e.PartnershipEvent, kind: RerunKind, leg: Direction | None,
        money: Money | None,
    ) -> None:  # fmt: skip
        sums = money or _sum_of(self._facts)
        decision = self._id, stored_event, event, kind, self._facts, self._looked, leg, sums, self._state
        self._decisions.append(DecisionOnRecord(*decision))


def _sum_of(facts: RecordedFacts) -> Money | None:
    """Return the money out of a proposal or, without it, the money in."""
    return next(iter(facts.proposal.sums), None) if facts.proposal is not None else None
