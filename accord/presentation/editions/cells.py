"""The sheets of a workbook as text and values, each cell with its place: what no form holds is refused by cell."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from defusedxml.ElementTree import iterparse
from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from accord.presentation.editions.layout import CellKind
from accord.presentation.faults import BadInput

UNPACKED_LIMIT: Final = 33_554_432
"""Bytes that a workbook may have once it is unpacked: its directory says so before anything is."""
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 80
FORMULA: Final = "it holds a formula, or a fault; write the value itself"

UNREADABLE: Final = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError,
    AttributeError, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""The faults that libraries raise for a file that is broken, encrypted or packed in an unknown way."""

if not DEFUSEDXML:
    raise ImportError("workbooks are read with defusedxml alone")


class SheetCell(NamedTuple):
    """A cell: its place in words, and its value."""

    place: str
    value: Any
    is_formula: bool = False

    @property
    def is_empty(self) -> bool:
        """True if nothing stands in it."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())

    @property
    def text(self) -> str:
        """Its value as text, or '' if it is empty."""
        return "" if self.is_empty else str(self.value).strip()


SheetRows = list[list[SheetCell]]


def sheets_of(name: str, content: bytes) -> dict[str, SheetRows]:
    """Return the rows of each sheet of a workbook.

    Raises:
        BadInput: It is no workbook, or is larger than any form.
    """
    _require_small(name, content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return {sheet.title: list(_rows(name, sheet)) for sheet in book.worksheets}
    except UNREADABLE as fault:
        first_line = (str(fault) or type(fault).__name__).splitlines()[0].rstrip(".")
        raise BadInput(f"{name} is no workbook that can be read ({first_line}); save it as .xlsx anew") from None


class SheetMarks(NamedTuple):
    """The marks of a sheet beside its cells."""

    merged: tuple[str, ...]
    """Its merged ranges, such as B2:C4."""
    is_hidden: bool


def marks_in(content: bytes) -> dict[str, SheetMarks]:
    """Return the marks of each sheet of a workbook that was read before."""
    book: Any = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    return {
        sheet.title: SheetMarks(tuple(_merged(book, sheet)), sheet.sheet_state != "visible")
        for sheet in book.worksheets
    }


def _merged(book: Any, sheet: Any) -> Iterator[str]:
    with book._archive.open(sheet._worksheet_path) as part:
        for _, element in iterparse(part):
            if element.tag.endswith("}mergeCell"):
                yield str(element.get("ref", ""))


def _require_small(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except UNREADABLE:
        raise BadInput(f"{name} is no workbook; save it as .xlsx") from None
    if size > UNPACKED_LIMIT:
        raise BadInput(f"{name} unpacks to {size:,} bytes, which no form has; remove pictures and empty rows")


def _rows(name: str, sheet: Any) -> Iterator[list[SheetCell]]:
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        if number > MOST_ROWS:
            raise BadInput(f"{name}: the sheet {sheet.title} has more than {MOST_ROWS:,} rows; remove the empty ones")
        yield [_cell(sheet.title, number, column, cell) for column, cell in enumerate(row, 1)]


def _cell(title: str, row: int, column: int, cell: Any) -> SheetCell:
    value = unescape(cell.value) if isinstance(cell.value, str) else cell.value
    return SheetCell(f"{title}!{get_column_letter(column)}{row}", value, cell.data_type in {"f", "e"})


def value_of(cell: SheetCell, kind: CellKind) -> Any:
    """Return a cell's value as the content of an edition holds it. Raises ValueError for what is none of its kind."""
    if cell.is_formula:
        raise ValueError(FORMULA)
    match kind:
        case CellKind.TEXT:
            return _text(cell)
        case CellKind.LIST:
            return [part.strip() for part in _text(cell).split(",") if part.strip()]
        case CellKind.FLAG:
            return _flag(cell)
        case CellKind.DAY:
            return cell.value.date().isoformat() if isinstance(cell.value, datetime) else _text(cell)
        case CellKind.WHOLE:
            return _whole(cell)
        case CellKind.DECIMAL:
            return _decimal(cell)


def _text(cell: SheetCell) -> str:
    if isinstance(cell.value, str):
        return cell.value
    if isinstance(cell.value, bool | int):
        return str(cell.value).lower()
    if isinstance(cell.value, date):
        raise ValueError(f"it holds a day, {cell.text}; format the cell as text, and write it anew")
    raise ValueError(
        f"it holds a number, {cell.text}, which may have lost a zero; format the cell as text, and write it anew"
    )


def _flag(cell: SheetCell) -> bool:
    answer = {"yes": True, "true": True, "no": False, "false": False}.get(cell.text.lower())
    if answer is None:
        raise ValueError(f"{cell.text[:30]!r} is neither yes nor no; write one of them")
    return answer


def _whole(cell: SheetCell) -> int:
    value = _decimal(cell)
    if not value.lstrip("-").isdigit():
        raise ValueError(f"{cell.text[:30]!r} is no whole number; write digits alone")
    return int(value)


def _decimal(cell: SheetCell) -> str:
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        number = Decimal(repr(cell.value))
        if not number.is_finite() or abs(number) >= 10**15:
            raise ValueError(f"{cell.text[:30]!r} is no number that a cell holds exactly; write it as text")
        return format(number.quantize(Decimal(1)) if number == number.to_integral() else number, "f")
    text = cell.text
    if not text.lstrip("-").replace(".", "", 1).isascii() or not text.lstrip("-").replace(".", "", 1).isdigit():
        raise ValueError(f"{text[:30]!r} is no number; write digits and a point, such as 12.5")
    return text
