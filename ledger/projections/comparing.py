"""Compare a read model with the ledger: each document must equal the fold of its stream's events."""

from __future__ import annotations

from typing import Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent
from ledger.projections.equality import value_of
from ledger.projections.listing import differs, listed
from ledger.projections.model import JudgeEvents, Projection, as_recorded
from ledger.projections.projector import stored_form
from ledger.store import Ledger

_SET_ASIDE: Final = (
    "SELECT stream_id FROM projection.quarantine WHERE name = $1 AND generation = $2 "
    "UNION SELECT stream_id FROM projection.forgotten WHERE name = $1 AND generation = $2"
)
_SHOWN: Final = "SELECT stream_id, version, document FROM projection.documents WHERE name = $1 AND generation = $2"
_STREAMS: Final = "SELECT DISTINCT stream_id FROM ledger.events WHERE position <= $1 AND starts_with(stream_id, $2)"


class ReadModelDifference(NamedTuple):
    """A document that differs from the fold of its stream's events."""

    stream_id: str
    what: str


async def differences(
    ledger: Ledger, projection: Projection, judge: JudgeEvents = as_recorded
) -> list[ReadModelDifference]:
    """Return each stream whose live document differs from the fold of its events in the ledger.

    Quarantined streams, and those that wait to be folded again, are left out.
    """
    judge = judge if projection.judged else as_recorded
    async with ledger.connection() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        live = await connection.fetchrow(
            "SELECT generation, position FROM projection.checkpoints WHERE name = $1 AND live", projection.name
        )
        if live is None:
            return []
        key = (projection.name, live["generation"])
        aside = {row[0] for row in await connection.fetch(_SET_ASIDE, *key)}
        rows = await connection.fetch(_SHOWN, *key)
        live_documents = {row[0]: (row[1], row[2]) for row in rows if row[0] not in aside}
        streams = await connection.fetch(_STREAMS, live["position"], projection.prefix)
        stream_ids = {row[0] for row in streams} - aside
        deviations = [
            ReadModelDifference(stream_id, "the ledger has no such stream")
            for stream_id in sorted(live_documents.keys() - stream_ids)
        ]
        for stream_id in sorted(stream_ids):
            events = await judge(await _upto(ledger, stream_id, live["position"], connection), connection)
            try:
                description = _difference(projection, events, live_documents.get(stream_id))
                description = description or await _in_lists(connection, key, projection, events)
            except ValueError:  # nobody can read an event, or fold it
                description = "what is shown is not what its events make: they cannot be folded any more"
            deviations += [ReadModelDifference(stream_id, description)] if description else []
        return deviations


async def _upto(ledger: Ledger, stream_id: str, position: int, connection: PoolConnectionProxy) -> list[StoredEvent]:
    events = await ledger.read_stream(stream_id, connection=connection)
    return [event for event in events if event.position <= position]


async def _in_lists(
    connection: PoolConnectionProxy, key: tuple[str, int], projection: Projection, events: list[StoredEvent]
) -> str | None:
    """Return the fault if the lines of a stream differ from those that its events make, or None."""
    if projection.listing is None or not await differs(connection, key, listed(projection.listing, None, events)):
        return None
    return "what lists show of it is not what its events make"


def _difference(projection: Projection, events: list[StoredEvent], live_document: tuple[int, str] | None) -> str | None:
    if live_document is None:
        return "it is not shown"
    version, document = live_document
    expected_document = stored_form(projection.fold(None, events))
    is_equal = version == events[-1].version and value_of(document) == value_of(expected_document)
    return None if is_equal else "what is shown is not what its events make"
