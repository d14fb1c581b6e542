"""The sender of webhooks: one task for each endpoint, which posts what it hears in the ledger's order.

An event counts as taken once the endpoint said so, and its cursor goes on after that: killed between the two, it is
posted again under the same id. Of several processes one works and the others wait, by a lock of the database.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy
from temporalio.common import MetricMeter

from accord.operations.webhooks import cursors
from accord.operations.webhooks.addresses import Resolve, resolve
from accord.operations.webhooks.cursors import Cursor
from accord.operations.webhooks.measures import EndpointMeasures
from accord.operations.webhooks.messages import message_of
from accord.operations.webhooks.posting import Poster, PostResult
from accord.operations.webhooks.sealing import SecretUnreadable, seal, unseal
from deploy.database import only_one
from deploy.payloads.keys import PayloadKeys
from domain.webhooks.endpoint import Endpoint
from ledger import Ledger, LedgerUnavailable, StoredEvent, clock
from records.directory import DirectoryRepository

WAITS: Final = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""The seconds before each further attempt, as Standard Webhooks advises: some three days in all. Then it is stopped."""
SPREAD: Final = 0.1
"""The share by which a wait may be longer, so that what failed together is not tried together."""
EVERY: Final = 60.0
"""Seconds after which it looks although nobody told it of news: a notification may be lost with a connection."""
AGAIN: Final = 5.0
"""Seconds after which it tries again to reach the database, or to become the one that works."""
_WORK: Final = "accord.webhooks"
"""The name under which one process sends."""

log: Final = structlog.get_logger("accord.webhooks")


class AnotherSends(Exception):
    """Another process sends webhooks."""


class LedgerPutBack(Exception):
    """The database was restored, copied or moved, and its ledger does not go on yet: a copy tells nobody."""


class PosterMaker(Protocol):
    """Makes the poster of an endpoint."""

    def __call__(self, endpoint: Endpoint, secret: str, own_hosts: frozenset[str], lookup: Resolve) -> Poster:
        """Return the poster of an endpoint with its secret."""


