"""Load a publisher's file as a new version: streamed, checked for plausibility, switched over in one transaction.

Until the switch nobody sees the new version, and a refused file leaves the version in force untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import asyncpg

from registers import Connection
from registers.formats import REGISTERS, SDN, format_of
from registers.names import fold
from registers.plausibility import implausible
from registers.reading import ParsedRow, RejectedRow, UnreadableFile, fingerprint, read_rows

_QUARANTINE_LIMIT: Final = 1000
"""How many bad lines are kept with their reasons; all are counted."""

Progress = Callable[[str, int], None]
"""Called with the file's name and the number of its rows read so far."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. `loaded` is False when nothing changed: the same file again, or a refused one."""

    register: str
    version: int
    sha256: str
    source_date: date
    row_count: int
    bad_count: int
    loaded: bool
    note: str
    quarantined: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the file was implausible."""
        return not self.loaded and bool(self.quarantined or "same file" not in self.note)


class _Implausible(Exception):
    """Rolls the load back."""


@dataclass(slots=True)
class _Tally:
    """What was read so far."""

    rows: int = 0
    """Rows of the main file: what the register's size means."""
    companions: int = 0
    bad: int = 0
    rejected: list[tuple[int, RejectedRow]] = field(default_factory=list)

    def reject(self, file: int, row: RejectedRow) -> None:
        self.bad += 1
        if len(self.rejected) < _QUARANTINE_LIMIT:
            self.rejected.append((file, row))

    def reasons(self, paths: tuple[Path, ...]) -> tuple[str, ...]:
        return tuple(f"{paths[file - 1].name} line {row.line}: {row.reason}" for file, row in self.rejected)


async def load(
    connection: Connection,
    register: str,
    paths: tuple[Path, ...],
    source_date: date,
    minimum_rows: int | None = None,
    progress: Progress = lambda _file, _rows: None,
) -> LoadReport:
    """Load files as a new version of a register and put it in force, or say why not.

    Args:
        connection: A connection that may write the register tables.
        register: A key of `REGISTERS`.
        paths: The publisher's files; for the SDN list the main, alt and add files together.
        source_date: The day the publisher's data is true of.
        minimum_rows: Fewer rows are refused; the register's own floor if not given. Lower it only for samples.
        progress: Called every so often.

    Raises:
        UnreadableFile: A file is missing, compressed, or not data at all.
    """
    _check_files(register, paths)
    sha256 = fingerprint(paths)
    floor = REGISTERS[register].minimum_rows if minimum_rows is None else minimum_rows
    tally = _Tally()
    record = (register, sha256, source_date, [path.name for path in paths])
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('register ' || $1, 0))", register)
            in_force = await version_in_force(connection, register)
            if in_force is not None and in_force["sha256"] == sha256:
                return _unchanged(in_force)
            version = await _open_version(connection, record)
            await _copy(connection, register, version, paths, tally, progress)
            if fault := _fault(tally, floor, in_force):
                raise _Implausible(fault)
            await _put_in_force(connection, register, version, tally)
            note = "in force"
    except _Implausible as fault:
        note, version = str(fault), await _record_refusal(connection, record, tally, str(fault))
    return LoadReport(
        register, version, sha256, source_date, tally.rows, tally.bad, note == "in force", note, tally.reasons(paths)
    )


def _fault(tally: _Tally, floor: int, in_force: asyncpg.Record | None) -> str | None:
    before = in_force["row_count"] if in_force else None
    return implausible(tally.rows, tally.companions, tally.bad, floor, before)


async def version_in_force(connection: Connection, register: str) -> asyncpg.Record | None:
    """Return the row of `registers.versions` that is in force, or None."""
    return await connection.fetchrow(
        "SELECT * FROM registers.versions WHERE register = $1 AND state = 'IN_FORCE'", register
    )


async def versions(connection: Connection) -> list[asyncpg.Record]:
    """Return every version ever loaded or refused, the newest first."""
    return list(await connection.fetch("SELECT * FROM registers.versions ORDER BY version DESC"))


