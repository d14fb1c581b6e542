"""Connect to PostgreSQL the same way everywhere. What only reads needs no Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

CONNECT_TIMEOUT: Final = 5.0
"""Seconds to wait for a server before it is treated as unavailable."""


class ServiceUnavailable(ConnectionError):
    """A service cannot be reached. The message names it, in one line."""


async def _no_reset(connection: object) -> None:
    """Skip asyncpg's reset query, a round trip: we leave no session state on a connection."""


async def open_pool(url: str, size: int = 10) -> asyncpg.Pool:
    """Open a pool of connections to PostgreSQL.

    Raises:
        ServiceUnavailable: The database does not answer, or refuses the login.
    """
    try:
        return await asyncpg.create_pool(
            url, min_size=1, max_size=size, timeout=CONNECT_TIMEOUT, command_timeout=60, reset=_no_reset
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as fault:
        raise ServiceUnavailable(f"the database cannot be reached ({type(fault).__name__}: {fault})") from fault


@asynccontextmanager
async def only_one(pool: asyncpg.Pool, work: str, otherwise: Exception) -> AsyncIterator[PoolConnectionProxy]:
    """Become the one process that does a work. Gives the connection whose life that is bound to.

    `work`: its name among the database's locks, such as accord.post. `otherwise`: raised if another process does it.
    """
    async with pool.acquire() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", work):
            raise otherwise
        try:
            yield connection
        finally:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # then the lock is gone, too
                await connection.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", work)


CLOSE_TIMEOUT: Final = 5.0
"""Seconds to part from a server: one that is gone never answers."""


@asynccontextmanager
async def closing(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Pool]:
    """Close a pool at the end, within seconds also if the server is gone or a connection is not given back."""
    try:
        yield pool
    finally:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await pool.close()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            # Closes the sockets without a word: a server that is gone would be waited for without end.
            pool.terminate()
