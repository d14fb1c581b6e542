"""Store a register version as a delta: insert the added rows, mark the removed ones as ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from registers import Connection
from registers.loading.parts import Ending
from registers.loading.rows import ParsedRow

_COLUMNS: Final = ("version", "key", "file", "line", "row", "kind", "name_key", "second_key")
_NONE: Final = ""
"""A name's key that there is none of: no field of a row that is kept is empty."""

_CHUNK: Final = 300
"""Rows sent in one chunk."""

_ESCAPED: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""The characters that the text format of COPY escapes."""

_LONG: Final = 600.0
"""Timeout in seconds of statements over a whole register."""

_ARRIVING: Final = """
CREATE TEMP TABLE arriving (LIKE registers.rows) ON COMMIT DROP;
ALTER TABLE arriving ADD COLUMN copy_number integer NOT NULL DEFAULT 1
"""
_STANDING: Final = """
CREATE TEMP TABLE standing ON COMMIT DROP AS
SELECT s.*, 1 AS copy_number
  FROM registers.versions o JOIN registers.rows s ON s.version = o.version
 WHERE o.register = '{register}' AND o.state IN ('SUPERSEDED', 'IN_FORCE')
   AND NOT EXISTS (SELECT FROM registers.ended e WHERE e.version = s.version AND e.file = s.file AND e.line = s.line)
"""
_MARK_TWINS: Final = """
WITH shared AS (SELECT kind, key FROM {table} GROUP BY 1, 2 HAVING count(*) > 1)
UPDATE {table} a SET copy_number = t.copy_number
  FROM (SELECT a.ctid AS place,
               row_number() OVER (PARTITION BY kind, key, row ORDER BY version, file, line) AS copy_number
          FROM {table} a JOIN shared USING (kind, key)) t
 WHERE a.ctid = t.place AND t.copy_number > 1
"""
_SAME: Final = "a.kind = s.kind AND a.key = s.key AND a.copy_number = s.copy_number AND a.row = s.row"
_MARK_REMOVED: Final = f"""
INSERT INTO registers.ended (version, file, line, ended_in)
SELECT s.version, s.file, s.line, $1 FROM standing s WHERE NOT EXISTS (SELECT FROM arriving a WHERE {_SAME})
"""  # noqa: S608
_KEEP_WHAT_CAME: Final = f"""
INSERT INTO registers.rows (version, key, file, line, row, kind, name_key, second_key)
SELECT a.version, a.key, a.file, a.line, a.row, a.kind, a.name_key, a.second_key FROM arriving a
 WHERE NOT EXISTS (SELECT FROM standing s WHERE {_SAME})
"""  # noqa: S608


class CopyTarget(NamedTuple):
    """A target table for COPY."""

    connection: Connection
    name: str
    schema: str | None

    async def copy(self, place: RowPlace, rows: Iterable[ParsedRow]) -> None:
        """Copy the rows of a file, streamed."""
        await self.connection.copy_to_table(
            self.name, schema_name=self.schema, columns=_COLUMNS, source=_chunks(place, rows), null=_NONE
        )


class RowPlace(NamedTuple):
    """The version, the number of the file and the kind that rows belong to."""

    version: int
    file: int
    kind: str


async def _chunks(place: RowPlace, rows: Iterable[ParsedRow]) -> AsyncIterator[bytes]:
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        text = _written(place, chunk)
        if not _reads_as(text, len(chunk)):
            # Rare, and slow: only a chunk that COPY would read otherwise is escaped, row by row.
            text = _written(place, [row._replace(row=row.row.translate(_ESCAPED)) for row in chunk])
        yield text.encode()


def _written(place: RowPlace, rows: Sequence[ParsedRow]) -> str:
    version, file, kind = place
    return "".join(
        [
            f"{version}\t{key}\t{file}\t{line}\t{row}\t{kind}\t{_NONE if name_key is None else name_key}"
            f"\t{_NONE if second_key is None else second_key}\n"
            for line, key, row, name_key, second_key in rows
        ]
    )


def _reads_as(text: str, rows: int) -> bool:
    """Return True if COPY reads the text as this many rows without escapes. Checking each row would take longer."""
    tabs = text.count("\t") == rows * (len(_COLUMNS) - 1)
    return tabs and text.count("\n") == rows and "\\" not in text and "\r" not in text


async def stage(connection: Connection, for_comparison: bool) -> CopyTarget:
    """Return the table to copy a version's rows to: a temporary one if they are then compared, or `registers.rows`."""
    if not for_comparison:
        return CopyTarget(connection, "rows", "registers")
    await connection.execute(_ARRIVING)
    return CopyTarget(connection, "arriving", None)


class VersionDifference(NamedTuple):
    """The numbers of rows that a version added (`came`), removed (`left`), and found in force (`standing`)."""

    came: int
    left: int
    standing: dict[str, int]
    """Rows in force before, by the name of their kind."""


async def store_delta(connection: Connection, register: str, version: int) -> VersionDifference:
    """Insert the rows that a version added, mark those that it removed as ended, and return the number of each.

    Two equal rows count as two, so that one of them can be removed while the other stays.
    """
    # For this transaction alone: the comparison hashes whole registers.
    await connection.execute("SET LOCAL work_mem = '128MB'")
    await connection.execute(_STANDING.format(register=register), timeout=_LONG)
    for table in ("arriving", "standing"):
        # Nobody analyses a temporary table but its own session, and without numbers the join is planned as a loop.
        await connection.execute(f"ANALYZE {table}")
        await connection.execute(_MARK_TWINS.format(table=table), timeout=_LONG)
    # Both compare `standing` with `arriving`, which neither changes: their order does not matter.
    removals = await connection.execute(_MARK_REMOVED, version, timeout=_LONG)
    came = await connection.execute(_KEEP_WHAT_CAME, timeout=_LONG)
    kinds = await connection.fetch("SELECT kind, count(*) FROM standing GROUP BY kind")
    return VersionDifference(_count(came), _count(removals), {row["kind"]: row["count"] for row in kinds})


_ENDINGS: Final = """
WITH listed AS (
    SELECT f.name, lpad(s.key, 18, '0') AS key FROM standing s JOIN registers.files f USING (version, file)
), known AS (SELECT name, count(*) AS rows, max(key) AS highest FROM listed GROUP BY name)
SELECT k.name, k.rows, k.highest, count(*) AS bearing
  FROM known k JOIN listed l ON l.name = k.name AND l.key = k.highest GROUP BY 1, 2, 3
"""
_GONE: Final = """
SELECT kind, count(*) AS entries,
       count(*) FILTER (WHERE NOT EXISTS (SELECT FROM arriving a WHERE a.kind = k.kind AND a.key = k.key)) AS gone
  FROM (SELECT DISTINCT kind, key FROM standing) k GROUP BY kind ORDER BY kind
"""


async def endings_in_force(connection: Connection) -> dict[str, Ending]:
    """Return the extent of each file of the version in force, by its name. Within the transaction of `store_delta`."""
    rows = await connection.fetch(_ENDINGS, timeout=_LONG)
    return {row["name"]: Ending(row["rows"], row["highest"], row["bearing"]) for row in rows}


async def entries_gone(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return {kind: (entries in force, how many of them are not listed any more)}. Meant for sanctions lists."""
    rows = await connection.fetch(_GONE, timeout=_LONG)
    return {row["kind"]: (row["entries"], row["gone"]) for row in rows}


def _count(status: str) -> int:
    return int(status.split()[-1])