def _check_files(register: str, paths: tuple[Path, ...]) -> None:
    if register not in REGISTERS:
        raise UnreadableFile(f"no register {register!r}; there are {', '.join(REGISTERS)}")
    if missing := [str(path) for path in paths if not path.is_file()]:
        raise UnreadableFile(f"no such file: {', '.join(missing)}")
    if register == SDN.register:
        kinds = {format_of(register, path.name).title for path in paths}
        if len(kinds) < 3:
            raise UnreadableFile("the SDN list is three files, sdn.csv, alt.csv and add.csv; give all three")


def _unchanged(row: asyncpg.Record) -> LoadReport:
    note = f"the same file is in force as version {row['version']}; nothing to do"
    known = (row["register"], row["version"], row["sha256"], row["source_date"], row["row_count"], row["bad_count"])
    return LoadReport(*known, loaded=False, note=note)


async def _open_version(connection: Connection, record: tuple[object, ...], state: str = "LOADING") -> int:
    return int(
        await connection.fetchval(
            "INSERT INTO registers.versions (register, sha256, source_date, files, row_count, bad_count, state) "
            "VALUES ($1, $2, $3, $4, 0, 0, $5) RETURNING version",
            *record,
            state,
        )
    )


async def _copy(
    connection: Connection,
    register: str,
    version: int,
    paths: tuple[Path, ...],
    tally: _Tally,
    progress: Progress,
) -> None:
    for index, path in enumerate(paths, start=1):
        rows = _rows(register, path, index, tally, progress)
        await connection.copy_records_to_table(
            "rows",
            schema_name="registers",
            columns=("version", "key", "file", "line", "row"),
            records=((version, row.key, index, row.line, row.row) for row in rows),
        )
        await _copy_names(connection, register, version, index, path)


def _rows(register: str, path: Path, index: int, tally: _Tally, progress: Progress) -> Iterator[ParsedRow]:
    known = format_of(register, path.name)
    for count, row in enumerate(read_rows(path, known), start=1):
        if count % 5000 == 0:
            progress(path.name, count)
        match row:
            case ParsedRow():
                tally.rows += known.main
                tally.companions += not known.main
                yield row
            case RejectedRow():
                tally.reject(index, row)


async def _copy_names(connection: Connection, register: str, version: int, index: int, path: Path) -> None:
    known = format_of(register, path.name)
    if known.name_field is None:
        return
    position = known.name_field
    good = (row for row in read_rows(path, known) if isinstance(row, ParsedRow))
    named = ((row, row.fields[position]) for row in good)
    await connection.copy_records_to_table(
        "names",
        schema_name="registers",
        columns=("version", "key", "file", "line", "name", "folded"),
        records=((version, row.key, index, row.line, name, fold(name)) for row, name in named if name),
    )


async def _put_in_force(connection: Connection, register: str, version: int, tally: _Tally) -> None:
    await connection.execute(
        "UPDATE registers.versions SET state = 'SUPERSEDED' WHERE register = $1 AND state = 'IN_FORCE'", register
    )
    await connection.execute(
        "UPDATE registers.versions SET state = 'IN_FORCE', row_count = $2, bad_count = $3 WHERE version = $1",
        version,
        tally.rows,
        tally.bad,
    )
    await _quarantine(connection, version, tally)
    await connection.execute("ANALYZE registers.rows, registers.names")


async def _record_refusal(connection: Connection, record: tuple[object, ...], tally: _Tally, fault: str) -> int:
    async with connection.transaction():
        version = await _open_version(connection, record, "REFUSED")
        await connection.execute(
            "UPDATE registers.versions SET row_count = $2, bad_count = $3, note = $4 WHERE version = $1",
            version,
            tally.rows,
            tally.bad,
            fault,
        )
        await _quarantine(connection, version, tally)
    return version


async def _quarantine(connection: Connection, version: int, tally: _Tally) -> None:
    await connection.executemany(
        "INSERT INTO registers.quarantine (version, file, line, reason, row) VALUES ($1, $2, $3, $4, $5)",
        [(version, file, row.line, row.reason, row.row) for file, row in tally.rejected],
    )
