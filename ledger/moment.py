"""Read at one moment: over one connection, in one snapshot of the database and one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.model import LedgerUnavailable


@dataclass(slots=True)
class Moment:
    """The moment as of which a task reads a database, until it ends."""

    pool: asyncpg.Pool
    connection: PoolConnectionProxy
    task: asyncio.Task[Any] | None
    position: int = 0
    """The newest position that was read, which a standby may lack."""
    answers: dict[object, Any] = field(default_factory=dict)
    """Answers that need not be asked again: they cannot change within the moment."""


_NOW: Final[ContextVar[Moment | None]] = ContextVar("moment", default=None)


def moment_of(pool: asyncpg.Pool) -> Moment | None:
    """Return the moment as of which this task reads a database, or None if it reads the present state.

    A task that this one starts is another one: a connection serves one at a time.
    """
    moment = _NOW.get()
    is_current = moment is not None and moment.pool is pool and moment.task is asyncio.current_task()
    return moment if is_current else None


@asynccontextmanager
async def begin_moment(pool: asyncpg.Pool) -> AsyncIterator[Moment]:
    """Let this task read as of one moment until the end: `lend` gives it the same connection again and again."""
    async with lend(pool) as connection:
        moment = Moment(pool, connection, asyncio.current_task())
        before = _NOW.set(moment)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield moment
        finally:
            _NOW.reset(before)


@asynccontextmanager
async def lend(pool: asyncpg.Pool) -> AsyncIterator[PoolConnectionProxy]:
    """Lend a connection of a pool, or that of this task's moment. An outage meanwhile raises LedgerUnavailable."""
    if (moment := moment_of(pool)) is not None:
        yield moment.connection
        return
    try:
        async with pool.acquire() as connection:
            yield connection
    # Named first: it is a ConnectionError, which `UNAVAILABLE` would catch and wrap once more.
    except LedgerUnavailable:
        raise
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
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""The errors of asyncpg if the server is away, starting, stopping, full or a standby, or is killed during a query."""
