"""The rows of a register's versions: opened when a load begins, then in force or refused, with what was rejected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import asyncpg

from registers import Connection
from registers.loading.rows import Tally
from registers.loading.texts import UnreadableFile, fingerprint
from registers.sources.kinds import Register

LoadProgress = Callable[[str, int], None]
"""Called with the file's name and the number of its rows read so far."""


class Arrived(NamedTuple):
    """A file to load: its name, the SHA-256 of its content, and the path to read it from."""

    name: str
    sha256: str
    path: Path


class LoadWork(NamedTuple):
    """The inputs of one load."""

    connection: Connection
    register: Register
    files: tuple[Arrived, ...]
    source_date: date
    progress: LoadProgress

    @property
    def sha256(self) -> str:
        """The digest of all files together."""
        return fingerprint({file.name: file.sha256 for file in self.files})


async def version_in_force(connection: Connection, register: str) -> asyncpg.Record | None:
    """Return the row of `registers.versions` for a register's version in force, or None."""
    return await connection.fetchrow(
        "SELECT * FROM registers.versions WHERE register = $1 AND state = 'IN_FORCE'", register
    )


async def versions(connection: Connection) -> list[asyncpg.Record]:
    """Return the row of every version ever loaded or refused, newest first, with its last `confirmed_on`."""
    confirmation_query = "(SELECT max(confirmed_on) FROM registers.confirmations c WHERE c.version = v.version)"
    query = f"SELECT v.*, {confirmation_query} AS confirmed_on FROM registers.versions v ORDER BY version DESC"  # noqa: S608
    return list(await connection.fetch(query))


async def refused_version(connection: Connection, version: int) -> asyncpg.Record:
    """Return the row of `registers.versions` of a refused version.

    Raises:
        UnreadableFile: The version does not exist or was not refused.
    """
    row = await connection.fetchrow(
        "SELECT * FROM registers.versions WHERE version = $1 AND state = 'REFUSED'", version
    )
    if row is None:
        raise UnreadableFile(f"version {version} was not refused; see `accord registers status`")
    return row


async def put_in_force(work: LoadWork, version: int, tally: Tally, note: str) -> None:
    """Put a version in force in the place of the one before."""
    await work.connection.execute(
        "UPDATE registers.versions SET state = 'SUPERSEDED' WHERE register = $1 AND state = 'IN_FORCE'",
        work.register.name,
    )
    await _conclude(work.connection, version, tally, "IN_FORCE", "" if note == "in force" else note)
    # Within the load: until the server's own turn comes, look-ups would be planned for the old sizes.
    await work.connection.execute("ANALYZE registers.rows (version, key), registers.ended")


async def record_refusal(work: LoadWork, tally: Tally, fault: str) -> int:
    """Record that files are refused, in a transaction of its own, and return the number of that version."""
    async with work.connection.transaction():
        version = await open_version(work)
        await _conclude(work.connection, version, tally, "REFUSED", fault)
    return version


async def open_version(work: LoadWork, state: str = "LOADING") -> int:
    """Open a version with its files, and return its number."""
    version = int(
        await work.connection.fetchval(
            "INSERT INTO registers.versions (register, sha256, source_date, row_count, bad_count, state) "
            "VALUES ($1, $2, $3, 0, 0, $4) RETURNING version",
            work.register.name, work.sha256, work.source_date, state,
        )
    )  # fmt: skip
    await work.connection.executemany(
        "INSERT INTO registers.files (version, file, name, sha256) VALUES ($1, $2, $3, $4)",
        [(version, number, file.name, file.sha256) for number, file in enumerate(work.files, start=1)],
    )
    return version


async def _conclude(connection: Connection, version: int, tally: Tally, state: str, note: str) -> None:
    await connection.execute(
        "UPDATE registers.versions SET state = $2, row_count = $3, bad_count = $4, note = $5, "
        "loaded_at = ledger.now() WHERE version = $1",
        version, state, tally.rows, tally.bad, note,
    )  # fmt: skip
    await connection.executemany(
        "INSERT INTO registers.quarantine (version, file, line, reason, row) VALUES ($1, $2, $3, $4, $5)",
        [(version, file, row.line, row.reason, row.row) for file, row in tally.rejected],
    )
