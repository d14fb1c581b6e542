"""Load a publisher's files as a new version: stream, compare, check plausibility, put in force, in one transaction.

The new version is not visible before the commit, and a refused file leaves the version in force unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from ledger import clock
from registers import Connection
from registers.history import confirm, files_of
from registers.loading.archive import Archive, Archived
from registers.loading.arrival import arrival_of
from registers.loading.parts import FileCount
from registers.loading.plausibility import Floor, implausible
from registers.loading.rows import ParsedRow, RejectedRow, Tally, read_rows
from registers.loading.storing import RowPlace, stage, store_delta
from registers.loading.texts import CutOff, UnreadableFile
from registers.loading.versions import (
    Arrived,
    LoadProgress,
    LoadWork,
    open_version,
    put_in_force,
    record_refusal,
    refused_version,
    version_in_force,
)
from registers.sources.catalogue import REGISTERS
from registers.sources.kinds import LOST_ZEROS, Register

_REPORT_EVERY: Final = 5000


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The outcome of a load. `loaded` is False if the files were in force already or were refused."""

    register: str
    version: int
    sha256: str
    source_date: date
    row_count: int
    bad_count: int
    loaded: bool
    note: str
    quarantined: tuple[str, ...] = ()
    came: int = 0
    """Rows that the previous version in force did not list."""
    left: int = 0
    """Rows of the previous version in force that this one does not list."""

    @property
    def refused(self) -> bool:
        """True if the file was implausible."""
        return not self.loaded and bool(self.quarantined or "same file" not in self.note)


class _Implausible(Exception):
    """A guard refuses the version. Raised to roll the load back."""


async def load(
    connection: Connection,
    register: str,
    paths: Sequence[Path],
    source_date: date,
    archive: Archive,
    minimum_rows: int | None = None,
    progress: LoadProgress = lambda _file, _rows: None,
) -> LoadReport:
    """Load files as a new version of a register and put it in force, or record why it is refused.

    Args:
        connection: A connection that may write the register tables.
        register: A key of `REGISTERS`.
        paths: The publisher's files; for an OFAC list the main file and its companions.
        source_date: The day the publisher's data is true of.
        archive: The archive in which the files are stored, even if they are refused.
        minimum_rows: A version with fewer rows is refused; None means the register's own floor. A lower value is for
            samples and first loads: once a version of the floor's size is in force, the register's own floor applies.
        progress: Called every few thousand rows.

    Raises:
        UnreadableFile: The register is unknown, or a file is missing, given twice, compressed or not data at all. If
            reading had begun, the version is recorded as refused.
    """
    definition = _known(register)
    _check_files(definition, paths)
    files = tuple([_arrived(archive.keep(path), path) for path in paths])
    work = LoadWork(connection, definition, files, source_date, progress)
    try:
        return await _load(work, Floor(max(kind.minimum_rows for kind in definition.kinds), minimum_rows))
    except UnreadableFile as fault:
        await record_refusal(work, Tally(), str(fault))
        raise


async def override(
    connection: Connection,
    version: int,
    archive: Archive,
    reason: str,
    progress: LoadProgress = lambda _file, _rows: None,
) -> LoadReport:
    """Load a refused version again from the archive, without guards, and put it in force with `reason` in its note.

    Raises:
        UnreadableFile: There is no such refused version, or the archive no longer holds its files unaltered.
    """
    row = await refused_version(connection, version)
    files = tuple([_arrived(file, archive.open(file)) for file in await files_of(connection, version)])
    work = LoadWork(connection, _known(row["register"]), files, row["source_date"], progress)
    return await _load(work, None, f"in force by override of version {version}: {reason}")


async def readable(connection: Connection, version: int, archive: Archive) -> None:
    """Read the archived files of a refused version to their ends, to check that they can be read.

    Raises:
        UnreadableFile: The version was not refused, or one of its files is not a register file.
    """
    register = _known((await refused_version(connection, version))["register"])
    for file in await files_of(connection, version):
        path = archive.open(file)
        try:
            for _ in read_rows(path, register.kind_of(file.name)):
                pass
        except UnreadableFile as fault:
            raise UnreadableFile(str(fault).replace(path.name, file.name)) from None


def day_said(register: str, paths: Sequence[Path]) -> date | None:
    """Return the oldest day of which a register's files say that they are true, or None if they name no day.

    Raises:
        UnreadableFile: A file does not exist, or the register is unknown.
    """
    definition = _known(register)
    try:
        return min(filter(None, map(definition.day_of, paths)), default=None)
    except OSError as fault:
        raise UnreadableFile(f"{fault.filename} cannot be opened: {fault.strerror}") from None


def _arrived(file: Archived, path: Path) -> Arrived:
    return Arrived(file.name, file.sha256, path)


def _known(register: str) -> Register:
    if register not in REGISTERS:
        raise UnreadableFile(f"no register {register!r}; there are {', '.join(REGISTERS)}")
    return REGISTERS[register]


