"""Give the keys of their names to rows that were loaded before names had keys (migration 0031)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from registers import Connection
from registers.sources.catalogue import REGISTERS
from registers.sources.kinds import BadRow, FileKind

_BATCH: Final = 50_000
"""Rows that one statement changes."""

_LACKING: Final = """
SELECT ctid::text AS place, row FROM registers.rows WHERE kind = $1 AND name_key IS NULL LIMIT $2
"""
_FILL: Final = """
UPDATE registers.rows r SET name_key = n.name_key
  FROM unnest($1::text[], $2::integer[]) AS n (place, name_key) WHERE r.ctid = n.place::tid
"""
_LONG: Final = 600.0
"""Timeout in seconds of a statement over a whole register."""


async def fill_name_keys(connection: Connection) -> int:
    """Fill the keys that rows lack whose kind names a body, and return their number. Safe to run again."""
    rows = 0
    for kind in _naming_kinds():
        while batch := await connection.fetch(_LACKING, kind.name, _BATCH, timeout=_LONG):
            places, keys = zip(*((row["place"], _key_of(kind, row["row"])) for row in batch), strict=True)
            await connection.execute(_FILL, list(places), list(keys), timeout=_LONG)
            rows += len(batch)
    return rows


def _naming_kinds() -> Iterator[FileKind]:
    return (kind for register in REGISTERS.values() for kind in register.kinds if kind.named is not None)


def _key_of(kind: FileKind, row: str) -> int:
    """Return the key of the name in a row. One that cannot be read any more gets the key of no name."""
    try:
        return kind.name_key_of(row) or 0
    except BadRow:
        return 0
