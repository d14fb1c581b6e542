"""Load a publisher's files as a new version: stream, compare, check plausibility, put in force, in one transaction.

The new version is not visible before the commit, and a refused file leaves the version in force unchanged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg

from ledger import clock
from registers import Connection
from registers.history import confirm, files_of
from registers.loading.archive import Archive, Archived
from registers.loading.parts import Ending, FileCount, strays
from registers.loading.plausibility import FileCompared, Floor, LoadResult, implausible
from registers.loading.rows import ParsedRow, RejectedRow, Tally, read_rows
from registers.loading.storing import RowPlace, endings_in_force, entries_gone, stage, store_delta
from registers.loading.texts import CutOff, UnreadableFile, fingerprint
from registers.sources.catalogue import REGISTERS
from registers.sources.kinds import LOST_ZEROS, Register

_REPORT_EVERY: Final = 5000

LoadProgress = Callable[[str, int], None]
"""Called with the file's name and the number of its rows read so far."""


class Arrived(NamedTuple):
    """A file to load: its name, the SHA-256 of its content, and the path to read it from."""

    name: str
    sha256: str
    path: Path


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


class _Load(NamedTuple):
    """The inputs of one load."""

    connection: Connection
    register: Register
    files: tuple[Arrived, ...]
    source_date: date
    progress: LoadProgress

    @property
    def sha256(self) -> str:
        return fingerprint({file.name: file.sha256 for file in self.files})


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
    work = _Load(connection, definition, files, source_date, progress)
    try:
        return await _load(work, Floor(max(kind.minimum_rows for kind in definition.kinds), minimum_rows))
    except UnreadableFile as fault:
        await _record_refusal(work, Tally(), str(fault))
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
    work = _Load(connection, _known(row["register"]), files, row["source_date"], progress)
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


async def _load(work: _Load, floor: Floor | None, note: str = "in force") -> LoadReport:
    """Load the files: with all guards if a floor is given, and without any if it is None."""
    tally, in_force = Tally(), True
    try:
        async with work.connection.transaction():
            # One load of a register at a time: the difference is taken from the version in force, which must stay that.
            await work.connection.execute(_LOCK, work.register.name)
            before = await version_in_force(work.connection, work.register.name)
            if before is not None and before["sha256"] == work.sha256 and not _corrects_the_day(work, before):
                return await _unchanged(work, before)
            version = await _open_version(work)
            parts = await _store_rows(work, version, before, tally)
            if floor is not None and (fault := implausible(await _arrival(work, tally, parts, before), floor)):
                raise _Implausible(str(fault))
            await _put_in_force(work, version, tally, note)
    except _Implausible as fault:
        in_force, note = False, str(fault)
        # In a transaction of its own: the load's was rolled back, with all that it had written.
        version = await _record_refusal(work, tally, note)
    reasons = tally.reasons([file.name for file in work.files])
    counts = (tally.rows, tally.bad, in_force, note, reasons, tally.came, tally.left)
    return LoadReport(work.register.name, version, work.sha256, work.source_date, *counts)


_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('register ' || $1, 0))"


async def _arrival(work: _Load, tally: Tally, parts: Sequence[FileCount], before: asyncpg.Record | None) -> LoadResult:
    counts = (tally.rows, tally.companions, tally.bad, tally.came, tally.left, work.source_date)
    lists_people = work.register.listed is not None
    alone = LoadResult(
        *counts, None, None, cut_off=tuple(tally.cut_off), lists_people=lists_people, converts=work.register.converts,
        first_bad=tally.first_bad([file.name for file in work.files]),
        faults=tuple([fault for part in parts for fault in part.faults()] + list(strays(parts))),
    )  # fmt: skip
    if before is None:
        return alone
    had = Counter(work.register.kind_of(file.name) for file in await files_of(work.connection, before["version"]))
    has = Counter(work.register.kind_of(file.name) for file in work.files)
    lost_entries = await entries_gone(work.connection) if lists_people else {}
    return alone._replace(
        rows_in_force=before["row_count"], date_in_force=before["source_date"], kinds=tally.shrunk,
        parts=tuple((kind.title, count, has[kind]) for kind, count in had.items() if kind.main),
        entries=tuple(
            (kind.title, *lost_entries[kind.name]) for kind in work.register.kinds if kind.name in lost_entries
        ),
        files=_compared(parts, await endings_in_force(work.connection)),
    )  # fmt: skip


def _compared(parts: Sequence[FileCount], in_force: dict[str, Ending]) -> tuple[FileCompared, ...]:
    """Return each file that has the name of one in force, beside that one."""
    return tuple(
        FileCompared(part.name, part.line, part.kind.ends, in_force[part.name], part.ending)
        for part in parts
        if part.name in in_force
    )


async def _store_rows(work: _Load, version: int, before: asyncpg.Record | None, tally: Tally) -> tuple[FileCount, ...]:
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


def _rows(work: _Load, number: int, part: FileCount, tally: Tally) -> Iterator[ParsedRow]:
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


def _corrects_the_day(work: _Load, row: asyncpg.Record) -> bool:
    """Return True if this load of the same files corrects their recorded source date, mistyped as a future day."""
    return _is_ahead(row["source_date"]) and work.source_date != row["source_date"]


def _is_ahead(day: date) -> bool:
    """Return True if a day is in the future in every time zone."""
    return day > clock.today() + timedelta(days=1)


async def _unchanged(work: _Load, row: asyncpg.Record) -> LoadReport:
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


async def _open_version(work: _Load, state: str = "LOADING") -> int:
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


async def _put_in_force(work: _Load, version: int, tally: Tally, note: str) -> None:
    await work.connection.execute(
        "UPDATE registers.versions SET state = 'SUPERSEDED' WHERE register = $1 AND state = 'IN_FORCE'",
        work.register.name,
    )
    await _conclude(work.connection, version, tally, "IN_FORCE", "" if note == "in force" else note)
    # Within the load: until the server's own turn comes, look-ups would be planned for the old sizes.
    await work.connection.execute("ANALYZE registers.rows (version, key), registers.ended")


async def _record_refusal(work: _Load, tally: Tally, fault: str) -> int:
    async with work.connection.transaction():
        version = await _open_version(work)
        await _conclude(work.connection, version, tally, "REFUSED", fault)
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
