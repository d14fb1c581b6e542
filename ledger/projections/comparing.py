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

_LIVE: Final = "SELECT generation, position FROM projection.checkpoints WHERE name = $1 AND live"
_STREAMS: Final = """
(SELECT DISTINCT stream_id FROM ledger.events WHERE stream_id > $1 AND starts_with(stream_id, $2)
    AND (hashtextextended(stream_id, 0) & 4294967295) % $7 = $6
  ORDER BY stream_id LIMIT $5)
UNION
(SELECT stream_id FROM projection.documents WHERE name = $3 AND generation = $4 AND stream_id > $1
    AND (hashtextextended(stream_id, 0) & 4294967295) % $7 = $6
  ORDER BY stream_id LIMIT $5)
ORDER BY stream_id LIMIT $5
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
    share: Share = ALL_STREAMS,
) -> list[ReadModelDifference]:
    """Return each stream whose live document differs from the fold of its events in the ledger, in order.

    Quarantined streams, and those that wait to be folded again, are left out. The streams are compared some at a time,
    each as of one moment. `progress` is called with the number of events that were compared so far.
    """
    differing: list[ReadModelDifference] = []
    comparison = _Comparison(ledger, projection, judge if projection.judged else as_recorded, share)
    while (batch := await comparison.next_batch()) is not None:
        differing += batch
        progress(comparison.events)
    return differing


class _Comparison:
    """A comparison in progress, in the order of the streams' ids."""

    def __init__(self, ledger: Ledger, projection: Projection, judge: JudgeEvents, share: Share) -> None:
        self._ledger, self._projection, self._judge, self._share = ledger, projection, judge, share
        self._last = ""
        self.events = 0

    async def next_batch(self) -> list[ReadModelDifference] | None:
        """Compare the next streams. Return their differences, or None if there is no further stream."""
        # One snapshot for each batch, so that what projectors write meanwhile is no difference.
        async with (
            self._ledger.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            # What is equal is said by the server's own operators, whatever somebody set for this login.
            await connection.execute("SET LOCAL search_path = pg_catalog")
            live = await connection.fetchrow(_LIVE, self._projection.name)
            if live is None:
                return None
            key = (self._projection.name, live["generation"])
            wanted = (self._last, self._projection.prefix, *key, BATCH, *self._share)
            stream_ids = [row[0] for row in await connection.fetch(_STREAMS, *wanted)]
            if not stream_ids:
                return None
            self._last = stream_ids[-1]
            aside = {row[0] for row in await connection.fetch(_SET_ASIDE, *key, stream_ids)}
            compared = [stream_id for stream_id in stream_ids if stream_id not in aside]
            return await self._compared(connection, key, compared, live["position"])

    async def _compared(
        self, connection: PoolConnectionProxy, key: tuple[str, int], stream_ids: Sequence[str], position: int
    ) -> list[ReadModelDifference]:
        stored_events = await self._ledger.read_streams(stream_ids, position, connection)
        events = by_stream(await self._judge(stored_events, connection))
        self.events += len(stored_events)
        document_ids = {row[0] for row in await connection.fetch(_DOCUMENT_IDS, *key, stream_ids)}
        faults = dict.fromkeys(document_ids - events.keys(), "the ledger has no such stream")
        faults |= dict.fromkeys(events.keys() - document_ids, "it is not shown")
        folds = self._folded({stream: events[stream] for stream in events.keys() & document_ids}, faults)
        faults |= dict.fromkeys(
            await listing.differing(connection, key, [fold.listed for fold in folds if fold.listed]),
            "what lists show of it is not what its events make",
        )
        columns = [[fold[place] for fold in folds] for place in (0, 1, 3)]
        faults |= {row[0]: _OTHERWISE for row in await connection.fetch(_DIFFERING, *key, *columns)}
        return [ReadModelDifference(stream, faults[stream]) for stream in stream_ids if stream in faults]

    def _folded(self, streams: Mapping[str, list[StoredEvent]], faults: dict[str, str]) -> list[StreamFold]:
        """Return the folds of streams, and note the fault of each that nobody can read or fold."""
        folds: list[StreamFold] = []
        for stream_id, events in streams.items():
            try:
                folds.append(fold_of(self._projection, None, events))
            except ValueError:
                faults[stream_id] = f"{_OTHERWISE}: they cannot be folded any more"
        return folds
