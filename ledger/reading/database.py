"""The way to the database that holds a ledger: lent connections, one moment for many reads, confirmed positions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent
from ledger.moment import Moment, begin_moment, lend, moment_of
from ledger.names import NameEncryption, NoNameEncryption
from ledger.reading.rows import opened
from ledger.standby import Standby


class LedgerDatabase:
    """A ledger's database, with the keys of the people whom it names, and the standby that confirms its positions."""

    def __init__(self, pool: asyncpg.Pool, seals: NameEncryption | None = None) -> None:
        self._pool = pool
        self._seals = seals or NoNameEncryption()
        self._standby = Standby()

    def connection(self) -> AbstractAsyncContextManager[PoolConnectionProxy]:
        """Lend a connection. An outage while it is lent raises LedgerUnavailable."""
        return lend(self._pool)

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

    async def opened(
        self, events: Sequence[StoredEvent], connection: PoolConnectionProxy | None = None
    ) -> list[StoredEvent]:
        """Return the events with names decrypted. Their leaves remain those of the stored bytes."""
        return opened(events, await self._seals.open([event.payload for event in events], connection))

    async def installation(self, connection: PoolConnectionProxy | None = None) -> str:
        """Return the id of this database, which differs in a copy and after a restore to an earlier point."""
        async with nullcontext(connection) if connection else self.connection() as proxy:
            return str(await proxy.fetchval("SELECT ledger.installation()"))
