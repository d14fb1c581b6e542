"""Read streams of the ledger by their ids: one, two at one moment, or many together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from operator import attrgetter
from typing import Any, Final

from asyncpg.pool import PoolConnectionProxy

from ledger.model import KnownNames, StoredEvent
from ledger.reading.database import LedgerDatabase
from ledger.reading.rows import COLUMNS, opened, stored
from ledger.together import StreamsTogether, keep_together, streams_together

_QUALIFIED: Final = ", ".join(f"e.{column}" for column in COLUMNS.split(", "))


class LedgerStreams(LedgerDatabase):
    """The streams of a ledger, each in the order of its versions and decrypted."""

    async def read_stream(
        self,
        stream_id: str,
        after_version: int = 0,
        limit: int | None = None,
        connection: PoolConnectionProxy | None = None,
    ) -> list[StoredEvent]:
        """Return the events of one stream after a version, in order: all, or at most `limit`.

        Reads over `connection`, or over one of its own.
        """
        events = self._read_before(stream_id, after_version) if connection is None and limit is None else None
        if events is not None:
            return events
        query = (
            f"SELECT {COLUMNS} FROM ledger.events "  # noqa: S608
            "WHERE stream_id = $1 AND version > $2 ORDER BY version LIMIT $3"
        )
        return await self._read([stream_id], query, [stream_id, after_version, limit], connection)

    async def read_beside(
        self, stream_id: str, after: int, other_id: str, other_after: int, connection: PoolConnectionProxy | None = None
    ) -> tuple[list[StoredEvent], list[StoredEvent]]:
        """Return the events of two streams, each after a version and in order, as they are at one moment.

        One query reads both, over `connection` or over one of its own.
        """
        known_events, other_events = self._read_before(stream_id, after), self._read_before(other_id, other_after)
        if connection is None and known_events is not None and other_events is not None:
            return known_events, other_events
        first_query = f"SELECT {COLUMNS} FROM ledger.events WHERE stream_id = $1 AND version > $2"  # noqa: S608
        second_query = f"SELECT {COLUMNS} FROM ledger.events WHERE stream_id = $3 AND version > $4"  # noqa: S608
        places = [stream_id, after, other_id, other_after]
        events = await self._read([stream_id, other_id], f"{first_query} UNION ALL {second_query}", places, connection)
        events_by_stream: dict[str, list[StoredEvent]] = {stream_id: [], other_id: []}
        for event in events:
            events_by_stream[event.stream_id].append(event)
        return events_by_stream[stream_id], events_by_stream[other_id]

    @asynccontextmanager
    async def read_together(self, after: Mapping[str, int]) -> AsyncIterator[None]:
        """Read streams by one query, each after a version. Until the end nothing reads them again, and nothing records.

        That holds for this task and for those that it starts, but not for what is read over a connection of its own.
        """
        query = (
            f"SELECT {_QUALIFIED} FROM unnest($1::text[], $2::text[]::int[]) AS s(id, after) "  # noqa: S608
            "JOIN ledger.events e ON e.stream_id = s.id AND e.version > s.after"
        )
        arguments = [list(after), [str(version) for version in after.values()]]
        events: dict[str, list[StoredEvent]] = {}
        for event in await self._read(list(after), query, arguments, None):
            events.setdefault(event.stream_id, []).append(event)
        with keep_together(StreamsTogether(self._pool, after, events)):
            yield

    def _read_before(self, stream_id: str, after: int) -> list[StoredEvent] | None:
        """Return the events of a stream after a version if they were read together with others, or None."""
        together = streams_together(self._pool) if self.moment is None else None
        return together.read(stream_id, after) if together is not None else None

    async def _read(
        self, streams: Sequence[str], query: str, arguments: Sequence[Any], connection: PoolConnectionProxy | None
    ) -> list[StoredEvent]:
        """Return the events of streams that a query reads, decrypted, in the order of their versions."""
        query, arguments = self._seals.with_keys(query, arguments, streams)
        async with nullcontext(connection) if connection else self.connection() as proxy:
            rows = await proxy.fetch(query, *arguments)
            # The same query brings the keys of people named there the last time, as rows without a position.
            keys = {str(row["event_id"]): row["payload"] for row in rows if row["position"] is None}
            events = [stored(row) for row in rows if row["position"] is not None]
            events.sort(key=attrgetter("version"))
            return opened(events, await self._seals.open([event.payload for event in events], proxy, keys, streams))

    async def read_streams(
        self,
        streams: Sequence[str],
        upto: int,
        connection: PoolConnectionProxy,
        event_types: Sequence[str] | None = None,
    ) -> list[StoredEvent]:
        """Return the events of some streams up to a position, decrypted: stream by stream, each in order.

        `event_types`: only those of these types.
        """
        query = (
            f"SELECT {COLUMNS} FROM ledger.events "  # noqa: S608
            "WHERE stream_id = ANY ($1) AND position <= $2 AND ($3::text[] IS NULL OR event_type = ANY ($3)) "
            "ORDER BY stream_id, version"
        )
        rows = await connection.fetch(query, list(streams), upto, event_types)
        return await self.opened([stored(row) for row in rows], connection)

    async def names_in(self, stream_id: str) -> KnownNames:
        """Return the people whom a stream names, with their keys, for the request that is appended to it next."""
        async with self.connection() as connection:
            return await self._seals.names_in(stream_id, connection)

    async def versions(self, streams: Sequence[str], connection: PoolConnectionProxy) -> dict[str, int]:
        """Return the newest version of each stream, by stream id: 0 for a stream without events."""
        query = (
            "SELECT s.id, coalesce(max(e.version), 0) AS version FROM unnest($1::text[]) s(id) "
            "LEFT JOIN ledger.events e ON e.stream_id = s.id GROUP BY s.id"
        )
        return {row["id"]: row["version"] for row in await connection.fetch(query, list(streams))}
