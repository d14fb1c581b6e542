"""Append to the ledger and read it back. Every outage raises LedgerUnavailable, and a retry is always safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.append_query import answers_of, append_query
from ledger.appender import Appender
from ledger.model import AppendRequest, AppendResult, AppendStatus, Door
from ledger.names import NameEncryption
from ledger.reading.pages import LedgerPages
from ledger.reading.search import LedgerSearch
from ledger.reading.streams import LedgerStreams
from ledger.together import streams_together


class Ledger(LedgerStreams, LedgerPages, LedgerSearch):
    """The event store. Share one between all tasks of a process: concurrent appends share a commit.

    `door`: the database function that it appends through.
    """

    def __init__(self, pool: asyncpg.Pool, seals: NameEncryption | None = None, door: Door = Door()) -> None:  # noqa: B008 - frozen
        super().__init__(pool, seals)
        self._door = door
        self._appender = Appender(self._send)

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
