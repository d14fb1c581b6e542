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
from accord.presentation.workbooks import as_workbook

PAGE: Final = 50
"""Lines of a table, unless more are asked for."""


class ListForm(StrEnum):
    """A form in which a list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


FormOption = Annotated[ListForm, typer.Option("--format", help="table, or what holds every line: json, csv, xlsx.")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help=f"At most so many lines (a table: {PAGE}).")]
AllOption = Annotated[bool, typer.Option("--all", help="Every line, as they come.")]
ToOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a new file.")]


class Wanted(NamedTuple):
    """The options of a list."""

    form: ListForm
    most: int | None
    """The most lines, or None for every one."""
    to: Path | None = None

    @classmethod
    def of(cls, form: ListForm, as_json: bool, limit: int | None, every: bool, to: Path | None = None) -> Wanted:
        """Return the list's options. Raises BadInput where two contradict each other."""
        if limit is not None and every:
            raise BadInput("--limit and --all: give one of them")
        if as_json and form not in {ListForm.TABLE, ListForm.JSON}:
            raise BadInput(f"--json and --format {form.value}: give one of them")
        shape = ListForm.JSON if as_json else form
        if shape is ListForm.XLSX and to is None:
            raise BadInput("--format xlsx: name the file of the workbook: --out FILE")
        if to is not None and to.exists():
            raise BadInput(f"--out: {to} exists; name a new file")
        page_size = PAGE if shape is ListForm.TABLE and not every and to is None else None
        return cls(shape, limit or page_size, to)


async def print_list(
    rows: AsyncIterator[dict[str, Any]], columns: Sequence[sheets.Column], list_options: Wanted, empty_text: str
) -> None:
    """Print the rows of a list in the form that is wanted. `empty_text` is the text of a table without rows."""
    first_rows, more = await _up_to(rows, list_options.most)
    match list_options.form:
        case ListForm.JSON:
            _write(
                list_options.to,
                json.dumps([sheets.plain_row(row) for row in first_rows], indent=2, ensure_ascii=False) + "\n",
            )
        case ListForm.CSV:
            _write(list_options.to, sheets.as_csv(first_rows, columns))
        case ListForm.XLSX:
            command = " ".join(["accord", *sys.argv[1:]])
            _write(list_options.to, as_workbook(first_rows, columns, (("Command", command),)))
        case ListForm.TABLE:
            _print_table(first_rows, columns, empty_text, list_options.to)
    if more:
        err.print(f"accord: the first {len(first_rows)}; --all prints every line, and filters find one", style="dim")


def table_of(rows: Sequence[dict[str, Any]], columns: Sequence[sheets.Column], width: int) -> Table:
    """Return a table that keeps to a width: columns are dropped, the least needed first, and never a sum."""
    columns = [column for column in columns if not column.is_rare or any(row.get(column.field) for row in rows)]
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


def _moment(text: str) -> str:
    return text if len(text) == len("2026-06-30") else f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"


async def _up_to(rows: AsyncIterator[dict[str, Any]], most: int | None) -> tuple[list[dict[str, Any]], bool]:
    """Return rows up to a number, and whether there are more."""
    first_rows: list[dict[str, Any]] = []
    async for row in rows:
        if most is not None and len(first_rows) == most:
            return first_rows, True
        first_rows.append(row)
    return first_rows, False


def _print_table(
    rows: Sequence[dict[str, Any]], columns: Sequence[sheets.Column], empty_text: str, to: Path | None
) -> None:
    if to is not None:
        raise BadInput("--out: a table is printed; name a form for the file: --format csv, json or xlsx")
    if not rows:
        return out.print(empty_text)
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
