"""Projections: read models folded from the ledger, one document per stream, each batch in one transaction.

A checkpoint is bound to the leaf hash of its last event, and each event's leaf is recomputed as it is read. So a
database that was restored, forked or tampered with stops the projector, and nothing false is shown. A stream with
an event that cannot be folded is quarantined; the others go on. A new generation is built beside the live one, which
readers see until the new one replaces it in one step. Whatever is folded from its beginning is noted as forgotten, and
folded stream by stream, some in each transaction: who is cut off goes on there, and what is written is written once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import LedgerUnavailable, StoredEvent
from ledger.projections import forgotten, listing
from ledger.projections.checkpoint import GenerationCheckpoint
from ledger.projections.folding import StreamFold, longest_fold
from ledger.projections.model import (
    Document,
    JudgeEvents,
    Projection,
    ProjectionStopped,
    as_recorded,
    by_stream,
)
from ledger.store import Ledger
from ledger.tree import leaf_of

BATCH: Final = 5000
STREAMS: Final = 100
"""Streams that are folded from their beginning in one transaction: so few that each event is decoded once."""
POLL: Final = 1.0
"""Seconds after which a projector checks for new events without a notification, in case one was lost."""


class _Refolded(NamedTuple):
    """The number of streams that were folded from their beginning, and of their events."""

    streams: int
    events: int


class Projector:
    """The task that keeps one projection up to date. Several may run, but a lock lets only one work at a time."""

    def __init__(self, ledger: Ledger, projection: Projection, judge: JudgeEvents = as_recorded) -> None:
        self._ledger = ledger
        self._judge = judge if projection.judged else as_recorded
        self.projection = projection
        self._checkpoint = GenerationCheckpoint(projection)
        self._key = self._checkpoint.key

    async def forever(self, report: Callable[[str], Any]) -> None:
        """Follow the ledger until the projection has to stop. Outages are passed to `report` and waited out.

        Raises:
            ProjectionStopped: See `catch_up`.
        """
        while True:
            try:
                await self._follow()
            except LedgerUnavailable as fault:
                report(str(fault))
                await asyncio.sleep(POLL)
            except ProjectionStopped as fault:
                with suppress(LedgerUnavailable):
                    await self._note(str(fault))
                raise

    async def _follow(self) -> None:
        news = asyncio.Event()

        def heard(*_: object) -> None:
            news.set()

        async with self._ledger.connection() as listener:
            await listener.add_listener("ledger_head", heard)
            try:
                while True:
                    # Cleared before the look: a notification that comes during it asks for another one.
                    news.clear()
                    await self.catch_up()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), POLL)
                    await listener.execute("SELECT 1")  # raises if the connection was lost
            finally:
                if not listener.is_closed():
                    await listener.remove_listener("ledger_head", heard)

    async def _note(self, fault: str) -> None:
        async with self._ledger.connection() as connection:
            await self._checkpoint.note(connection, fault)

    async def catch_up(self) -> int:
        """Fold all new events, make this generation live once there are no more, and return the position reached.

        Raises:
            ProjectionStopped: The ledger is not the one that was folded so far, or an event was changed.
            LedgerUnavailable: The database did not answer; batches committed before are kept.
        """
        while True:
            position, more = await self._step()
            if not more:
                return position

    async def _step(self) -> tuple[int, bool]:
        """Fold one batch in a transaction. Return the position reached, and True if there may be more events."""
        async with self._ledger.connection() as connection, connection.transaction():
            return await self._step_on(connection)

    async def rebuild(self, progress: Callable[[int], Any] = lambda events: None) -> int:
        """Fold everything anew, some streams at a time, and return the position.

        Readers see each stream's old document until its new one is there. Whoever is cut off goes on the next time, and
        so does any projector that follows. `progress` is called with the number of events that were folded so far.

        Raises:
            ProjectionStopped: An event was changed, or is gone.
        """
        await self.begin_rebuilding()
        await self.refold(progress)
        return await self.catch_up()

    async def begin_rebuilding(self) -> None:
        """Note every stream as forgotten, unless that was done and not all of them are folded anew yet.

        Raises:
            ProjectionStopped: An event was changed, or is gone.
        """
        async with self._ledger.connection() as connection, connection.transaction():
            await self._checkpoint.lock(connection)
            position = 0
            if await forgotten.begin_rebuilding(connection, self._key):
                while events := await self._next(connection, position):
                    await self._note_forgotten(connection, events)
                    position = await self._checkpoint.reach(connection, events[-1])

    async def refold(self, progress: Callable[[int], Any] = lambda events: None) -> int:
        """Fold what is forgotten, until nobody has left any of it, and return how many events that were here.

        Several processes may do so at once: each takes streams that no other one has. Nobody else writes meanwhile, and
        what is erased is forgotten before or after, since whoever forgets waits for each of them.

        Raises:
            ProjectionStopped: The ledger is not the one that was folded so far.
        """
        event_count, more = 0, True
        while more:
            async with self._ledger.connection() as connection, connection.transaction():
                position = (await self._checkpoint.begin(connection, is_shared=True)).position
                folded = await self._fold_forgotten(connection, position)
            event_count, more = event_count + folded.events, bool(folded.streams)
            progress(event_count)
        return event_count

    async def _note_forgotten(self, connection: PoolConnectionProxy, events: Sequence[StoredEvent]) -> None:
        await forgotten.note(connection, self._key, list(by_stream(self._own(events))))

    async def _step_on(self, connection: PoolConnectionProxy) -> tuple[int, bool]:
        position, live = await self._checkpoint.begin(connection)
        events = await self._next(connection, position)
        if events and not live:
            await self._note_forgotten(connection, events)
            return await self._checkpoint.reach(connection, events[-1]), True
        # First, and up to the old position only: the next events are folded onto these documents.
        refolded = await self._fold_forgotten(connection, position)
        if events:
            stored_events = await self._ledger.opened(self._own(events), connection)
            await self._fold(connection, await self._judge(stored_events, connection))
            return await self._checkpoint.reach(connection, events[-1]), True
        if refolded.streams:
            return position, True
        await self._refold_disregarded(connection, position)
        await self._checkpoint.show(connection)
        await self._checkpoint.clear(connection)
        return position, False

    async def _next(self, connection: PoolConnectionProxy, position: int) -> list[StoredEvent]:
        """Return the next events of the ledger after a position.

        Raises:
            ProjectionStopped: One was changed, or is gone.
        """
        events = await self._ledger.read_page(position, BATCH, connection)
        if fault := _fault_of(position, events):
            raise ProjectionStopped(f"{self.projection.name} stops: {fault}")
        return events

    def _own(self, events: Sequence[StoredEvent]) -> list[StoredEvent]:
        return [event for event in events if event.stream_id.startswith(self.projection.prefix)]

    async def _fold(self, connection: PoolConnectionProxy, events: list[StoredEvent]) -> None:
        streams = by_stream(events)
        for stream_id in await forgotten.set_aside(connection, self._key, list(streams)):
            del streams[stream_id]
        await self._fold_onto(connection, await self._documents(connection, list(streams)), streams)

    async def _fold_forgotten(self, connection: PoolConnectionProxy, position: int) -> _Refolded:
        """Fold some forgotten streams anew, up to a position: those of an erased person, or of what is being built."""
        streams = await forgotten.take(connection, self._key, STREAMS)
        own_streams = [stream for stream in streams if stream.startswith(self.projection.prefix)]
        events = await self._fold_anew(connection, own_streams, position) if own_streams else 0
        return _Refolded(len(streams), events)

    async def _refold_disregarded(self, connection: PoolConnectionProxy, position: int) -> None:
        """Fold anew the quarantined streams whose faulty event has since been disregarded."""
        rows = await connection.fetch(
            "SELECT stream_id, position FROM projection.quarantine WHERE name = $1 AND generation = $2", *self._key
        )
        for stream_id, at in rows:
            [event] = await self._judge(await self._ledger.read_page(at - 1, 1, connection), connection)
            if event.doubt:
                await self._fold_anew(connection, [stream_id], position)

    async def _fold_anew(self, connection: PoolConnectionProxy, streams: Sequence[str], position: int) -> int:
        """Fold streams from their beginning up to a position, and return how many events they have."""
        for table in ("quarantine", "documents"):  # with its lines
            query = f"DELETE FROM projection.{table} WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)"  # noqa: S608
            await connection.execute(query, *self._key, list(streams))
        stored_events = await self._ledger.read_streams(streams, position, connection)
        events = await self._judge(stored_events, connection)
        await self._fold_onto(connection, {}, by_stream(events))
        return len(events)

    async def _fold_onto(
        self,
        connection: PoolConnectionProxy,
        documents: Mapping[str, Document],
        streams: Mapping[str, list[StoredEvent]],
    ) -> None:
        outcomes = [
            longest_fold(self.projection, documents.get(stream_id), events) for stream_id, events in streams.items()
        ]
        await self._write(connection, [fold for fold, _ in outcomes if fold is not None])
        await connection.executemany(
            "INSERT INTO projection.quarantine VALUES ($1, $2, $3, $4, $5)",
            [(*self._key, *failure) for _, failure in outcomes if failure is not None],
        )

    async def _documents(self, connection: PoolConnectionProxy, streams: list[str]) -> Mapping[str, Document]:
        query = (
            "SELECT stream_id, document FROM projection.documents "
            "WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)"
        )
        return {row[0]: json.loads(row[1]) for row in await connection.fetch(query, *self._key, streams)}

    async def _write(self, connection: PoolConnectionProxy, folds: list[StreamFold]) -> None:
        columns = [list(column) for column in zip(*(fold[:4] for fold in folds), strict=True)] or [[], [], [], []]
        await connection.execute(
            "INSERT INTO projection.documents SELECT $1, $2, * FROM unnest($3::text[], $4::int[], $5::bigint[], "
            "$6::jsonb[]) ON CONFLICT (name, generation, stream_id) DO UPDATE "
            "SET version = EXCLUDED.version, position = EXCLUDED.position, document = EXCLUDED.document",
            *self._key, *columns,
        )  # fmt: skip
        await listing.write(connection, self._key, [fold.listed for fold in folds if fold.listed is not None])

    async def forget(self) -> None:
        """Delete all that this generation has stored, so that the next catch-up folds it anew."""
        async with self._ledger.connection() as connection, connection.transaction():
            await self._checkpoint.lock(connection)
            await self._checkpoint.drop(connection, "generation = $2")


def _fault_of(position: int, events: Sequence[StoredEvent]) -> str | None:
    """Return a description of the first missing or changed event among those after a position, or None."""
    for expected_position, event in enumerate(events, position + 1):
        if event.position != expected_position:
            return f"the event at position {expected_position} is gone"
        if leaf_of(event) != event.leaf:
            return f"the event at position {expected_position} was changed after it was recorded"
    return None
