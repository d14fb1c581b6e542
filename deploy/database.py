"""Connect to PostgreSQL the same way everywhere. What only reads needs no Temporal."""

from __future__ import annotations

from typing import Final

import asyncpg

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
