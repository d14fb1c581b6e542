"""Compare a read model with the ledger: each document must equal the fold of its stream's events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent
from ledger.projections import listing
from ledger.projections.folding import StreamFold, fold_of
from ledger.projections.model import JudgeEvents, Projection, as_recorded, by_stream
from ledger.store import Ledger

BATCH: Final = 100
"""Streams that are compared at once: memory does not grow with the ledger, and each event is decoded once."""

_LIVE: Final = "SELECT name, generation, position FROM projection.checkpoints WHERE name = ANY ($1) AND live"
_OF_THE_LEDGER: Final = """
(SELECT DISTINCT stream_id FROM ledger.events WHERE stream_id > $1 AND starts_with(stream_id, $2)
    AND (hashtextextended(stream_id, 0) & 4294967295) % $4 = $3
  ORDER BY stream_id LIMIT $5)
"""
_OF_A_MODEL: Final = """
UNION
(SELECT stream_id FROM projection.documents WHERE name = ${} AND generation = ${} AND stream_id > $1
    AND (hashtextextended(stream_id, 0) & 4294967295) % $4 = $3
  ORDER BY stream_id LIMIT $5)
"""
_SET_ASIDE: Final = """
SELECT stream_id FROM projection.quarantine WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)
 UNION SELECT stream_id FROM projection.forgotten WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)
"""
_DOCUMENT_IDS: Final = (
    "SELECT stream_id FROM projection.documents WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)"
)
_DIFFERING: Final = """
SELECT w.stream_id FROM unnest($3::text[], $4::int[], $5::jsonb[]) w(stream_id, version, document)
  JOIN projection.documents d ON d.name = $1 AND d.generation = $2 AND d.stream_id = w.stream_id
 WHERE d.version <> w.version OR d.document <> w.document
"""
_OTHERWISE: Final = "what is shown is not what its events make"


class ReadModelDifference(NamedTuple):
    """A document that differs from the fold of its stream's events."""

    stream_id: str
    what: str


class Share(NamedTuple):
    """A share of the streams, for one of several processes that compare at once."""

    number: int
    of: int


ALL_STREAMS: Final = Share(0, 1)


async def differences(
    ledger: Ledger,
    projection: Projection,
    judge: JudgeEvents = as_recorded,
    progress: Callable[[int], Any] = lambda events: None,
) -> list[ReadModelDifference]:
    """Return each stream whose live document differs from the fold of its events in the ledger, in order.

    Quarantined streams, and those that wait to be folded again, are left out. The streams are compared some at a time,
    each as of one moment. `progress` is called with the number of events that were compared so far.
    """
    return [fault for _, fault in await differences_of_several(ledger, (projection,), judge, progress)]


async def differences_of_several(
    ledger: Ledger,
    projections: Sequence[Projection],
    judge: JudgeEvents = as_recorded,
    progress: Callable[[int], Any] = lambda events: None,
    share: Share = ALL_STREAMS,
) -> list[tuple[str, ReadModelDifference]]:
    """Return what `differences` would of projections of the same streams, each with its name: events are read once."""
    differing: list[tuple[str, ReadModelDifference]] = []
    comparison = _Comparison(ledger, projections, judge, share)
    while (batch := await comparison.next_batch()) is not None:
        differing += batch
        progress(comparison.events)
    return differing


class _Live(NamedTuple):
    """A projection with its live generation, and the position that this reached."""

    projection: Projection
    generation: int
    position: int

    @property
    def key(self) -> tuple[str, int]:
        """The projection's name and generation."""
        return self.projection.name, self.generation


