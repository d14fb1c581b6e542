"""Commits that a standby must have: they are waited for, and never given up in a way that shows what no standby has.

PostgreSQL shows a transaction that waits for its standby to nobody. Whoever cancels the wait, by a client's time-out
for instance, ends it: then everybody sees an event that a failover would lose. So the wait is left to itself.
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
"""Seconds until the driver gives up, which cancels what the server waits for."""

PATIENCE: Final = 60.0
"""Seconds that a caller waits; then the connection is left alone, and the wait goes on without it."""

LOOK_AGAIN: Final = 30.0
"""Seconds for which it is believed whether the server must wait for a standby."""

_ASKED: Final = "SELECT current_setting('synchronous_standby_names') <> ''"
_CUT_SHORT: Final = "synchronous replication"
"""In the server's warning that somebody cancelled a wait: it is committed here, and may be nowhere else."""


class Standby:
    """One process's knowledge of the standby that must have what it records."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._must_wait = False
        self._asked_at = -LOOK_AGAIN
        self._confirmed = 0
        """Up to where in the ledger a standby is known to have everything."""

    async def must_wait(self, connection: PoolConnectionProxy) -> bool:
        """Return whether the server was told that a standby must have what is committed."""
        if time.monotonic() - self._asked_at > LOOK_AGAIN:
            self._must_wait = bool(await connection.fetchval(_ASKED))
            self._asked_at = time.monotonic()
        return self._must_wait

    async def fetch(self, connection: PoolConnectionProxy, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Run a statement that commits by itself.

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
        await connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            await connection.execute("ROLLBACK")
            raise
        await self._to_its_end(connection, connection.execute("COMMIT", timeout=NEVER))

    def may_be_unconfirmed(self, position: int) -> bool:
        """Return whether a standby may have to be asked for what was read up to a position."""
        stale = time.monotonic() - self._asked_at > LOOK_AGAIN
        return position > self._confirmed and (self._must_wait or stale)

    async def confirm(self, connection: PoolConnectionProxy, position: int) -> None:
        """Return once a standby has everything up to a position that was read, where one must have it.

        Somebody else may have cut a wait short: then what is visible here is nowhere else yet.

        Raises:
            LedgerUnavailable: A standby must have it, and none says that it does.
        """
        if position <= self._confirmed or not await self.must_wait(connection):
            return
        await self._to_its_end(connection, connection.execute("SELECT ledger.confirm()", timeout=NEVER))
        self.knows(position)

    def knows(self, position: int) -> None:
        """Remember up to where a standby has everything."""
        self._confirmed = max(self._confirmed, position)

    async def _to_its_end(self, connection: PoolConnectionProxy, work: Awaitable[Answer]) -> Answer:
        warnings: list[str] = []

        def hear(_: Any, said: Any) -> None:
            warnings.append(str(said.message))

        connection.add_log_listener(hear)
        task = asyncio.ensure_future(work)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody asks once it was left alone
        try:
            answer = await asyncio.wait_for(asyncio.shield(task), self._patience)
        except (TimeoutError, asyncio.CancelledError) as left:
            connection.terminate()  # closes it without a word: the server goes on waiting
            if isinstance(left, asyncio.CancelledError):
                raise
            raise LedgerUnavailable(f"no standby confirmed it within {self._patience:.0f} s; it may come yet") from None
        await asyncio.sleep(0)  # the server's warnings are handed on in the next turn of the loop
        connection.remove_log_listener(hear)
        if any(_CUT_SHORT in one for one in warnings):
            raise LedgerUnavailable("the wait for the standby was cut short; whether it has it is unknown")
        return answer
