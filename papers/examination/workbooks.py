"""The cells of a form that came back filled, read in the child alone: nothing in it is worked out or followed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from encodings import cp437  # noqa: F401 - names in archives are read by it, once no file can be opened any more
from typing import Any, Final

from defusedxml.ElementTree import iterparse
from openpyxl import DEFUSEDXML
from openpyxl.reader.excel import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape

from papers.examination import archives

UNPACKED_LIMIT: Final = 16 * 1024 * 1024
"""Bytes that a form may have once it is unpacked: its directory says so before anything is."""
MOST_PARTS: Final = 500
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_MERGED = 60, 2_000, 80, 20_000, 200
MOST_TEXT: Final = 2 * 1024 * 1024
"""Letters of all cells together."""
_LINKS: Final = "externallinks/"

if not DEFUSEDXML:
    raise ImportError("workbooks are read with defusedxml alone")


class _TooLarge(Exception):
    """It is larger than any form."""


def cells_in(content: bytes) -> bytes:
    """Return JSON: {"fault": "", "sheets": [{"title", "hidden", "merged", "cells": [[row, column, kind, text]]}]}.

    `kind` is that of a cell: t (text), n (number), d (day), b (yes or no), x (a formula, or its fault) or o (another).
    `fault` is why nothing is read: BROKEN, LARGE, MACRO or LINKS.
    """
    try:
        fault = _fault_of(content)
        sheets = [] if fault else list(_sheets(content))
    except _TooLarge:
        fault, sheets = "LARGE", []
    except Exception:  # whatever breaks a reader, nothing of it is taken
        fault, sheets = "BROKEN", []
    return json.dumps({"fault": fault, "sheets": sheets}).encode()


def _fault_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise _TooLarge
    look = archives.look(content)
    if look.failed or look.active:
        return "BROKEN" if look.failed else "MACRO"
    return "LINKS" if any(_LINKS in entry.filename.lower() for entry in entries) else ""


def _sheets(content: bytes) -> Iterator[dict[str, Any]]:
    book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    if len(book.worksheets) > MOST_SHEETS:
        raise _TooLarge
    count = letters = 0
    for sheet in book.worksheets:
        cells = []
        for cell in _cells(sheet):
            cells.append(cell)
            count, letters = count + 1, letters + len(cell[3])
            if count > MOST_CELLS or letters > MOST_TEXT:
                raise _TooLarge
        hidden = sheet.sheet_state != "visible"
        yield {"title": sheet.title, "hidden": hidden, "merged": list(_merged(book, sheet)), "cells": cells}


def _cells(sheet: Any) -> Iterator[tuple[int, int, str, str]]:
    """Yield the cells that hold anything. What a sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    for row, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        if row > MOST_ROWS:
            raise _TooLarge
        for column, cell in enumerate(cells, 1):
            if cell.value is not None:
                yield row, column, *_typed(cell)


def _typed(cell: Any) -> tuple[str, str]:
    if cell.data_type in {"f", "e"}:
        return "x", ""
    match cell.value:
        case bool(value):
            return "b", "1" if value else ""
        case str(value):
            return _text(unescape(value))
        case int() | float() as value:
            return "n", repr(value)
        case datetime() as value:
            return ("d", value.date().isoformat()) if value.time() == time() else ("o", value.isoformat())
        case date() as value:
            return "d", value.isoformat()
        case value:
            return "o", str(value)


def _text(text: str) -> tuple[str, str]:
    """Return a text, unless its escapes make signs that are none (half of a pair, as `_xD800_` does)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "o", ""
    return "t", text


def _merged(book: Any, sheet: Any) -> Iterator[list[Any]]:
    """Yield the merged ranges of a sheet: each such as B2:C4, with its first column and row and its last."""
    count = 0
    with book._archive.open(sheet._worksheet_path) as part:
        for _, element in iterparse(part):
            if element.tag.endswith("}mergeCell"):
                count += 1
                if count > MOST_MERGED:
                    raise _TooLarge
                words = str(element.get("ref", ""))
                yield [words, *range_boundaries(words)]
            element.clear()
