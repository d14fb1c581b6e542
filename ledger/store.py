"""Append to the ledger and read it back. Every outage raises LedgerUnavailable, and a retry is always safe."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.append_query import answers_of, append_query
from ledger.appender import Appender
from ledger.model import (
    AppendRequest,
    AppendResult,
    AppendStatus,
    Door,
    KnownNames,
    Movement,
    ReadablePayload,
    StoredEvent,
    StoredPayload,
)
from ledger.moment import Moment, begin_moment, lend, moment_of
from ledger.names import NameEncryption, NoNameEncryption
from ledger.standby import Standby
from ledger.together import StreamsTogether, keep_together, streams_together

_COLUMNS: Final = (
    "position, stream_id, version, event_id, command_id, event_type, schema_version, payload, meta, recorded_at, leaf"
)
_QUALIFIED: Final = ", ".join(f"e.{column}" for column in _COLUMNS.split(", "))
_READ: Final = (
    f"SELECT {_COLUMNS} FROM ledger.events "  # noqa: S608
    "WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3"
)
_PAYLOAD_COLUMNS: Final = "position, stream_id, event_type, schema_version, payload, leaf"
PAGE: Final = 1000
_MAX_POSITION: Final = 2**63 - 1
_LONG: Final = 600.0
"""Seconds for a query that reads everything."""
_WANTED: Final = "position > $1 AND starts_with(stream_id, $2) AND ($3::text[] IS NULL OR event_type = ANY ($3))"


class Ledger:
    """The event store. Share one between all tasks of a process: concurrent appends share a commit.

    `door`: the database function that it appends through.
    """

    def __init__(self, pool: asyncpg.Pool, seals: NameEncryption | None = None, door: Door = Door()) -> None:  # noqa: B008 - frozen
        self._pool = pool
        self._seals = seals or NoNameEncryption()
        self._door = door
        self._appender = Appender(self._send)
        self._standby = Standby()

    def through(self, door: Door) -> Ledger:
        """Return the ledger that appends through another door. Both share their knowledge of standby and people."""
        other = Ledger(self._pool, self._seals, door)
        other._standby = self._standby
        return other

    async def append(self, request: AppendRequest) -> AppendResult:
        """Record the events of one command and return the answer.

        Nothing is raised for a replay, a key reuse or a conflict: the answer says so. When it returns OK or
        REPLAY, the events are durable and visible to every reader.

        Raises:
            LedgerUnavailable: The outcome is unknown. Appending the same request again is always safe.
            NotAllowed: The database function of this login does not accept an event; nothing was recorded.
        """
        (answer,) = await self._appender.append(await self._sealed(request))
        return answer

    async def append_together(self, requests: Sequence[AppendRequest]) -> list[AppendResult]:
        """Record one command in several streams, in all of them or in none, and return one result for each, in order.

        Its requests bear the same command id. Where one of them finds no place, none is recorded.

        Raises:
            ValueError: They bear different command ids.
            LedgerUnavailable, NotAllowed: As for `append`.
        """
        return await (await self.queue_together(requests))

    async def queue_together(self, requests: Sequence[AppendRequest]) -> Awaitable[list[AppendResult]]:
        """Queue the requests of one command as `append_together` does. Return their future results."""
        return await self._appender.queue(await self._sealed_together(requests))

    async def _sealed_together(self, requests: Sequence[AppendRequest]) -> list[AppendRequest]:
        if len({request.command_id for request in requests}) > 1:
            raise ValueError("requests that are recorded together bear one command id")
        return [await self._sealed(request) for request in requests]

    async def append_many(self, requests: Sequence[AppendRequest]) -> list[AppendResult]:
        """Record many commands in one transaction, without queueing them, and return one result for each, in order.

        Raises:
            LedgerUnavailable: The outcome of all of them is unknown.
        """
        return await self._send([await self._sealed(request) for request in requests])

    async def append_unless(
        self, requests: Sequence[AppendRequest], has_conflict: Callable[[PoolConnectionProxy], Awaitable[bool]]
    ) -> list[AppendResult]:
        """Record one command if a question about the rest of the ledger is answered with no, or else answer CONFLICT.

        The question is asked over the connection while nobody else can append, so that its answer holds. The requests
        are recorded together or not at all, as in `append_together`.
        """
        append_requests = await self._sealed_together(requests)
        async with self.connection() as connection, self.transaction(connection):
            await self.hold_appends(connection)
            if await has_conflict(connection):
                return [AppendResult(AppendStatus.CONFLICT, None, request.expected_version) for request in requests]
            return await self._appended(append_requests, connection.fetch)

    async def append_within(
        self, connection: PoolConnectionProxy, requests: Sequence[AppendRequest]
    ) -> list[AppendResult]:
        """Record many commands in a connection's open transaction, and return one result for each, in order.

        The append lock is held until that transaction ends, so later reads in it see the whole ledger: nobody else can
        append meanwhile.
        """
        append_requests = [await self._sealed(request, connection) for request in requests]
        return await self._appended(append_requests, connection.fetch)

    async def hold_appends(self, connection: PoolConnectionProxy) -> None:
        """Take the append lock until the connection's transaction ends. Nobody else records anything meanwhile."""
        # An append of nothing takes the lock like any other, within the function and the rights of this login.
        await self._appended([], connection.fetch)

    async def _sealed(self, request: AppendRequest, connection: PoolConnectionProxy | None = None) -> AppendRequest:
        if self.moment is not None:
            raise RuntimeError("nothing is recorded while a task reads as of one moment")
        if streams_together(self._pool) is not None:
            raise RuntimeError("nothing is recorded on streams that were read together before")
        self._door.check(request)
        return await self._seals.seal(request, connection)

    async def names_in(self, stream_id: str) -> KnownNames:
        """Return the people whom a stream names, with their keys, for the request that is appended to it next."""
        async with self.connection() as connection:
            return await self._seals.names_in(stream_id, connection)

    async def _send(self, requests: Sequence[AppendRequest]) -> list[AppendResult]:
        if not requests:
            return []
        async with self.connection() as connection:
            return await self._appended(requests, partial(self._standby.fetch, connection))

    async def _appended(
        self, requests: Sequence[AppendRequest], fetch: Callable[..., Awaitable[list[asyncpg.Record]]]
    ) -> list[AppendResult]:
        """Append requests in one statement, and return the answers."""
        query, arguments = append_query(self._door.function, requests)
        return answers_of(requests, await fetch(query, *arguments))

    def transaction(self, connection: PoolConnectionProxy) -> AbstractAsyncContextManager[None]:
        """Run a transaction in which something is recorded, and wait for its commit as `append` does."""
        return self._standby.transaction(connection)

    async def confirm(self, position: int) -> None:
        """Wait for the standby, if the server has one, so that a failover would lose nothing up to a position.

        Raises:
            LedgerUnavailable: No standby confirmed the position in time.
        """
        if (moment := self.moment) is not None:
            moment.position = max(moment.position, position)
        elif self._standby.may_be_unconfirmed(position):
            async with self.connection() as connection:
                await self._standby.confirm(connection, position)

    @property
    def moment(self) -> Moment | None:
        """The moment as of which this task reads, or None if it reads the present state."""
        return moment_of(self._pool)

    @asynccontextmanager
    async def at_one_moment(self) -> AsyncIterator[None]:
        """Let this task read everything as of one moment, in one transaction. It records nothing until the end of it.

        What a standby may lack is confirmed at the end, before anything rests on it: see `confirm`.
        """
        if self.moment is not None:
            yield
            return
        async with begin_moment(self._pool) as moment:
            yield
        # Only now: a commit cannot be awaited within the read-only transaction, and what was read is not acted on
        # before.
        await self.confirm(moment.position)

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
            f"SELECT {_COLUMNS} FROM ledger.events "  # noqa: S608
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
        first_query = f"SELECT {_COLUMNS} FROM ledger.events WHERE stream_id = $1 AND version > $2"  # noqa: S608
        second_query = f"SELECT {_COLUMNS} FROM ledger.events WHERE stream_id = $3 AND version > $4"  # noqa: S608
        places = [stream_id, after, other_id, other_after]
        events = await self._read([stream_id, other_id], f"{first_query} UNION ALL {second_query}", places, connection)
        events_by_stream: dict[str, list[StoredEvent]] = {stream_id: [], other_id: []}
        for event in events:
            events_by_stream[event.stream_id].append(event)
        return events_by_stream[stream_id], events_by_stream[other_id]

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
            events = [_stored(row) for row in rows if row["position"] is not None]
            events.sort(key=attrgetter("version"))
            return _opened(events, await self._seals.open([event.payload for event in events], proxy, keys, streams))

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
            f"SELECT {_COLUMNS} FROM ledger.events "  # noqa: S608
            "WHERE stream_id = ANY ($1) AND position <= $2 AND ($3::text[] IS NULL OR event_type = ANY ($3)) "
            "ORDER BY stream_id, version"
        )
        rows = await connection.fetch(query, list(streams), upto, event_types)
        return await self.opened([_stored(row) for row in rows], connection)

    async def versions(self, streams: Sequence[str], connection: PoolConnectionProxy) -> dict[str, int]:
        """Return the newest version of each stream, by stream id: 0 for a stream without events."""
        query = (
            "SELECT s.id, coalesce(max(e.version), 0) AS version FROM unnest($1::text[]) s(id) "
            "LEFT JOIN ledger.events e ON e.stream_id = s.id GROUP BY s.id"
        )
        return {row["id"]: row["version"] for row in await connection.fetch(query, list(streams))}

    async def opened(
        self, events: Sequence[StoredEvent], connection: PoolConnectionProxy | None = None
    ) -> list[StoredEvent]:
        """Return the events with names decrypted. Their leaves remain those of the stored bytes."""
        return _opened(events, await self._seals.open([event.payload for event in events], connection))

    async def installation(self, connection: PoolConnectionProxy | None = None) -> str:
        """Return the id of this database, which differs in a copy and after a restore to an earlier point."""
        async with nullcontext(connection) if connection else self.connection() as proxy:
            return str(await proxy.fetchval("SELECT ledger.installation()"))

    async def head(self) -> int:
        """Return the newest position, 0 for an empty ledger."""
        async with self.connection() as connection:
            return int(await connection.fetchval("SELECT coalesce(max(position), 0) FROM ledger.events"))

    async def place_of(self, stream_id: str, version: int) -> int | None:
        """Return the position of a version of a stream, or None if the stream does not go as far."""
        query = "SELECT position FROM ledger.events WHERE stream_id = $1 AND version = $2"
        async with self.connection() as connection:
            found: int | None = await connection.fetchval(query, stream_id, version)
        return found

    async def position_of(self, event_id: UUID) -> int | None:
        """Return an event's position, or None if it is not recorded."""
        async with self.connection() as connection:
            position: int | None = await connection.fetchval(
                "SELECT position FROM ledger.events WHERE event_id = $1", event_id
            )
        return position

    async def read_between(self, after: int, upto: int) -> AsyncIterator[StoredEvent]:
        """Yield the events after a position and up to another, in order, as they are stored, with names encrypted.

        Meant for reading the whole ledger: the next page is fetched while the current one is processed.
        """
        page = asyncio.ensure_future(self._page(after, upto))
        try:
            while rows := await page:
                after = rows[-1]["position"]
                page = asyncio.ensure_future(self._page(after, upto))
                await asyncio.sleep(0)  # sends the query now, so that it runs while the rows are processed
                for row in rows:
                    yield _stored(row)
        finally:
            page.cancel()

    async def read_page(self, after: int, limit: int, connection: PoolConnectionProxy) -> list[StoredEvent]:
        """Return at most `limit` events after a position, in order, as they are stored, with names encrypted."""
        return [_stored(row) for row in await connection.fetch(_READ, after, _MAX_POSITION, limit)]

    async def _page(self, after: int, upto: int) -> list[asyncpg.Record]:
        async with self.connection() as connection:
            return list(await connection.fetch(_READ, after, upto, PAGE))

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
            rows = await connection.fetch(query, after_position, timeout=_LONG)
        return [
            (position, f"the versions of {stream_id} have a gap, or are out of order") for position, stream_id in rows
        ]

    async def count(self, prefix: str = "", event_types: Sequence[str] | None = None) -> int:
        """Return the number of events in the streams under `prefix`: of the given types, or of all if None is given."""
        query = f"SELECT count(*) FROM ledger.events WHERE {_WANTED}"  # noqa: S608
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
            position: int | None = await connection.fetchval(query, event_types, json.dumps(part), timeout=_LONG)
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
        query = f"SELECT DISTINCT stream_id FROM ledger.events WHERE {_WANTED} ORDER BY stream_id"  # noqa: S608
        async with self.connection() as connection:
            return [row["stream_id"] for row in await connection.fetch(query, position, prefix, event_types)]

    async def position_at(self, moment: datetime) -> int:
        """Return the position of the newest event recorded at or before a moment, or 0 if there is none."""
        query = (
            "SELECT coalesce(min(position) - 1, (SELECT coalesce(max(position), 0) FROM ledger.events)) "
            "FROM ledger.events WHERE recorded_at > $1"
        )
        async with self.connection() as connection:
            return int(await connection.fetchval(query, moment))

    async def read_all(
        self, prefix: str = "", upto: int = _MAX_POSITION, *, after: int = 0, event_types: Sequence[str] | None = None
    ) -> AsyncIterator[StoredEvent]:
        """Yield the events of the streams under `prefix` up to a position, decrypted, ordered by position.

        `after`: only those after this position. `event_types`: only those of these types.
        """
        async for page in self._pages(_COLUMNS, prefix, event_types, after):
            for event in await self.opened([_stored(row) for row in page if row["position"] <= upto]):
                yield event
            if page[-1]["position"] >= upto:
                return

    async def read_payloads(self, prefix: str, event_types: Sequence[str]) -> AsyncIterator[StoredPayload]:
        """Yield the payloads of events of some types in the streams under `prefix`, decrypted, ordered by position."""
        async for page in self._pages(_PAYLOAD_COLUMNS, prefix, event_types):
            contents = await self._seals.open([row["payload"] for row in page])
            for row, content in zip(page, contents, strict=True):
                yield StoredPayload(*row)._replace(**content._asdict())

    async def _pages(
        self, columns: str, prefix: str, event_types: Sequence[str] | None, after_position: int = 0
    ) -> AsyncIterator[list[asyncpg.Record]]:
        query = f"SELECT {columns} FROM ledger.events WHERE {_WANTED} ORDER BY position LIMIT $4"  # noqa: S608
        while True:
            async with self.connection() as connection:
                page = await connection.fetch(query, after_position, prefix, event_types, PAGE)
            if page:
                yield page
            if len(page) < PAGE:
                return
            after_position = page[-1]["position"]

    def connection(self) -> AbstractAsyncContextManager[PoolConnectionProxy]:
        """Lend a connection. An outage while it is lent raises LedgerUnavailable."""
        return lend(self._pool)


def _opened(events: Sequence[StoredEvent], contents: Sequence[ReadablePayload]) -> list[StoredEvent]:
    return [
        event if event.payload is content.payload and not content.blanked else event._replace(**content._asdict())
        for event, content in zip(events, contents, strict=True)
    ]


def _stored(row: asyncpg.Record) -> StoredEvent:
    return StoredEvent(*row)
