"""The table of who looks after the entries that nothing explains. It moves nothing, so that nobody signs it."""

from __future__ import annotations

from uuid import UUID

from payments import Connection

_KEEP = "INSERT INTO payments.entry_owners (entry_id, owner, assigned_by) VALUES ($1, $2, $3)"
_NEWEST = "SELECT DISTINCT ON (entry_id) entry_id, owner FROM payments.entry_owners ORDER BY entry_id, number DESC"


async def assign(connection: Connection, entry_id: UUID, owner: str, assigned_by: str) -> None:
    """Store the person who looks after an entry from now on, or '' for the role that does without an assignment."""
    await connection.execute(_KEEP, entry_id, owner, assigned_by)


async def owners_of_entries(connection: Connection) -> dict[UUID, str]:
    """Return the person who looks after each entry that was assigned."""
    return {row["entry_id"]: row["owner"] for row in await connection.fetch(_NEWEST) if row["owner"]}