class Sender:
    """One process that sends webhooks."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        keys: PayloadKeys,
        own_hosts: frozenset[str] = frozenset(),
        meter: MetricMeter = MetricMeter.noop,
        *,
        waits: Sequence[float] = WAITS,
        make_poster: PosterMaker = Poster,
    ) -> None:
        """`own_hosts`: those of our own network. `waits`: the seconds before each further attempt."""
        self._pool, self._keys, self._own = pool, keys, own_hosts
        self._ledger = Ledger(pool)  # it opens no name: its login reads no key of any
        self._directory = DirectoryRepository(self._ledger)
        self._waits, self._make_poster = waits, make_poster
        self._measures = EndpointMeasures(meter)
        self._news: dict[str, asyncio.Event] = {}
        self._fault = ""

    async def fault(self) -> str:
        """Return the reason why nothing is sent at all, or ''."""
        return self._fault

    async def forever(self) -> None:
        """Send until cancelled. An outage is logged once and waited out."""
        while True:
            try:
                async with self.working() as connection:
                    await self._work(connection)
            except Exception as fault:  # whatever it is, the next look may go well; it is never silent
                self._tell(fault)
            await asyncio.sleep(AGAIN)

    def _tell(self, fault: Exception) -> None:
        while isinstance(fault, ExceptionGroup):
            fault = fault.exceptions[0]
        measured_names = isinstance(fault, (AnotherSends, LedgerPutBack, LedgerUnavailable))
        reason = str(fault) if measured_names else type(fault).__name__
        if reason != self._fault:
            log.warning("nothing is sent, and it is tried again", reason=reason)
        self._fault = reason

    @asynccontextmanager
    async def working(self) -> AsyncIterator[PoolConnectionProxy]:
        """Become the one that works. Gives the connection whose life the work is bound to.

        Raises:
            AnotherSends: Another process does.
        """
        async with only_one(self._pool, _WORK, AnotherSends("another process sends webhooks")) as connection:
            yield connection

    async def _work(self, connection: PoolConnectionProxy) -> None:
        """Follow the endpoints in force, each in a task, and wake all of them when the ledger grows."""
        news, tasks = asyncio.Event(), dict[str, asyncio.Task[None]]()

        def heard(*_: object) -> None:
            for event in (news, *self._news.values()):
                event.set()

        await connection.add_listener("ledger_head", heard)
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    news.clear()
                    self._begin_and_end(await self._in_force(), tasks, group)
                    self._fault = ""
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), EVERY)
                    await connection.execute("SELECT 1")  # raises if the connection was lost, and with it the lock
        finally:
            if not connection.is_closed():
                await connection.remove_listener("ledger_head", heard)

    def _begin_and_end(
        self, in_force: dict[str, Endpoint], tasks: dict[str, asyncio.Task[None]], group: asyncio.TaskGroup
    ) -> None:
        """Begin a task for each endpoint that has none, and end those of endpoints that are no more."""
        for sha256 in tasks.keys() - in_force.keys():
            tasks.pop(sha256).cancel()
            self._news.pop(sha256, None)
        for sha256 in in_force.keys() - tasks.keys():
            self._news[sha256] = asyncio.Event()
            tasks[sha256] = group.create_task(self._follow(in_force[sha256], self._news[sha256]))

    async def _in_force(self) -> dict[str, Endpoint]:
        """Return the endpoints in force by the digests of their secrets.

        Raises:
            LedgerPutBack: This is a copy of the database.
        """
        if fault := await self._directory.fault_of_installation():
            raise LedgerPutBack(str(fault))
        directory = await self._directory.directory()
        return {endpoint.sha256: endpoint for endpoint in directory.endpoints_in_force(clock.today())}

    async def _follow(self, endpoint: Endpoint, news: asyncio.Event) -> None:
        """Post an endpoint's messages until cancelled."""
        try:
            poster = self._make_poster(endpoint, await self._secret(endpoint), self._own, resolve)
        except SecretUnreadable as fault:  # a restart reads the ring again, and another enrolment is another task
            log.error("nothing is sent to an endpoint", endpoint=endpoint.name, reason=str(fault))
            self._measures.is_stopped(endpoint, True)
            return
        try:
            while True:
                news.clear()
                wait = await self.drain(endpoint, poster)
                await _until(news, wait)
        finally:
            self._measures.forget(endpoint)
            await poster.close()

    async def _secret(self, endpoint: Endpoint) -> str:
        """Return the secret of an endpoint, which is sealed anew if another key writes by now.

        Raises:
            SecretUnreadable: It cannot be used.
        """
        sealed_secret = await cursors.sealed_secret(self._pool, endpoint.sha256)
        if sealed_secret is None:
            raise SecretUnreadable("its secret is not kept here; revoke it, and enrol it anew")
        secret = unseal(self._keys, endpoint.sha256, sealed_secret)
        if sealed_secret.key_id != self._keys.writes.key_id:
            await cursors.keep_sealed_again(self._pool, endpoint.sha256, seal(self._keys, secret))
        return secret

    async def drain(self, endpoint: Endpoint, poster: Poster) -> float:
        """Post all that an endpoint hears up to the ledger's end, and return the seconds until it is to be tried again.

        Whether it is in force is asked before each message, and where it stands is read each time: a person may have
        said otherwise meanwhile.
        """
        while endpoint.sha256 in await self._in_force():
            cursor = await cursors.read_cursor(self._pool, endpoint.sha256)
            if cursor is None or cursor.stopped_at is not None:
                self._measures.is_stopped(endpoint, True)
                return EVERY
            self._measures.is_stopped(endpoint, False)
            event = await self._next(endpoint, cursor)
            if event is None:
                return EVERY
            if cursor.wait > 0:
                return min(cursor.wait, EVERY)
            await self._post(endpoint, cursor, event, poster)
        return EVERY

    async def _next(self, endpoint: Endpoint, cursor: Cursor) -> StoredEvent | None:
        """Return the next event that an endpoint hears, or None. What it does not hear is passed by in great steps."""
        head = await self._ledger.head()
        event = await cursors.next_event(self._ledger, endpoint, cursor.begins(endpoint), head)
        self._measures.waits(endpoint, event)
        if event is None and head - cursor.position >= cursors.FAR:
            await cursors.go_on(self._pool, cursor, head, took=False)
        return event

    async def _post(self, endpoint: Endpoint, cursor: Cursor, event: StoredEvent, poster: Poster) -> None:
        """Post an event, and record what became of it. What a failover would lose is told to nobody."""
        await self._ledger.confirm(event.position)
        result = await poster.post(message_of(event))
        self._measures.posted(endpoint, result)
        if result.is_taken:
            return await cursors.go_on(self._pool, cursor, event.position)
        wait = self._wait_after(cursor, result)
        words = {"endpoint": endpoint.name, "position": event.position, "reason": result.fault}
        if wait is None:
            reason = "it wants nothing more (410 Gone)" if result.is_gone else result.fault
            log.error("an endpoint is stopped", **{**words, "reason": reason})
            return await cursors.fail(self._pool, cursor, reason, None)
        log.warning("an event was not taken, and is sent again", **words, tried=cursor.tried + 1, wait=round(wait))
        return await cursors.fail(self._pool, cursor, result.fault, wait)

    def _wait_after(self, cursor: Cursor, result: PostResult) -> float | None:
        """Return the seconds until the next attempt, or None if there is none: it is gone, or was tried to the end."""
        if result.is_gone or cursor.tried >= len(self._waits):
            return None
        return self._waits[cursor.tried] * (1 + random.random() * SPREAD)  # noqa: S311 - no secret


async def _until(news: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), max(seconds, 0.01))