class _Comparison:
    """A comparison in progress, in the order of the streams' ids."""

    def __init__(self, ledger: Ledger, projections: Sequence[Projection], judge: JudgeEvents, share: Share) -> None:
        self._ledger, self._judge, self._share = ledger, judge, share
        self._projections = {projection.name: projection for projection in projections}
        (self._prefix,) = {projection.prefix for projection in projections}
        self._last = ""
        self.events = 0

    async def next_batch(self) -> list[tuple[str, ReadModelDifference]] | None:
        """Compare the next streams. Return their differences, or None if there is no further stream."""
        # One snapshot for each batch, so that what projectors write meanwhile is no difference.
        async with (
            self._ledger.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            # What is equal is said by the server's own operators, whatever somebody set for this login.
            await connection.execute("SET LOCAL search_path = pg_catalog")
            rows = await connection.fetch(_LIVE, list(self._projections))
            models = [_Live(self._projections[name], generation, position) for name, generation, position in rows]
            stream_ids = await self._next_streams(connection, models) if models else []
            if not stream_ids:
                return None
            self._last = stream_ids[-1]
            return await self._differing(connection, models, stream_ids)

    async def _next_streams(self, connection: PoolConnectionProxy, models: Sequence[_Live]) -> list[str]:
        parts = [_OF_A_MODEL.format(number, number + 1) for number in range(6, 6 + 2 * len(models), 2)]
        query = f"{_OF_THE_LEDGER}{''.join(parts)} ORDER BY stream_id LIMIT $5"
        keys = [part for model in models for part in model.key]
        rows = await connection.fetch(query, self._last, self._prefix, *self._share, BATCH, *keys)
        return [row[0] for row in rows]

    async def _differing(
        self, connection: PoolConnectionProxy, models: Sequence[_Live], stream_ids: Sequence[str]
    ) -> list[tuple[str, ReadModelDifference]]:
        newest = max(model.position for model in models)
        stored_events = await self._ledger.read_streams(stream_ids, newest, connection)
        self.events += len(stored_events)
        is_judged = any(model.projection.judged for model in models)
        judged_events = await self._judge(stored_events, connection) if is_judged else stored_events
        differing: list[tuple[str, ReadModelDifference]] = []
        for model in models:
            events = judged_events if model.projection.judged else stored_events
            streams = by_stream(event for event in events if event.position <= model.position)
            faults = await self._compared(connection, model, stream_ids, streams)
            differing += [(model.projection.name, fault) for fault in faults]
        return differing

    async def _compared(
        self,
        connection: PoolConnectionProxy,
        model: _Live,
        stream_ids: Sequence[str],
        events: Mapping[str, list[StoredEvent]],
    ) -> list[ReadModelDifference]:
        key = model.key
        aside = {row[0] for row in await connection.fetch(_SET_ASIDE, *key, stream_ids)}
        document_ids = {row[0] for row in await connection.fetch(_DOCUMENT_IDS, *key, stream_ids)}
        faults = dict.fromkeys(document_ids - events.keys(), "the ledger has no such stream")
        faults |= dict.fromkeys(events.keys() - document_ids, "it is not shown")
        streams = {stream: events[stream] for stream in events.keys() & document_ids - aside}
        folds = self._folded(model.projection, streams, faults)
        lists = [fold.listed for fold in folds if fold.listed]
        otherwise = await listing.differing(connection, key, lists)
        faults |= dict.fromkeys(otherwise, "what lists show of it is not what its events make")
        columns = [[fold[place] for fold in folds] for place in (0, 1, 3)]
        faults |= {row[0]: _OTHERWISE for row in await connection.fetch(_DIFFERING, *key, *columns)}
        faulty = (stream for stream in stream_ids if stream in faults and stream not in aside)
        return [ReadModelDifference(stream, faults[stream]) for stream in faulty]

    def _folded(
        self, projection: Projection, streams: Mapping[str, list[StoredEvent]], faults: dict[str, str]
    ) -> list[StreamFold]:
        """Return the folds of streams, and note the fault of each that nobody can read or fold."""
        folds: list[StreamFold] = []
        for stream_id, events in streams.items():
            try:
                folds.append(fold_of(projection, None, events))
            except ValueError:
                faults[stream_id] = f"{_OTHERWISE}: they cannot be folded any more"
        return folds
