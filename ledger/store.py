"""Append to the ledger and read it back. Every outage is one exception, and a retry is always safe."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import asyncpg

from ledger.model import AppendRequest, AppendResult, AppendStatus, Movement, StoredEvent, StoredPayload

_COLUMNS: Final = (
    "position, stream_id, version, event_id, command_id, event_type, schema_version, payload, meta, recorded_at, leaf"
)
_APPEND: Final = "SELECT * FROM ledger.append_many($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_PAYLOAD_COLUMNS: Final = "position, stream_id, event_type, payload"
_PAGE: Final = 1000
_WANTED: Final = "position > $1 AND starts_with(stream_id, $2) AND ($3::text[] IS NULL OR event_type = ANY ($3))"


class LedgerUnavailable(ConnectionError):
    """The database did not answer. Whether an append took place is unknown; send the same one again."""


class Ledger:
    """The event store. Safe to share between tasks; holds no state of its own but the pool."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def append(self, request: AppendRequest) -> AppendResult:
        """Record the events of one command and return the answer.

        Nothing is raised for a replay, a key reuse or a conflict: the answer says so. When it returns OK or
        REPLAY, the events are durable and visible to every reader.

        Raises:
            LedgerUnavailable: The outcome is unknown. Appending the same request again is always safe.
        """
        return (await self.append_many([request]))[0]

    async def append_many(self, requests: Sequence[AppendRequest]) -> list[AppendResult]:
        """Record many commands in one transaction; each is answered on its own, in order."""
        async with self._connection() as connection:
            rows = await connection.fetch(_APPEND, *_arguments(requests))
        return [AppendResult(AppendStatus(row["status"]), row["first_position"], row["stream_version"]) for row in rows]

    async def read_stream(self, stream_id: str, after_version: int = 0, limit: int | None = None) -> list[StoredEvent]:
        """Return the events of one stream after a version, in order; all of them, or so many."""
        query = (
            f"SELECT {_COLUMNS} FROM ledger.events "  # noqa: S608
            "WHERE stream_id = $1 AND version > $2 ORDER BY version LIMIT $3"
        )
        async with self._connection() as connection:
            return [_stored(row) for row in await connection.fetch(query, stream_id, after_version, limit)]

    async def count(self, prefix: str = "", event_types: Sequence[str] | None = None) -> int:
        """Return how many events there are in the streams that begin with a prefix, of all types or of these."""
        query = f"SELECT count(*) FROM ledger.events WHERE {_WANTED}"  # noqa: S608
        async with self._connection() as connection:
            return int(await connection.fetchval(query, 0, prefix, event_types))

    async def streams_containing(self, prefix: str, part: Mapping[str, object]) -> list[str]:
        """Return the streams of a prefix with an event whose payload contains a JSON structure. Reads them all."""
        query = (
            "SELECT DISTINCT stream_id FROM ledger.events "
            "WHERE starts_with(stream_id, $1) AND payload_json @> $2::jsonb ORDER BY stream_id"
        )
        async with self._connection() as connection:
            return [row["stream_id"] for row in await connection.fetch(query, prefix, json.dumps(part))]

    async def movements(self, prefix: str, after_position: int, at_rest: timedelta) -> list[Movement]:
        """Return how far each stream came that moved after a position, as of so long ago; in the order they moved."""
        query = (
            "SELECT stream_id, max(version) AS version, max(position) AS position FROM ledger.events "
            "WHERE position > $1 AND starts_with(stream_id, $2) AND recorded_at < clock_timestamp() - $3::interval "
            "GROUP BY stream_id ORDER BY position"
        )
        async with self._connection() as connection:
            return [Movement(*row) for row in await connection.fetch(query, after_position, prefix, at_rest)]

    async def position_before(self, age: timedelta) -> int:
        """Return the newest position that is older than an age, 0 if there is none."""
        query = (
            "SELECT coalesce(min(position) - 1, (SELECT coalesce(max(position), 0) FROM ledger.events)) "
            "FROM ledger.events WHERE recorded_at >= clock_timestamp() - $1::interval"
        )
        async with self._connection() as connection:
            return int(await connection.fetchval(query, age))

    async def read_all(self, prefix: str = "", after_position: int = 0) -> AsyncIterator[StoredEvent]:
        """Yield the events of all streams that begin with a prefix, in total order, page by page."""
        async for row in self._pages(_COLUMNS, after_position, prefix, None):
            yield _stored(row)

    async def read_payloads(self, prefix: str, event_types: Sequence[str]) -> AsyncIterator[StoredPayload]:
        """Yield what the events of some types say, in total order: for those who read very many of them."""
        async for row in self._pages(_PAYLOAD_COLUMNS, 0, prefix, event_types):
            yield StoredPayload(*row)

    async def _pages(
        self, columns: str, after_position: int, prefix: str, event_types: Sequence[str] | None
    ) -> AsyncIterator[asyncpg.Record]:
        query = f"SELECT {columns} FROM ledger.events WHERE {_WANTED} ORDER BY position LIMIT $4"  # noqa: S608
        while True:
            async with self._connection() as connection:
                page = await connection.fetch(query, after_position, prefix, event_types, _PAGE)
            for row in page:
                yield row
            if len(page) < _PAGE:
                return
            after_position = page[-1]["position"]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        try:
            async with self._pool.acquire() as connection:
                yield connection
        except UNAVAILABLE as fault:
            raise LedgerUnavailable(f"the database did not answer ({type(fault).__name__})") from fault


UNAVAILABLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises when the server is away, starting, stopping, or full, or when it is killed under a query."""


def _arguments(requests: Sequence[AppendRequest]) -> tuple[list[object], ...]:
    events = [(request, index, event) for request in requests for index, event in enumerate(request.events)]
    return (
        [request.stream_id for request in requests],
        [request.command_id for request in requests],
        [request.expected_version for request in requests],
        [len(request.events) for request in requests],
        [request.event_id(index) for request, index, _ in events],
        [event.event_type for _, _, event in events],
        [event.schema_version for _, _, event in events],
        [event.payload for _, _, event in events],
        [event.meta for _, _, event in events],
    )


def _stored(row: asyncpg.Record) -> StoredEvent:
    return StoredEvent(*row)
