"""Look for streams and events by what happened in them. Each question is one query over many streams."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from ledger.model import Movement
from ledger.reading.database import LedgerDatabase
from ledger.reading.rows import LONG_SECONDS, WANTED


class LedgerSearch(LedgerDatabase):
    """Questions about the streams under a prefix, and about the events of some types."""

    async def broken_streams(self, after_position: int = 0) -> list[tuple[int, str]]:
        """Return (newest position, description) of up to 20 changed streams whose versions are not 1, 2, 3 ..."""
        query = (
            "SELECT last, stream_id FROM "
            "unnest(ARRAY(SELECT DISTINCT stream_id FROM ledger.events WHERE position > $1)) moved(stream_id), "
            "LATERAL (SELECT max(position) AS last, bool_or(broken) AS broken FROM (SELECT position, "
            "version <> row_number() OVER places OR position < lag(position) OVER places AS broken "
            "FROM ledger.events e WHERE e.stream_id = moved.stream_id WINDOW places AS (ORDER BY version)) placed) "
            "found WHERE broken ORDER BY 1 LIMIT 20"
        )
        async with self.connection() as connection:
            rows = await connection.fetch(query, after_position, timeout=LONG_SECONDS)
        return [
            (position, f"the versions of {stream_id} have a gap, or are out of order") for position, stream_id in rows
        ]

    async def count(self, prefix: str = "", event_types: Sequence[str] | None = None) -> int:
        """Return the number of events in the streams under `prefix`: of the given types, or of all if None is given."""
        query = f"SELECT count(*) FROM ledger.events WHERE {WANTED}"  # noqa: S608
        async with self.connection() as connection:
            return int(await connection.fetchval(query, 0, prefix, event_types))

    async def streams_containing(self, prefix: str, part: Mapping[str, object]) -> list[str]:
        """Return the ids of streams under `prefix` with an event whose payload contains `part`. Scans all of them."""
        query = (
            "SELECT DISTINCT stream_id FROM ledger.readable "
            "WHERE starts_with(stream_id, $1) AND payload @> $2::jsonb ORDER BY stream_id"
        )
        async with self.connection() as connection:
            return [row["stream_id"] for row in await connection.fetch(query, prefix, json.dumps(part))]

    async def first_containing(self, event_types: Sequence[str], part: Mapping[str, object]) -> int | None:
        """Return the position of the first event of some types whose payload contains `part`, or None. Scans them."""
        query = "SELECT min(position) FROM ledger.readable WHERE event_type = ANY ($1) AND payload @> $2::jsonb"
        async with self.connection() as connection:
            position: int | None = await connection.fetchval(query, event_types, json.dumps(part), timeout=LONG_SECONDS)
        return position

    async def movements(self, prefix: str, after_position: int, minimum_age: timedelta) -> list[Movement]:
        """Return the newest event of each stream under `prefix`, ordered by position.

        Only events after a position, and older than `minimum_age`, are considered; a stream without any is left out.
        What lies ahead of the database's clock, which was set back since, is old enough.
        """
        query = (
            "SELECT stream_id, max(version) AS version, max(position) AS position FROM ledger.events "
            "WHERE position > $1 AND starts_with(stream_id, $2) "
            "AND (recorded_at < ledger.now() - $3::interval OR recorded_at > ledger.now()) "
            "GROUP BY stream_id ORDER BY position"
        )
        async with self.connection() as connection:
            return [Movement(*row) for row in await connection.fetch(query, after_position, prefix, minimum_age)]

    async def moved_since(self, prefix: str, event_types: Sequence[str], position: int) -> list[str]:
        """Return the ids of the streams under `prefix` that have events of some types after a position."""
        query = f"SELECT DISTINCT stream_id FROM ledger.events WHERE {WANTED} ORDER BY stream_id"  # noqa: S608
        async with self.connection() as connection:
            return [row["stream_id"] for row in await connection.fetch(query, position, prefix, event_types)]
