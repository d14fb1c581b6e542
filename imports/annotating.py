"""Annotate the workbook that was sent: each fault beside its cell, and every row's verdict on a sheet."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from domain.imported.mapping import ImportMapping
from domain.imported.plan import ImportFault, ImportPlan, ImportRow
from domain.values import for_xml
from imports.tables.reading import read_table
from imports.tables.table import CellValue

SHEET: Final = "Accord"
"""The sheet with the verdicts. One of this name from an earlier check is written anew."""

_AUTHOR: Final = "Accord"
_FILL: Final = PatternFill("solid", fgColor="FFE0B2")
_HEADINGS: Final = ("Rows", "Key", "RowVerdict", "Reference", "Place", "Field", "What to do")


def annotated(name: str, content: bytes, plan: ImportPlan) -> bytes:
    """Return a workbook with the faults of a plan as comments at their cells, and a sheet of all verdicts.

    An .xlsx is the workbook that was sent, though pictures and charts in it are left out. Of an .ods or a CSV, it is a
    workbook with the same cells, and so it is of an .xlsx that only its values can be read of.
    """
    sent = _opened(content) if name.lower().endswith(".xlsx") else None
    book, is_workbook = sent or _copy(name, content, plan.mapping), sent is not None
    sheet = book[plan.mapping.sheet] if is_workbook and plan.mapping.sheet else _shown(book)
    _forget_earlier(sheet)
    for fault in (fault for row in plan.rows for fault in row.faults):
        _comment(sheet, fault, plan.mapping, is_workbook=is_workbook)
    _write_verdicts(book, plan.rows)
    workbook = io.BytesIO()
    book.save(workbook)
    return workbook.getvalue()


def _opened(content: bytes) -> Workbook | None:
    """Return the workbook that was sent, or None if its forms, sheets or comments are not those of the standard."""
    try:
        return load_workbook(io.BytesIO(content))
    except Exception:  # the library has no fault of its own for such a file
        return None


def _copy(name: str, content: bytes, mapping: ImportMapping) -> Workbook:
    """Return the table of a file as a workbook, in the rows and columns in which it stands."""
    table, book = read_table(name, content, mapping), Workbook()
    sheet: Any = book.active
    sheet.title = "Table"
    for column, heading in enumerate(table.headings, 1):
        _write(sheet.cell(mapping.headings_in, column), heading)
    for row in table.rows:
        for column, heading in enumerate(table.headings, 1):
            _write(sheet.cell(row.number, column), row.cells[heading].value)
    return book


def _write(target: Any, value: CellValue) -> None:
    if isinstance(value, str):
        # A text that begins as a formula stays a text, and a sign that no workbook holds is shown to have been there.
        target.value, target.data_type = for_xml(value), "s"
    else:
        target.value = value


def _shown(book: Workbook) -> Any:
    return next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible" and sheet.title != SHEET)


def _forget_earlier(sheet: Any) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None


def _comment(sheet: Any, fault: ImportFault, mapping: ImportMapping, *, is_workbook: bool) -> None:
    cell = _cell_of(sheet, fault, mapping, is_workbook=is_workbook)
    before = f"{cell.comment.text}\n" if cell.comment is not None else ""
    cell.comment = Comment(for_xml(f"{before}{fault.field}: {fault.fault}"), _AUTHOR, height=120, width=320)
    cell.fill = _FILL


def _cell_of(sheet: Any, fault: ImportFault, mapping: ImportMapping, *, is_workbook: bool) -> Any:
    """Return the cell at which a fault is told: its own, or the first of its row where it names none."""
    cell = sheet[fault.place] if _is_address(fault.place) else sheet.cell(fault.row, 1)
    if not is_workbook and not _is_address(fault.place):
        heading = fault.place.partition(", ")[2]
        columns = [column.value for column in sheet[mapping.headings_in]]
        cell = sheet.cell(fault.row, columns.index(heading) + 1 if heading in columns else 1)
    if not isinstance(cell, MergedCell):
        return cell
    whole = next(part for part in sheet.merged_cells.ranges if fault.place in part)
    return sheet.cell(whole.min_row, whole.min_col)


def _is_address(place: str) -> bool:
    return place.isalnum() and place[-1].isdigit() and place[0].isupper()


def _write_verdicts(book: Workbook, rows: Iterable[ImportRow]) -> None:
    if SHEET in book.sheetnames:
        del book[SHEET]
    sheet: Any = book.create_sheet(SHEET)
    sheet.append(_HEADINGS)
    for number, line in enumerate((line for row in rows for line in _lines(row)), 2):
        for column, text in enumerate(line, 1):
            _write(sheet.cell(number, column), text)
    for letter, width in zip("ABCDEFG", (8, 16, 12, 14, 14, 14, 110), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _lines(row: ImportRow) -> Iterator[tuple[str, ...]]:
    numbers = ", ".join(str(number) for number in row.rows)
    begin = (numbers, row.key or "", row.verdict.value, row.reference or "")
    for fault in row.faults:
        yield (*begin, fault.place, fault.field, fault.fault)
    for note in row.notes:
        yield (*begin, "", "", note)
    if not row.faults and not row.notes:
        yield (*begin, "", "", "")
