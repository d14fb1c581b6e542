"""Marks of an OpenDocument sheet beside its values: formulas without a value, faults, hidden rows.

The values are read by a library (`workbooks`). This looks at `content.xml` (OpenDocument 1.3, part 3, 9.1) beside it.
"""

from __future__ import annotations

import io
import zipfile
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from openpyxl.utils import get_column_letter

from imports.tables.marks import BROKEN, NO_VALUE, CellMarks
from imports.tables.reaches import SheetReach
from imports.tables.table import MOST_COLUMNS, MOST_ROWS

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


def marks_of(content: bytes, sheet: str) -> CellMarks:
    """Return the marks of a sheet of an .ods file that could be read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = fromstring(archive.read("content.xml"))
    table = next(element for element in document.iter(f"{_TABLE}table") if element.get(f"{_TABLE}name") == sheet)
    faults: dict[str, str] = {}
    currencies: dict[str, str] = {}
    hidden_rows: set[int] = set()
    number = 0
    for row in table.iter(f"{_TABLE}table-row"):
        repeats = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        if row.get(f"{_TABLE}visibility") in {"collapse", "filter"}:
            hidden_rows.update(range(number + 1, min(number + repeats, MOST_ROWS) + 1))
        if repeats == 1:
            _look(row, number + 1, faults, currencies)
        number += repeats
    return CellMarks(faults, currencies, frozenset(hidden_rows), SheetReach())  # `reaches` looked at all sheets before


def _look(row: Element, number: int, faults: dict[str, str], currencies: dict[str, str]) -> None:
    column = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        address = f"{get_column_letter(min(column, MOST_COLUMNS) + 1)}{number}"
        if fault := _fault_of(cell):
            faults[address] = fault
        if currency := cell.get(f"{_OFFICE}currency"):
            currencies[address] = currency
        column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))


def _fault_of(cell: Element) -> str | None:
    if cell.get(f"{_TABLE}formula") is None:
        return None
    text = "".join(cell.itertext()).strip()
    if text.startswith(("#", "Err:")):
        return BROKEN
    return NO_VALUE if not text and cell.get(f"{_OFFICE}value") is None else None
