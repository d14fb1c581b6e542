"""A sheet of an .xlsx or .ods file as a table. Values are as they were saved, and nothing is calculated."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from imports.tables import marks, open_document
from imports.tables.marks import CellMarks
from imports.tables.reaches import reaches_of_document, require_room
from imports.tables.table import MOST_COLUMNS, MOST_ROWS, CellValue, SourceRow, Table, TableCell, TableFault

_UNPACKED: Final = 400_000_000
"""The most bytes of a workbook once it is unpacked: its directory says so before anything is."""

_UNREADABLE: Final = (
    CalamineError, zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, LookupError, StopIteration, OSError,
    RuntimeError,
)  # fmt: skip
"""The faults of a file that only looks like a workbook: of its archive, of its XML, or of what stands in that."""

MERGED: Final = "it is one of several cells that were merged; split them, and write the value into each that it is of"

_MARKS: Final[Mapping[str, Callable[[bytes, str], CellMarks]]] = {
    ".xlsx": marks.marks_of,
    ".ods": open_document.marks_of,
}


def read_workbook(name: str, content: bytes, sheet: str | None, headings_in: int) -> Table:
    """Return a sheet of a workbook. `sheet`: its name, which may be left out where there is one that is visible.

    Raises:
        TableFault: It is no workbook, lacks the sheet or its headings, or is larger than a table of partnerships.
    """
    form = name[name.rfind(".") :].lower()
    _require_small(name, content)
    try:
        for reach in reaches_of_document(content) if form == ".ods" else ():
            require_room(name, reach)  # the library unfolds every sheet of an .ods once it opens it
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        title = _chosen(name, book, sheet)
        marks_of_sheet = _MARKS[form](content, title)
        require_room(name, marks_of_sheet.reach)
        return _table(name, book.get_sheet_by_name(title), marks_of_sheet, headings_in)
    except TableFault:
        raise
    except _UNREADABLE as fault:
        words = (str(fault) or type(fault).__name__).splitlines()[0][:120]
        raise TableFault(
            f"{name} is no workbook that can be read ({words}); save it as {form} anew, without a password"
        ) from None


def _require_small(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise TableFault(f"{name} is no workbook; save it as .xlsx, .ods or .csv, without a password") from None
    if size > _UNPACKED:
        raise TableFault(f"{name} unpacks to {size:,} bytes; remove pictures, and sheets and rows that are empty")


def _chosen(name: str, book: CalamineWorkbook, sheet: str | None) -> str:
    names = [about.name for about in book.sheets_metadata]
    visible = [about.name for about in book.sheets_metadata if str(about.visible).endswith("Visible")]
    if sheet is not None and sheet in names:
        return sheet
    if sheet is None and len(visible) == 1:
        return visible[0]
    fault = f"has no sheet {sheet!r}" if sheet is not None else f"has {len(visible)} sheets"
    raise TableFault(f"{name} {fault}; name one in the mapping, `sheet = ...`: {', '.join(names)[:300]}")


def _table(name: str, sheet: CalamineSheet, marks_of_sheet: CellMarks, headings_in: int) -> Table:
    if sheet.total_height > MOST_ROWS + headings_in or sheet.total_width > MOST_COLUMNS:
        size = f"{sheet.total_height:,} rows and {sheet.total_width:,} columns"
        most = f"{MOST_ROWS:,} and {MOST_COLUMNS}"
        raise TableFault(f"{name}: the sheet {sheet.name} has {size}, and {most} is the most; remove the empty ones")
    values = sheet.to_python(skip_empty_area=False)
    if len(values) < headings_in or not any(values[headings_in - 1]):
        raise TableFault(
            f"{name}: row {headings_in} of {sheet.name} holds no headings; give `headings_in`, the row's number"
        )
    headings = tuple(str(value).strip() for value in values[headings_in - 1])
    merged_places = _merged(sheet)
    rows = (
        _row(number, headings, row, marks_of_sheet, merged_places)
        for number, row in enumerate(values[headings_in:], headings_in + 1)
        if any(value != "" for value in row) or _hides_a_fault(number, len(row), marks_of_sheet)
    )
    return Table(sheet.name, headings, tuple(rows))


def _merged(sheet: CalamineSheet) -> frozenset[tuple[int, int]]:
    """Return the places, by row and column from 0, that merged ranges cover."""
    ranges = sheet.merged_cell_ranges or []
    bounded_ranges = ((first, (min(last[0], MOST_ROWS), min(last[1], MOST_COLUMNS))) for first, last in ranges)
    return frozenset(
        (row, column)
        for first, last in bounded_ranges
        for row in range(first[0], last[0] + 1)
        for column in range(first[1], last[1] + 1)
    )


def _hides_a_fault(number: int, columns: int, marks_of_sheet: CellMarks) -> bool:
    return any(f"{get_column_letter(column)}{number}" in marks_of_sheet.faults for column in range(1, columns + 1))


def _row(
    number: int,
    headings: tuple[str, ...],
    row: list[Any],
    marks_of_sheet: CellMarks,
    merged_places: frozenset[tuple[int, int]],
) -> SourceRow:
    cells = {}
    for column, (heading, value) in enumerate(zip(headings, row, strict=True)):
        place = f"{get_column_letter(column + 1)}{number}"
        fault = MERGED if (number - 1, column) in merged_places else marks_of_sheet.faults.get(place)
        cells[heading] = TableCell(place, _value(value), fault, marks_of_sheet.currencies.get(place))
    return SourceRow(number, cells, number in marks_of_sheet.hidden_rows)


def _value(value: Any) -> CellValue:
    match value:
        case "" | None:
            return None
        case bool() | str():
            return value
        case datetime():
            return value.date()
        case date():
            return value
        case float() if not math.isfinite(value):
            return str(value)
        case int() | float():
            # A workbook keeps 15 digits: what calculating left behind them is no part of the sum.
            return Decimal(format(value, ".15g"))
        case time() | timedelta():
            return str(value)
        case _:
            raise TableFault(f"a cell holds {type(value).__name__}; write it as text")
