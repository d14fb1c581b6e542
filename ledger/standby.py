"""Commits under synchronous replication: the server's wait for its standby is never cancelled.

PostgreSQL hides a transaction until its standby has it. Cancelling that wait, by a client's time-out for instance,
makes an event visible that a failover would lose. So a caller that gives up closes its connection without cancelling.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.model import LedgerUnavailable

Answer = TypeVar("Answer")

NEVER: Final = 1e9
"""The driver's time-out in seconds, in effect none: a time-out would cancel the server's wait."""

PATIENCE: Final = 60.0
"""Seconds that a caller waits. Then its connection is closed, and the server goes on waiting."""

LOOK_AGAIN: Final = 30.0
"""Seconds for which the answer of `must_wait` is cached."""

_ASKED: Final = "SELECT current_setting('synchronous_standby_names') <> ''"
_CUT_SHORT: Final = "synchronous replication"
"""Part of the server's warning that a wait was cancelled: the commit is local, and perhaps on no standby."""


class Standby:
    """One process's knowledge of the standby: whether commits must wait for it, and what it has confirmed."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._must_wait = False
        self._asked_at = -LOOK_AGAIN
        self._confirmed = 0
        """The position up to which a standby is known to have everything."""

    async def must_wait(self, connection: PoolConnectionProxy) -> bool:
        """True if the server is configured to wait for a standby at each commit."""
        if time.monotonic() - self._asked_at > LOOK_AGAIN:
            self._must_wait = bool(await connection.fetchval(_ASKED))
            self._asked_at = time.monotonic()
        return self._must_wait

    async def fetch(self, connection: PoolConnectionProxy, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Run a statement as a transaction of its own, wait for its commit, and return its rows.

        Raises:
            LedgerUnavailable: Its outcome is unknown.
        """
        if not await self.must_wait(connection):
            return list(await connection.fetch(query, *arguments))
        return list(await self._to_its_end(connection, connection.fetch(query, *arguments, timeout=NEVER)))

    @asynccontextmanager
    async def transaction(self, connection: PoolConnectionProxy) -> AsyncIterator[None]:
        """Run a transaction, and wait for its commit.

        Raises:
            LedgerUnavailable: Its outcome is unknown.
        """
        if not await self.must_wait(connection):
            async with connection.transaction():
                yield
            return
        # Not the driver's transaction: its COMMIT has a time-out, which would cancel the server's wait for the standby.
        await connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            await connection.execute("ROLLBACK")
            raise
        await self._to_its_end(connection, connection.execute("COMMIT", timeout=NEVER))

    def may_be_unconfirmed(self, position: int) -> bool:
        """True if a standby may lack events up to a position, so that `confirm` has to be called."""
        stale = time.monotonic() - self._asked_at > LOOK_AGAIN
        return position > self._confirmed and (self._must_wait or stale)

    async def confirm(self, connection: PoolConnectionProxy, position: int) -> None:
        """Wait for a standby to have all events up to a position, if the server is configured to use one.

        If another client cancelled its wait for replication, its events can be visible before any standby has them.

        Raises:
            LedgerUnavailable: No standby confirmed the position in time.
        """
        if position <= self._confirmed or not await self.must_wait(connection):
            return
        await self._to_its_end(connection, connection.execute("SELECT ledger.confirm()", timeout=NEVER))
        self.knows(position)

    def knows(self, position: int) -> None:
        """Remember a position up to which a standby has everything."""
        self._confirmed = max(self._confirmed, position)

    async def _to_its_end(self, connection: PoolConnectionProxy, work: Awaitable[Answer]) -> Answer:
        warnings: list[str] = []

        def hear(_: Any, notice: Any) -> None:
            warnings.append(str(notice.message))

        connection.add_log_listener(hear)
        task = asyncio.ensure_future(work)
        task.add_done_callback(
            lambda future: future.cancelled() or future.exception()
        )  # nobody awaits it after a time-out
        try:
            answer = await asyncio.wait_for(asyncio.shield(task), self._patience)
        except (TimeoutError, asyncio.CancelledError) as interruption:
            connection.terminate()  # closes it without a cancel request: the server goes on waiting
            if isinstance(interruption, asyncio.CancelledError):
                raise
            raise LedgerUnavailable(f"no standby confirmed it within {self._patience:.0f} s; it may come yet") from None
        await asyncio.sleep(0)  # log listeners are called in the next iteration of the event loop
        connection.remove_log_listener(hear)
        if any(_CUT_SHORT in warning for warning in warnings):
            raise LedgerUnavailable("the wait for the standby was cut short; whether it has it is unknown")
        return answer
