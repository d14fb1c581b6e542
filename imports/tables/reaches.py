"""The reach of a sheet's cells, looked at before a library unfolds them: one far away takes the room of all between.

A sheet's XML is read in pieces beside the library, as its marks are (`marks`, `open_document`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse
from openpyxl.utils import column_index_from_string

from imports.tables.table import MOST_COLUMNS, MOST_ROWS, TableFault

_ADDRESS: Final = re.compile(r"([A-Za-z]*)([0-9]*)")
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_FILLED: Final = (_OFFICE, f"{_TABLE}formula")


class SheetReach(NamedTuple):
    """The last row and the last column in which a cell holds something."""

    rows: int = 0
    columns: int = 0

    def to(self, row: int, column: int) -> SheetReach:
        """Return the reach with one cell more."""
        return SheetReach(max(self.rows, row), max(self.columns, column))


def require_room(name: str, reach: SheetReach) -> None:
    """Raise TableFault if the cells up to a reach are more than any table has."""
    if reach.rows * reach.columns > MOST_ROWS * MOST_COLUMNS:
        place = f"row {reach.rows:,} and column {reach.columns:,}"
        raise TableFault(f"{name} has a sheet with cells up to {place}; remove those far from the table")


def reach_with(reach: SheetReach, row: Element, number: int) -> SheetReach:
    """Return the reach with a row of an .xlsx sheet. A cell without an address stands behind the one before it."""
    column = 0
    for cell in row:
        match = _ADDRESS.match(cell.get("r", ""))
        letters, digits = match.groups() if match else ("", "")
        column = column_index_from_string(letters.upper()) if letters else column + 1
        if len(cell):
            reach = reach.to(int(digits or number), column)
    return reach


def reaches_of_document(content: bytes) -> Iterator[SheetReach]:
    """Yield the reach of each sheet of an .ods file, in which one cell or row may stand for a million."""
    number, depth, reach = 0, 0, SheetReach()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as part:
        for event, element in iterparse(part, events=("start", "end")):
            if element.tag == f"{_TABLE}table":
                depth += 1 if event == "start" else -1
                if depth == 0:
                    yield reach
                    number, reach = 0, SheetReach()
            elif element.tag == f"{_TABLE}table-row" and event == "end":
                number += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                width = _width(element)
                reach = reach.to(number, width) if width else reach
                element.clear()


def _width(row: Element) -> int:
    """Return the last column in which a cell of a row holds something, or 0."""
    column = width = 0
    for cell in row:
        column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        if len(cell) or any(name.startswith(_FILLED) for name in cell.attrib):
            width = column
    return width
