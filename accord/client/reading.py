"""Read the ledger: partnerships, their history, and the directory. Only the database is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import asyncpg

from accord.client.sight import Sight
from accord.presentation.faults import Refused
from domain.directory.directory import Directory
from domain.errors import EventUnreadable, StaleDecision
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.shown import differing
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.values import is_partnership_id, short
from ledger import Ledger, StoredEvent
from records.authorship import Reader
from records.codec import from_ledger
from records.directory import DirectoryRepository
from records.opening import open_ledger

if TYPE_CHECKING:
    from activities.together import SumsTogether


def unknown_partnership(partnership_id: str) -> Refused:
    """Return the refusal for an id that the ledger does not know."""
    name = short(partnership_id).strip("'")
    return Refused(f"there is no partnership {name}; `accord list` shows those there are", "Unknown")


@dataclass(frozen=True)
class LedgerAccess:
    """Read access to the ledger, which needs only a connection pool to the database."""

    pool: asyncpg.Pool

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, opened for reading."""
        return open_ledger(self.pool)

    async def history(self, partnership_id: str) -> list[RecordedEvent]:
        """Return the events of a partnership, oldest first, or an empty list if there is no such partnership.

        Raises:
            Refused: One of its events cannot be read.
        """
        if not is_partnership_id(partnership_id):
            return []
        try:
            return await self.reader.read(StreamId.partnership(partnership_id))
        except EventUnreadable as fault:
            raise Refused(str(fault), EventUnreadable.__name__) from fault

    async def sight(self, partnership_id: str) -> Sight | None:
        """Return a partnership, folded from the ledger, and its newest event's position, or None if there is none."""
        history = await self.history(partnership_id)
        events = tuple(cast(Event, recorded_event.event) for recorded_event in history)
        partnership = fold(partnership_id, events)
        return Sight(partnership, history[-1].position) if partnership.proposal is not None else None

    async def partnership(self, partnership_id: str) -> Partnership | None:
        """Return a partnership, folded from the ledger, or None if there is none."""
        sight = await self.sight(partnership_id)
        return sight.partnership if sight else None

    async def known_sight(self, partnership_id: str) -> Sight:
        """Return a partnership's current state, on which a decision is taken.

        Raises:
            Refused: There is no such partnership.
        """
        sight = await self.sight(partnership_id)
        if sight is None:
            raise unknown_partnership(partnership_id)
        return sight

    async def as_seen(self, partnership_id: str, version: int | None) -> Sight:
        """Return a partnership's current state, if its terms are still those of `version`. None accepts any terms.

        Raises:
            Refused: There is no such partnership, it has no such version, or its terms changed since.
        """
        sight = await self.known_sight(partnership_id)
        if version is None:
            return sight
        history = await self.history(partnership_id)
        partnership = fold(
            partnership_id, tuple(cast(Event, recorded_event.event) for recorded_event in history[:version])
        )
        if not 1 <= version <= len(history) or partnership.proposal is None:
            raise Refused(f"{partnership_id} has no version {version}; `accord show` tells which it has", "Unknown")
        if changes := differing(partnership.terms, sight.terms):
            raise Refused(
                f"since version {version} of {partnership_id} this changed: {changes}; look again (version "
                f"{sight.version}) before you sign",
                StaleDecision.__name__,
            )
        return sight

    async def known_partnership(self, partnership_id: str) -> Partnership:
        """Return a partnership's current state, folded from the ledger.

        Raises:
            Refused: There is no such partnership.
        """
        return (await self.known_sight(partnership_id)).partnership

    async def portfolio(self) -> list[Partnership]:
        """Return every partnership, in the order in which they were proposed."""
        streams: dict[str, list[StoredEvent]] = {}
        async for event in self.ledger.read_all(PARTNERSHIP_STREAMS):
            if StreamId(event.stream_id).is_partnership:
                streams.setdefault(event.stream_id, []).append(event)
        return [await self._folded(stream_id, events) for stream_id, events in streams.items()]

    async def _folded(self, stream_id: str, events: list[StoredEvent]) -> Partnership:
        recorded_events = [from_ledger(event) for event in await self.reader.judge(events)]
        return fold(
            StreamId(stream_id).subject, tuple(cast(Event, recorded_event.event) for recorded_event in recorded_events)
        )

    async def directory(self) -> Directory:
        """Return the staff directory."""
        return await self.registrar.directory()

    @property
    def registrar(self) -> DirectoryRepository:
        """The reader of the directory and of the standing of accounts."""
        return self.reader.registrar

    @cached_property
    def reader(self) -> Reader:
        """The reader of streams, which replaces events that do not count. It caches its verdicts on signatures."""
        return Reader(self.ledger)

    @cached_property
    def sums(self) -> SumsTogether:
        """The sums that count together. It keeps the partnerships that it folded."""
        from activities.together import SumsTogether  # a list of the shell asks for no sums, and begins sooner

        return SumsTogether(self.ledger, self.reader)
