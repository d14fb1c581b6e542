"""Shell commands on public registers: load a publisher's files, show versions, verify a recipient."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import asyncpg
import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.registers.kept import index_on_disk
from accord.cli.typed_days import typed_day
from accord.client.desk import open_desk
from accord.demo.sample import write_sample_registers
from accord.operations.switching import start_rescreening
from accord.presentation.faults import BadInput, Refused, Unreachable
from deploy.logins import Login
from deploy.settings import archive_folder
from ledger import clock
from registers.history import bad_rows_of, files_of
from registers.loading.archive import Archive, Archived, ArchiveUnwritable
from registers.loading.loader import LoadReport, day_said, load
from registers.loading.texts import UnreadableFile
from registers.loading.versions import versions
from registers.sources.catalogue import REGISTERS


def load_files(
    register: Annotated[str, typer.Argument(help=f"One of: {', '.join(REGISTERS)}.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The publisher's own files, unpacked.")],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            metavar="DAY",
            parser=typed_day,
            help="The day the data is true of, where the files do not say it.",
        ),
    ] = None,
    minimum_rows: Annotated[
        int | None, typer.Option("--minimum-rows", help="Accept a first load of fewer rows: for samples.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Load files as a new version of a register and put it in force, or show why it is refused.

    Example: accord registers load irs-bmf eo1.csv eo2.csv eo3.csv eo4.csv --as-of 2026-11-10;
    accord registers load uk-sanctions UK-Sanctions-List.csv
    """
    source_date = _true_of(register, files, as_of.date() if as_of else None)
    report = run(_load(register, tuple(files), source_date, minimum_rows))
    notice = run(start_rescreening()) if report.loaded else None
    run(index_on_disk([report]))
    if as_json:
        print_json(as_machine(report))
    else:
        print_report(report)
    if notice:
        err.print(notice)
    if report.refused:
        hint = f"`accord registers version {report.version}` shows why"
        raise Refused(f"{register}: {report.note}; the version in force stays, and {hint}")


