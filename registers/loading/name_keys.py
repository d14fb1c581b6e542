"""Give the keys of their names to rows that were loaded before names had keys (migrations 0031 and 0032)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from registers import Connection
from registers.sources.catalogue import REGISTERS
from registers.sources.kinds import BadRow, FileKind

_BATCH: Final = 50_000
"""Rows that one statement changes."""

_LACKING: Final = """
SELECT ctid::text AS place, row FROM registers.rows
 WHERE kind = $1 AND (name_key IS NULL OR $3 AND second_key IS NULL) LIMIT $2
"""
_FILL: Final = """
UPDATE registers.rows r SET name_key = n.name_key, second_key = n.second_key
  FROM unnest($1::text[], $2::integer[], $3::integer[]) AS n (place, name_key, second_key) WHERE r.ctid = n.place::tid
"""
_LONG: Final = 600.0
"""Timeout in seconds of a statement over a whole register."""


async def fill_name_keys(connection: Connection) -> int:
    """Fill the keys that rows lack whose kind names a body, and return their number. Safe to run again."""
    rows = 0
    for kind in _naming_kinds():
        lacking = (kind.name, _BATCH, kind.second_named is not None)
        while batch := await connection.fetch(_LACKING, *lacking, timeout=_LONG):
            keys = ((row["place"], *_keys_of(kind, row["row"])) for row in batch)
            await connection.execute(_FILL, *map(list, zip(*keys, strict=True)), timeout=_LONG)
            rows += len(batch)
    return rows


def _naming_kinds() -> Iterator[FileKind]:
    return (kind for register in REGISTERS.values() for kind in register.kinds if kind.named is not None)


def _keys_of(kind: FileKind, row: str) -> tuple[int, int | None]:
    """Return the keys of the two names in a row. One that cannot be read any more gets the keys of no names."""
    try:
        return kind.name_key_of(row) or 0, kind.second_key_of(row)
    except BadRow:
        return 0, 0 if kind.second_named is not None else None
