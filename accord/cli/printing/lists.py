"""Print a list: as a table that keeps to the width, or as JSON, CSV or a workbook, which hold every line.

A table shows a page; what a machine reads, or somebody adds up, is never cut short unless they say so.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer
from rich.table import Table
from rich.text import Text

from accord.cli.printing.fitting import Heading, fitted
from accord.cli.printing.output import err, out
from accord.presentation import sheets
from accord.presentation.faults import BadInput

PAGE: Final = 50
"""Lines of a table, unless more are asked for."""


class Form(StrEnum):
    """A form in which a list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


FormOption = Annotated[Form, typer.Option("--format", help="table, or what holds every line: json, csv, xlsx.")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help=f"At most so many lines (a table: {PAGE}).")]
AllOption = Annotated[bool, typer.Option("--all", help="Every line, as they come.")]
ToOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a new file.")]


class Wanted(NamedTuple):
    """The options of a list."""

    form: Form
    most: int | None
    """The most lines, or None for every one."""
    to: Path | None = None

    @classmethod
    def of(cls, form: Form, as_json: bool, limit: int | None, every: bool, to: Path | None = None) -> Wanted:
        """Return the list's options. Raises BadInput where two contradict each other."""
        if limit is not None and every:
            raise BadInput("--limit and --all: give one of them")
        if as_json and form not in {Form.TABLE, Form.JSON}:
            raise BadInput(f"--json and --format {form.value}: give one of them")
        shape = Form.JSON if as_json else form
        if shape is Form.XLSX and to is None:
            raise BadInput("--format xlsx: name the file of the workbook: --out FILE")
        if to is not None and to.exists():
            raise BadInput(f"--out: {to} exists; name a new file")
        shortened = PAGE if shape is Form.TABLE and not every and to is None else None
        return cls(shape, limit or shortened, to)


async def print_list(
    rows: AsyncIterator[dict[str, Any]], columns: Sequence[sheets.Column], wanted: Wanted, nothing: str
) -> None:
    """Print the rows of a list in the form that is wanted. `nothing` is the text of a table without rows."""
    found, more = await _up_to(rows, wanted.most)
    match wanted.form:
        case Form.JSON:
            _write(wanted.to, json.dumps([sheets.plain_row(row) for row in found], indent=2, ensure_ascii=False) + "\n")
        case Form.CSV:
            _write(wanted.to, sheets.as_csv(found, columns))
        case Form.XLSX:
            _write(wanted.to, sheets.as_workbook(found, columns))
        case Form.TABLE:
            _print_table(found, columns, nothing, wanted.to)
    if more:
        err.print(f"accord: the first {len(found)}; --all prints every line, and filters find one", style="dim")


def table_of(rows: Sequence[dict[str, Any]], columns: Sequence[sheets.Column], width: int) -> Table:
    """Return a table that keeps to a width: columns are dropped, the least needed first, and never a sum."""
    headings = [Heading(column.heading, column.dropped, column.is_sum) for column in columns]
    return fitted(headings, ([Text(_shown(row, column)) for column in columns] for row in rows), width)


def _shown(row: dict[str, Any], column: sheets.Column) -> str:
    value = row.get(column.field)
    if column.is_sum and value is not None:
        return f"{sheets.grouped(value)} {row.get('currency') or ''}".rstrip()
    if column.field == "stage" and row.get("on_hold"):
        return f"{value} HOLD"
    if isinstance(value, str) and column.field in {"due", "released_at"}:
        return _moment(value)
    return sheets.cell_of(value) or "-"


def _moment(written: str) -> str:
    return written if len(written) == len("2026-06-30") else f"{datetime.fromisoformat(written):%Y-%m-%d %H:%M}"


async def _up_to(rows: AsyncIterator[dict[str, Any]], most: int | None) -> tuple[list[dict[str, Any]], bool]:
    """Return rows up to a number, and whether there are more."""
    found: list[dict[str, Any]] = []
    async for row in rows:
        if most is not None and len(found) == most:
            return found, True
        found.append(row)
    return found, False


def _print_table(
    rows: Sequence[dict[str, Any]], columns: Sequence[sheets.Column], nothing: str, to: Path | None
) -> None:
    if to is not None:
        raise BadInput("--out: a table is printed; name a form for the file: --format csv, json or xlsx")
    if not rows:
        return out.print(nothing)
    table = table_of(rows, columns, out.width)
    if out.is_terminal and sys.stdin.isatty() and len(rows) + 4 > out.height:
        with out.pager(styles=True, links=False):
            return out.print(table)
    return out.print(table)


def _write(to: Path | None, content: str | bytes) -> None:
    """Write content to a new file, or print it."""
    if to is None:
        typer.echo(content, nl=False)
        return
    try:
        with to.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
    except OSError as fault:
        raise BadInput(f"--out: {to} cannot be written: {fault.strerror}") from None
