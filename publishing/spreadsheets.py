"""Tables as CSV and as sheets of a workbook: the same bytes for the same rows, and no cell that is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from publishing.figures import EventSum, FileCell, SumPart

WIDEST: Final = 60
"""The most characters of a column; longer text is wrapped."""
MOST_SIGNS: Final = 32_767
"""The most signs of a cell in a workbook. A longer text is cut there, and whole in the CSV."""
EXACT_DIGITS: Final = 15
"""The most digits of a number that a double holds exactly; a longer one stays text."""

CellValue = str | int | EventSum | None
"""The content of a cell: words, a count, or a sum."""


class PublishedColumn(NamedTuple):
    """A column of a published table: its name in files, and its heading in a workbook."""

    field: str
    heading: str


class PublishedTable(NamedTuple):
    """A table. Each row has a number, by which its cells are named: `7:cash`."""

    name: str
    title: str
    columns: tuple[PublishedColumn, ...]
    rows: tuple[Mapping[str, CellValue], ...]
    facts: Mapping[tuple[int, str], tuple[int, ...]] = {}
    """By row and column: the positions of the events that say what is no sum."""
    is_numbered: bool = True
    """False if a workbook has no column of the rows' numbers, since its form is a standard's."""

    @property
    def cells(self) -> tuple[FileCell, ...]:
        """The cells that events stand behind."""
        sums = (
            FileCell(f"{number}:{field}", value.parts)
            for number, row in enumerate(self.rows, 1)
            for field, value in row.items()
            if isinstance(value, EventSum)
        )
        words = (
            FileCell(f"{number}:{field}", tuple(map(SumPart, positions)))
            for (number, field), positions in self.facts.items()
        )
        return (*sums, *words)


_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_BEGINS_A_FORMULA: Final = re.compile(
    r"(?:\A|(?<=[;\t\r\n]))(?=[\s\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])|\A(?=[\t\r\n])"
)
"""The place where a formula begins: at the start, behind a separator of cells elsewhere, and behind a line break.

Where lists are separated by semicolons, a spreadsheet heeds no quotes inside a cell.
"""


def harmless(cell: str) -> str:
    """Return a cell of which no spreadsheet takes any part for a formula (CWE-1236). A number stays one."""
    return cell if _NUMBER.fullmatch(cell) else _BEGINS_A_FORMULA.sub("'", cell)


def table_as_csv(table: PublishedTable) -> bytes:
    """Return a table as CSV in UTF-8, with the number of each row in its first column."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["row", *(column.field for column in table.columns)])
    for number, row in enumerate(table.rows, 1):
        writer.writerow([str(number), *(harmless(_text(row.get(column.field))) for column in table.columns)])
    return file.getvalue().encode()


def tables_as_workbook(tables: Iterable[PublishedTable], on: date) -> bytes:
    """Return tables as the sheets of a workbook. `on`: the day that stands in its properties, and no clock's.

    Sums and counts are numbers, and everything else is of the type of text, so that no cell is a formula.
    """
    from xlsxwriter import Workbook

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as book:
        book.set_properties({"created": datetime(on.year, on.month, on.day)})  # noqa: DTZ001 - a day without a zone
        formats = {"heading": book.add_format({"bold": True}), "text": book.add_format({"num_format": "@"})}
        formats["sum"] = book.add_format({"num_format": "#,##0.00"})
        for table in tables:
            _write(book.add_worksheet(table.title[:31]), table, formats)
    return content.getvalue()


def _write(sheet: Any, table: PublishedTable, formats: Mapping[str, Any]) -> None:
    first = 1 if table.is_numbered else 0
    for place, heading in enumerate((*("Row",)[:first], *(column.heading for column in table.columns))):
        sheet.write_string(0, place, heading, formats["heading"])
    for number, row in enumerate(table.rows, 1):
        if table.is_numbered:
            sheet.write_number(number, 0, number)
        for place, column in enumerate(table.columns, first):
            _write_cell(sheet, (number, place), row.get(column.field), formats)
    for place, column in enumerate(table.columns, first):
        sheet.set_column(place, place, _width(column, table.rows))
    sheet.freeze_panes(1, 0)


def _write_cell(sheet: Any, place: tuple[int, int], value: CellValue, formats: Mapping[str, Any]) -> None:
    match value:
        case EventSum() if len(value.amount.as_tuple().digits) <= EXACT_DIGITS:
            sheet.write_number(*place, float(value.amount), formats["sum"])
        case int():
            sheet.write_number(*place, value)
        case _:
            sheet.write_string(*place, _text(value)[:MOST_SIGNS], formats["text"])


def _text(value: CellValue) -> str:
    match value:
        case None:
            return ""
        case EventSum():
            return value.written
        case _:
            return str(value)


def _width(column: PublishedColumn, rows: Sequence[Mapping[str, CellValue]]) -> int:
    longest = max((len(_text(row.get(column.field))) for row in rows), default=0)
    return min(max(longest + 2, len(column.heading) + 2), WIDEST)
