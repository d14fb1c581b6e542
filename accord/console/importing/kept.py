"""Tables in the console's hands: kept for a day, each for its sender, by an address of chance."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final, NamedTuple

import asyncpg

from accord.organisation.imports.checking import SourceFile
from accord.presentation.faults import Refused
from accord.web.sessions import digest_of
from domain.imported.mapping import ImportMapping

KEPT: Final = timedelta(days=1)
MOST: Final = 5
"""Tables of one person that are kept at once."""

_KEEP = """
INSERT INTO console.kept_tables (digest, staff_id, name, mapping, content) SELECT $1, $2, $3, $4, $5
 WHERE (SELECT count(*) FROM console.kept_tables WHERE staff_id = $2) < $6 RETURNING true
"""
_ONE = """
SELECT name, mapping, content FROM console.kept_tables
 WHERE digest = $1 AND staff_id = $2 AND kept_at > ledger.now() - $3::interval
"""
_OLD = "DELETE FROM console.kept_tables WHERE kept_at < ledger.now() - $1::interval"
_DROP = "DELETE FROM console.kept_tables WHERE digest = $1 AND staff_id = $2"


class KeptTable(NamedTuple):
    """A table with the mapping by which it is read."""

    file: SourceFile
    mapping: ImportMapping


class KeptTables:
    """The tables of one person."""

    def __init__(self, pool: asyncpg.Pool, staff_id: str) -> None:
        self._pool, self._staff_id = pool, staff_id

    async def keep(self, table: KeptTable) -> str:
        """Keep a table, and return its address. Raises Refused if too many of theirs are kept."""
        address, file = secrets.token_urlsafe(32), table.file
        await self._pool.execute(_OLD, KEPT)
        mapping = table.mapping.model_dump_json().encode()
        stored = (digest_of(address), self._staff_id, file.name, mapping, file.content, MOST)
        if not await self._pool.fetchval(_KEEP, *stored):
            raise Refused(f"{MOST} tables of yours are kept already; take one away first, or wait a day")
        return address

    async def at(self, address: str) -> KeptTable | None:
        """Return the table at an address, or None if there is none of theirs, or not any more."""
        row = await self._pool.fetchrow(_ONE, digest_of(address), self._staff_id, KEPT)
        if row is None:
            return None
        return KeptTable(SourceFile(row["name"], row["content"]), ImportMapping.model_validate_json(row["mapping"]))

    async def drop(self, address: str) -> None:
        """Delete a table."""
        await self._pool.execute(_DROP, digest_of(address), self._staff_id)