def _check_files(register: Register, paths: Sequence[Path]) -> None:
    if missing := [str(path) for path in paths if not path.is_file()]:
        raise UnreadableFile(f"no such file: {', '.join(missing)}")
    names = [path.name.casefold() for path in paths]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnreadableFile(f"two files are called {twice[0]}; give each once")
    if strange := [path.name for path in paths if not register.knows(path.name)]:
        expected_names = ", ".join(f"{kind.beginning.rstrip('.')}.csv" for kind in register.kinds)
        raise UnreadableFile(
            f"{strange[0]} is no file of {register.name}: keep the publisher's names ({expected_names})"
        )
    kinds = {register.kind_of(name).name for name in names}
    if lacking := [kind for kind in register.kinds if not kind.optional and kind.name not in kinds]:
        missing_titles = ", ".join(kind.title for kind in lacking)
        raise UnreadableFile(
            f"{register.name} is several files, and this one is missing: {missing_titles}; give them together"
        )


async def _load(work: LoadWork, floor: Floor | None, note: str = "in force") -> LoadReport:
    """Load the files: with all guards if a floor is given, and without any if it is None."""
    tally, in_force = Tally(), True
    try:
        async with work.connection.transaction():
            # One load of a register at a time: the difference is taken from the version in force, which must stay that.
            await work.connection.execute(_LOCK, work.register.name)
            before = await version_in_force(work.connection, work.register.name)
            if before is not None and before["sha256"] == work.sha256 and not _corrects_the_day(work, before):
                return await _unchanged(work, before)
            version = await open_version(work)
            parts = await _store_rows(work, version, before, tally)
            if floor is not None and (fault := implausible(await arrival_of(work, tally, parts, before), floor)):
                raise _Implausible(str(fault))
            await put_in_force(work, version, tally, note)
    except _Implausible as fault:
        in_force, note = False, str(fault)
        # In a transaction of its own: the load's was rolled back, with all that it had written.
        version = await record_refusal(work, tally, note)
    reasons = tally.reasons([file.name for file in work.files])
    counts = (tally.rows, tally.bad, in_force, note, reasons, tally.came, tally.left)
    return LoadReport(work.register.name, version, work.sha256, work.source_date, *counts)


_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('register ' || $1, 0))"


async def _store_rows(
    work: LoadWork, version: int, before: asyncpg.Record | None, tally: Tally
) -> tuple[FileCount, ...]:
    """Store the rows that differ from the version in force, or every row. Return the files as counted."""
    table = await stage(work.connection, before is not None)
    lists_people = work.register.listed is not None
    parts = tuple(
        FileCount(file.name, work.register.kind_of(file.name), keys={} if lists_people else None) for file in work.files
    )
    for number, part in enumerate(parts, start=1):
        await table.copy(RowPlace(version, number, part.kind.name), _rows(work, number, part, tally))
    if before is None:
        tally.came = tally.rows + tally.companions
    else:
        difference = await store_delta(work.connection, work.register.name, version)
        tally.came, tally.left, tally.before = difference
    return parts


def _rows(work: LoadWork, number: int, part: FileCount, tally: Tally) -> Iterator[ParsedRow]:
    file, kind = work.files[number - 1], part.kind
    unique, again, take = kind.unique, tally.met.again, part.take
    for count, row in enumerate(read_rows(file.path, kind), start=1):
        if count % _REPORT_EVERY == 0:
            work.progress(file.name, count)
        if isinstance(row, RejectedRow):
            part.bad += 1
            tally.reject(number, row)
            if LOST_ZEROS in row.reason:
                tally.cut_off.append(f"{file.name} line {row.line}: {row.reason}")
        elif isinstance(row, CutOff):
            tally.cut_off.append(f"{file.name} line {row.line}: {row.reason}")
        elif unique and again(row.key):
            tally.reject(number, RejectedRow(row.line, f"{row.key} stands in another row already", row.row[:500]))
        else:
            take(row)
            yield row
    tally.accept(kind, part.rows)


def _corrects_the_day(work: LoadWork, row: asyncpg.Record) -> bool:
    """Return True if this load of the same files corrects their recorded source date, mistyped as a future day."""
    return _is_ahead(row["source_date"]) and work.source_date != row["source_date"]


def _is_ahead(day: date) -> bool:
    """Return True if a day is in the future in every time zone."""
    return day > clock.today() + timedelta(days=1)


async def _unchanged(work: LoadWork, row: asyncpg.Record) -> LoadReport:
    """Report the same files as in force. Confirm them as of a later source date, so that they stay current."""
    note = f"the same file is in force as version {row['version']}; nothing to do"
    if work.source_date > row["source_date"] and not _is_ahead(work.source_date):
        await confirm(work.connection, row["version"], work.source_date)
        note = f"the same file is in force as version {row['version']}, now confirmed as of {work.source_date}"
    version_fields = (
        row["register"],
        row["version"],
        row["sha256"],
        row["source_date"],
        row["row_count"],
        row["bad_count"],
    )
    return LoadReport(*version_fields, loaded=False, note=note)
