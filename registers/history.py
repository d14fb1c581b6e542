"""Read versions of registers and their rows, now or as of a past date (bitemporal).

A past date has two senses: `true_on` asks for the publisher's data of a day, and `known_at` for the version that was in
force here at a moment (R46).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple, TypeAlias

import asyncpg

from domain.screening.sources import RegisterVersion, Source
from registers import Connection
from registers.loading.archive import Archived

_VERSION: Final = """
register AS register_name, version, sha256, source_date,
(SELECT max(confirmed_on) FROM registers.confirmations c WHERE c.version = v.version {}) AS confirmed_on
"""
_IN_FORCE: Final = f"""
SELECT {_VERSION.format("")} FROM registers.versions v
 WHERE state = 'IN_FORCE' AND register = ANY ($1) ORDER BY register
"""  # noqa: S608
_BY_THEN: Final = "AND ($2::date IS NULL OR confirmed_on <= $2) AND ($3::timestamptz IS NULL OR confirmed_at <= $3)"
_AT: Final = f"""
SELECT DISTINCT ON (register) {_VERSION.format(_BY_THEN)} FROM registers.versions v
 WHERE state IN ('IN_FORCE', 'SUPERSEDED') AND register = ANY ($1)
   AND ($2::date IS NULL OR source_date <= $2) AND ($3::timestamptz IS NULL OR loaded_at <= $3)
 ORDER BY register, CASE WHEN $2 IS NULL THEN NULL ELSE source_date END DESC NULLS LAST, version DESC
"""  # noqa: S608
_ROWS: Final = """
SELECT v.register, v.version, v.sha256, v.source_date, f.name AS file, r.kind, r.key, r.line, r.row,
       r.version AS listed_since
  FROM registers.versions v
  JOIN registers.versions o ON o.register = v.register AND o.version <= v.version
  JOIN registers.rows r ON r.version = o.version
  JOIN registers.files f ON f.version = r.version AND f.file = r.file
  LEFT JOIN registers.ended e ON e.version = r.version AND e.file = r.file AND e.line = r.line
 WHERE v.version = ANY ($1) AND (e.ended_in IS NULL OR e.ended_in > v.version)
"""
_ORDER: Final = 'ORDER BY v.register, r.kind, r.row COLLATE "C", r.version, r.file, r.line'
"""Rows are ordered by content before version and place, so that the database and the archive give the same evidence."""

_OF_KEY: Final = f"{_ROWS} AND r.key = $2 {_ORDER}"
_OF_KEYS: Final = f"{_ROWS} AND r.key = ANY ($2) {_ORDER}"
_BEARS: Final = "(r.name_key = ANY ($2) OR r.second_key > 0 AND r.second_key = ANY ($2))"
_OF_NAME: Final = f"{_ROWS} AND {_BEARS} AND r.key <> $3 {_ORDER} LIMIT $4"
_NEWS: Final = """
WITH since AS (
    SELECT o.version FROM registers.versions v
      JOIN registers.versions o ON o.register = v.register AND o.version > $2 AND o.version <= v.version
     WHERE v.version = $1
)
SELECT key, max(version) AS version FROM (
    SELECT r.key, r.version FROM registers.rows r JOIN since USING (version)
    UNION ALL
    SELECT r.key, e.ended_in FROM registers.ended e JOIN since s ON s.version = e.ended_in
      JOIN registers.rows r ON r.version = e.version AND r.file = e.file AND r.line = e.line
) n GROUP BY key
"""
_ALL: Final = f"{_ROWS} {_ORDER}"


Row: TypeAlias = asyncpg.Record | Mapping[str, Any]
"""A row that a version lists, with the columns of `_ROWS`."""


class RegisterAsOf(NamedTuple):
    """A past date: the data true of a day, the data known here at a moment, or both. With neither it means now."""

    true_on: date | None = None
    known_at: datetime | None = None


NOW: Final = RegisterAsOf()


async def versions_in_force(
    connection: Connection, registers: Sequence[str], as_of: RegisterAsOf = NOW
) -> tuple[RegisterVersion, ...]:
    """Return the version in force of each register that has one, now or as of a past date."""
    if as_of == NOW:
        rows = await connection.fetch(_IN_FORCE, list(registers))
    else:
        rows = await connection.fetch(_AT, list(registers), as_of.true_on, as_of.known_at)
    return tuple(RegisterVersion(**dict(row)) for row in rows)


async def rows_of(
    connection: Connection, versions: Sequence[RegisterVersion], key: str
) -> dict[str, list[asyncpg.Record]]:
    """Return the rows that versions list under a key, by register name. A register without any has an empty list."""
    rows_by_register: dict[str, list[asyncpg.Record]] = {version.register_name: [] for version in versions}
    for row in await connection.fetch(_OF_KEY, [version.version for version in versions], key):
        rows_by_register[row["register"]].append(row)
    return rows_by_register


async def rows_of_keys(
    connection: Connection, versions: Sequence[RegisterVersion], keys: Sequence[str]
) -> list[asyncpg.Record]:
    """Return the rows that versions list under any of some keys."""
    return list(await connection.fetch(_OF_KEYS, [version.version for version in versions], list(keys)))


async def rows_named(
    connection: Connection, versions: Sequence[RegisterVersion], name_keys: Sequence[int], besides: str, most: int
) -> list[asyncpg.Record]:
    """Return the rows that versions list under other keys than one and of whose two names one has one of some keys.

    `name_keys`: as `registers.matching.identity.keys` makes them. `most`: no more rows than these are returned.
    """
    numbers = [version.version for version in versions]
    return list(await connection.fetch(_OF_NAME, numbers, list(name_keys), besides, most))


async def all_rows(connection: Connection, version: int) -> list[asyncpg.Record]:
    """Return every row that a version lists. Meant for sanctions lists, which are short."""
    return list(await connection.fetch(_ALL, [version], timeout=60))


async def news_of(connection: Connection, version: int, since: int) -> dict[str, int]:
    """Return {key: version of its last change} for the keys with a row added or removed after the version `since`."""
    return {row["key"]: row["version"] for row in await connection.fetch(_NEWS, version, since, timeout=60)}


async def confirm(connection: Connection, version: int, on: date) -> None:
    """Record a day on which the publisher had nothing newer than a version."""
    query = "INSERT INTO registers.confirmations (version, confirmed_on) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    await connection.execute(query, version, on)


async def files_of(connection: Connection, version: int) -> tuple[Archived, ...]:
    """Return the archived files of a version, in the order of loading."""
    query = "SELECT name, coalesce(sha256, '') AS sha256 FROM registers.files WHERE version = $1 ORDER BY file"
    return tuple(Archived(*row) for row in await connection.fetch(query, version))


async def bad_rows_of(connection: Connection, version: int) -> list[asyncpg.Record]:
    """Return the bad rows kept of a version, a thousand at most, with the columns file, line, reason and row."""
    query = (
        "SELECT f.name AS file, q.line, q.reason, q.row FROM registers.quarantine q "
        "JOIN registers.files f USING (version, file) WHERE version = $1 ORDER BY f.file, q.line"
    )
    return list(await connection.fetch(query, version))


def source_of(row: Row) -> Source:
    """Return a row's source: the version that was searched, and the file and line where the row was first listed."""
    version = RegisterVersion(
        register_name=row["register"], version=row["version"], sha256=row["sha256"], source_date=row["source_date"]
    )
    return Source(
        register_version=version, file=row["file"], line=row["line"], row=row["row"], listed_since=row["listed_since"]
    )
