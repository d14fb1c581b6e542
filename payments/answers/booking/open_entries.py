"""The table of the entries that nothing explains, as they were found last. It moves nothing and nobody signs it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from payments import Connection

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('accord.open_entries', 0))"
_KEEP = "INSERT INTO post.open_entries (entry, owner, booked_on) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_SELECTION = "SELECT entry, owner, booked_on FROM post.open_entries ORDER BY booked_on, entry"


class OpenEntry(NamedTuple):
    """An entry of a statement, or a booking that its statement does not have, which nothing explains."""

    entry: str
    """The name by which people say what it is, or its subject."""
    owner: str
    """The person or the role that explains it."""
    booked_on: date


async def keep_open_entries(connection: Connection, entries: Iterable[OpenEntry]) -> None:
    """Put the entries that are open now in the place of those of before."""
    async with connection.transaction():
        await connection.execute(_ALONE)
        await connection.execute("DELETE FROM post.open_entries")
        await connection.executemany(_KEEP, list(entries))


async def open_entries(connection: Connection) -> tuple[OpenEntry, ...]:
    """Return the entries that were open when the worker looked last, the oldest first."""
    return tuple(OpenEntry(*row) for row in await connection.fetch(_SELECTION))
