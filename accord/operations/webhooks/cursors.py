"""The cursors of endpoints in the database: up to where each took what it hears, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from accord.operations.webhooks.sealing import SealedSecret
from domain.webhooks.endpoint import Endpoint
from ledger import Ledger, StoredEvent

Connection = asyncpg.Pool | PoolConnectionProxy

FAR: Final = 200
"""The events that an endpoint does not hear after which its cursor goes on without one that it hears."""

_COLUMNS: Final = "sha256, position, turn, tried, reason, next_at, stopped_at, taken_at, said_by"
_CURSORS: Final = f"SELECT {_COLUMNS} FROM webhooks.cursors"  # noqa: S608 - constants
_CURSOR: Final = (
    f"SELECT {_COLUMNS}, coalesce(extract(epoch FROM next_at - ledger.now()), 0)::float8 AS wait "  # noqa: S608
    "FROM webhooks.cursors WHERE sha256 = $1"
)
_NEXT: Final = """
SELECT position FROM ledger.events
 WHERE position > $1 AND position <= $2 AND ($3 OR event_type = ANY ($4) OR stream_id ~ ANY ($5))
 ORDER BY position LIMIT 1
"""
_BEHIND: Final = """
SELECT count(*) FROM ledger.events WHERE position > $1 AND ($2 OR event_type = ANY ($3) OR stream_id ~ ANY ($4))
"""
_TAKEN: Final = """
UPDATE webhooks.cursors SET position = $4, tried = 0, reason = '', next_at = NULL,
       taken_at = CASE WHEN $5 THEN ledger.now() ELSE taken_at END
 WHERE sha256 = $1 AND turn = $2 AND position = $3 AND stopped_at IS NULL
"""
_FAILED: Final = """
UPDATE webhooks.cursors SET tried = tried + 1, reason = $4, next_at = ledger.now() + $5 * interval '1 second',
       stopped_at = CASE WHEN $5::float8 IS NULL THEN ledger.now() END
 WHERE sha256 = $1 AND turn = $2 AND position = $3 AND stopped_at IS NULL
"""
_KEPT_SEALED: Final = "SELECT key_id, sealed FROM webhooks.secrets WHERE sha256 = $1"
_KEPT: Final = "SELECT webhooks.keep($1, $2, $3)"
_SEALED_AGAIN: Final = "SELECT webhooks.seal_again($1, $2, $3)"
_SAID: Final = "SELECT webhooks.say($1, $2, $3, $4)"
_SEALED_BY: Final = "SELECT count(*) FROM webhooks.secrets WHERE key_id = $1 AND sha256 = ANY ($2)"


class Cursor(NamedTuple):
    """The cursor of an endpoint."""

    sha256: str
    position: int
    turn: int
    tried: int
    """How often the next event was posted in vain."""
    reason: str
    next_at: datetime | None
    stopped_at: datetime | None
    taken_at: datetime | None
    said_by: str
    wait: float = 0.0
    """The seconds until the next attempt, by the database's clock. None are left if it is not above 0."""

    def begins(self, endpoint: Endpoint) -> int:
        """Return the position after which the next event is looked for: never before what was enrolled."""
        return max(self.position, endpoint.after)


async def read_cursor(pool: Connection, sha256: str) -> Cursor | None:
    """Return the cursor of an endpoint, or None if nothing is kept of it."""
    row = await pool.fetchrow(_CURSOR, sha256)
    return Cursor(*row) if row is not None else None


async def read_cursors(pool: Connection) -> Mapping[str, Cursor]:
    """Return every cursor, by the digest of its endpoint's secret."""
    return {row["sha256"]: Cursor(*row) for row in await pool.fetch(_CURSORS)}


async def next_event(ledger: Ledger, endpoint: Endpoint, after: int, upto: int) -> StoredEvent | None:
    """Return the next event that an endpoint hears, as it is stored, or None if there is none up to a position."""
    async with ledger.connection() as connection:
        position = await connection.fetchval(_NEXT, after, upto, *_heard(endpoint))
        return (await ledger.read_page(position - 1, 1, connection))[0] if position is not None else None


async def number_behind(pool: Connection, endpoint: Endpoint, after: int) -> int:
    """Return the number of events that an endpoint hears after a position."""
    return int(await pool.fetchval(_BEHIND, after, *_heard(endpoint)))


def _heard(endpoint: Endpoint) -> tuple[bool, list[str], list[str]]:
    return endpoint.hears_everything, list(endpoint.event_types), list(endpoint.streams)


async def go_on(pool: Connection, cursor: Cursor, position: int, took: bool = True) -> None:
    """Move an endpoint's cursor to a position that it heard all up to, unless somebody moved it meanwhile."""
    await pool.execute(_TAKEN, cursor.sha256, cursor.turn, cursor.position, position, took)


async def fail(pool: Connection, cursor: Cursor, reason: str, wait: float | None) -> None:
    """Record an attempt in vain. `wait`: the seconds until the next one, or None to stop the endpoint."""
    await pool.execute(_FAILED, cursor.sha256, cursor.turn, cursor.position, reason[:300], wait)


async def sealed_secret(pool: Connection, sha256: str) -> SealedSecret | None:
    """Return the secret of an endpoint as it is kept, or None if none is."""
    row = await pool.fetchrow(_KEPT_SEALED, sha256)
    return SealedSecret(*row) if row is not None else None


async def keep(pool: Connection, sha256: str, sealed: SealedSecret) -> None:
    """Keep the secret of an endpoint that is about to be enrolled."""
    await pool.execute(_KEPT, sha256, *sealed)


async def keep_sealed_again(pool: Connection, sha256: str, sealed: SealedSecret) -> None:
    """Keep a secret as it is sealed by another key."""
    await pool.execute(_SEALED_AGAIN, sha256, *sealed)


async def say(pool: Connection, sha256: str, actor: str, position: int | None = None, stops: bool = False) -> bool:
    """Stop an endpoint, or let it go on: after a position, or from where it was. False if nothing is kept of it."""
    return bool(await pool.fetchval(_SAID, sha256, stops, position, actor))


async def number_sealed_by(pool: Connection, key_id: str, digests: list[str]) -> int:
    """Return the number of endpoints, of these, whose secrets are sealed by a key."""
    return int(await pool.fetchval(_SEALED_BY, key_id, digests))