def write_sample(
    folder: Annotated[Path, typer.Argument(help="Where the files are written.")],
    on: Annotated[
        datetime | None,
        typer.Option("--on", metavar="DAY", parser=typed_day, help="The day they are of; today without it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the invented sample registers, in the publishers' formats, as if they were published on a day.

    Every entry says that it is invented: of the IRS's files, and of the lists of OFAC, the UN, the EU and the UK.
    Of the ECB's rates no line can: a column XTS, which ISO 4217 reserves for tests, tells the file apart.

    Example: accord registers sample my-registers
    """
    day = on.date() if on else clock.today()
    try:
        paths = write_sample_registers(folder, day)
    except OSError as fault:
        raise BadInput(f"{fault.filename} cannot be written: {fault.strerror}") from None
    if as_json:
        return print_json({"as_of": day.isoformat(), "files": [str(path) for path in paths]})
    out.print(f"{len(paths)} files in {folder}, of {day}; load them with --as-of {day} --minimum-rows 1.")
    return None


def status(as_json: JsonOption = False) -> None:
    """Show the versions of each register: the one in force, and every other that was loaded or refused.

    Example: accord registers status; accord registers version 12
    """

    async def work() -> list[asyncpg.Record]:
        async with open_desk() as desk, desk.pool.acquire() as connection:
            return await versions(connection)

    rows = run(work())
    if as_json:
        return print_json([{key: None if cell is None else str(cell) for key, cell in row.items()} for row in rows])
    if not rows:
        out.print("No register is loaded; start with `accord registers load`.")
        return None
    columns = ("register", "version", "state", "source_date", "confirmed_on", "row_count", "bad_count", "sha256")
    cells = ([row[column] or "-" if column == "confirmed_on" else row[column] for column in columns] for row in rows)
    table = rows_table([column.replace("_", " ").capitalize() for column in columns], cells)
    for column in table.columns:
        column.overflow = "fold"
    out.print(table)
    for row in rows:
        if row["note"]:
            out.print(f"{row['register']} version {row['version']}: {row['note']}", markup=False, soft_wrap=True)
    out.print("One of them in full, with its files and bad rows: `accord registers version NUMBER`.", soft_wrap=True)
    return None


def show_version(
    version: Annotated[int, typer.Argument(help="Its number; see `accord registers status`.")],
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many bad rows to show.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Show one version in full, loaded or refused: its files, and its bad rows with their reasons.

    Example: accord registers version 12; accord registers version 12 --limit 1000 --json
    """
    register_version = run(_found(version))
    if as_json:
        print_json(register_version.as_machine(limit))
    else:
        for line in register_version.written(limit):
            out.print(line, markup=False, soft_wrap=True)


class _Found(NamedTuple):
    """A register version with its files and its bad rows."""

    known: asyncpg.Record
    files: tuple[Archived, ...]
    bad: list[asyncpg.Record]
    """The bad rows that were kept, a thousand at most."""

    def as_machine(self, limit: int) -> dict[str, Any]:
        fields = {key: str(value) if isinstance(value, date) else value for key, value in self.known.items()}
        files, bad = [file._asdict() for file in self.files], [dict(row) for row in self.bad[:limit]]
        return {**fields, "files": files, "bad_rows_kept": len(self.bad), "bad_rows": bad}

    def written(self, limit: int) -> Iterator[str]:
        fields, rows = self.known, self.bad[:limit]
        yield f"{fields['register']} version {fields['version']} of {fields['source_date']}, {fields['state']}"
        yield f"Loaded at {fields['loaded_at']:%Y-%m-%d %H:%M:%S %Z}, sha256 {fields['sha256']}"
        if fields["note"]:
            yield f"Note: {fields['note']}"
        for file in self.files:
            yield f"File {file.name}, sha256 {file.sha256 or 'unknown'}"
        remark = f"; {len(rows)} of the {len(self.bad)} kept are shown" if self.bad else ""
        yield f"{fields['row_count']} rows, {fields['bad_count']} bad{remark}"
        for row in rows:
            yield f"{row['file']} line {row['line']}: {row['reason']}"
            yield f"    {_printable(row['row'])}"


def _printable(row: str) -> str:
    """Return a row with its non-printable characters replaced, since they could control a terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in row)


async def _found(version: int) -> _Found:
    async with open_desk() as desk, desk.pool.acquire() as connection:
        version_row = next((row for row in await versions(connection) if row["version"] == version), None)
        if version_row is None:
            raise BadInput(f"there is no version {version} of a register; see `accord registers status`")
        return _Found(version_row, await files_of(connection, version), await bad_rows_of(connection, version))


async def _load(register: str, files: tuple[Path, ...], source_date: date, minimum_rows: int | None) -> LoadReport:
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} rows"),
        TimeElapsedColumn(), console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip
    async with open_desk(Login.LOADER) as desk, desk.pool.acquire() as connection:
        with bar:
            task = bar.add_task(f"Loading {register}", total=None)
            try:
                return await load(
                    connection, register, files, source_date, Archive(archive_folder()), minimum_rows,
                    lambda file, rows: bar.update(task, description=f"Loading {file}", completed=rows),
                )  # fmt: skip
            except UnreadableFile as fault:
                raise BadInput(f"{fault}; the version in force stays") from fault
            except ArchiveUnwritable as fault:
                raise Unreachable(f"{fault}; the version in force stays") from fault


def _true_of(register: str, files: list[Path], source_date: date | None) -> date:
    """Return the day that the data is true of: the files' own, or the one that was told (rules 3.15).

    Raises:
        BadInput: Neither says it, or they differ.
    """
    try:
        file_day = day_said(register, files)
    except UnreadableFile as fault:
        raise BadInput(f"{fault}; the version in force stays") from None
    if file_day is not None and source_date not in {None, file_day}:
        raise BadInput(
            f"--as-of: the file says that it is of {file_day}; leave --as-of out; the version in force stays"
        )
    day = file_day or source_date
    if day is None:
        raise BadInput(
            f"--as-of: the files of {register} do not say the day they are true of; give the day on which the "
            "publisher posted them (not the day of the download): --as-of YYYY-MM-DD; the version in force stays"
        )
    return day


def as_machine(report: LoadReport) -> dict[str, Any]:
    """Return the JSON fields of a load report."""
    return {
        "register": report.register,
        "version": report.version,
        "loaded": report.loaded,
        "refused": report.refused,
        "sha256": report.sha256,
        "source_date": report.source_date.isoformat(),
        "rows": report.row_count,
        "bad": report.bad_count,
        "came": report.came,
        "left": report.left,
        "note": report.note,
        "quarantined": list(report.quarantined),
    }


def print_report(report: LoadReport) -> None:
    """Print a load's result: up to ten bad rows, then the new version, or why an accepted file changed nothing."""
    for line in report.quarantined[:10]:
        out.print(f"Bad: {line}", markup=False, soft_wrap=True)
    if report.loaded:
        out.print(
            f"[bold]{report.register}[/bold] version {report.version} is in force: {report.row_count} rows, "
            f"{report.bad_count} bad, {report.came} new, {report.left} gone, true of {report.source_date}, "
            f"sha256 {report.sha256[:16]}."
        )
    elif not report.refused:
        out.print(f"[bold]{report.register}[/bold]: {report.note}.")


def register(app: typer.Typer) -> None:
    """Add these commands to those on registers."""
    app.command("load")(load_files)
    app.command("sample")(write_sample)
    app.command()(status)
    app.command("version")(show_version)
