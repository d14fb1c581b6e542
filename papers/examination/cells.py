"""Sheets as plain cells and texts as plain lines, read in the child alone: no formula and no markup."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from encodings import cp437, utf_8_sig  # noqa: F401 - read before no file can be opened
from itertools import islice
from typing import Any, Final

from defusedxml.ElementTree import fromstring

from papers.kinds import PaperKind

MOST_ROWS, MOST_COLUMNS, MOST_LETTERS, MOST_LINES, MOST_SHEETS = 200, 30, 300, 2_000, 5
_OPEN: Final = "{{urn:oasis:names:tc:opendocument:xmlns:{}:1.0}}{}"
_TABLE, _ROW, _CELL = (_OPEN.format("table", part) for part in ("table", "table-row", "table-cell"))
_PARAGRAPHS: Final = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p",
    _OPEN.format("text", "p"),
    _OPEN.format("text", "h"),
)


def show(kind: PaperKind, content: bytes) -> bytes:
    """Return JSON: {"rows": rows of cells} of a sheet, {"lines": lines} of a text."""
    file = io.BytesIO(content)
    match kind:
        case PaperKind.XLSX:
            return _rows(_of_workbook(file))
        case PaperKind.ODS:
            return _rows(_of_open_sheet(_root(file, "content.xml")))
        case PaperKind.CSV:
            return _rows(_separated(_decoded(content)))
        case PaperKind.DOCX:
            return _lines(_paragraphs(_root(file, "word/document.xml")))
        case PaperKind.ODT:
            return _lines(_paragraphs(_root(file, "content.xml")))
        case _:
            return _lines(_decoded(content).splitlines())


def _of_workbook(file: io.BytesIO) -> Iterator[Sequence[Any]]:
    """Yield the cells of the first sheets as they were calculated last, each sheet after its name."""
    from openpyxl.reader.excel import load_workbook  # the child has read it already, where a workbook is shown

    book = load_workbook(file, read_only=True, data_only=True)
    for sheet in book.worksheets[:MOST_SHEETS]:
        yield [sheet.title]
        yield from islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ROWS)


def _separated(text: str) -> Iterable[Sequence[str]]:
    """Return the rows of a CSV file, by the separator that its first line has most of."""
    first = text.partition("\n")[0]
    return csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))


def _of_open_sheet(root: Any) -> Iterator[Sequence[str]]:
    for row in root.iter(_ROW):
        yield ["".join(cell.itertext()) for cell in islice(row.iter(_CELL), MOST_COLUMNS)]


def _paragraphs(root: Any) -> Iterator[str]:
    return ("".join(node.itertext()) for node in root.iter() if node.tag in _PARAGRAPHS)


def _root(file: io.BytesIO, part: str) -> Any:
    with zipfile.ZipFile(file) as archive:
        return fromstring(archive.read(part))


def _decoded(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")


def _rows(rows: Iterable[Iterable[Any]]) -> bytes:
    return json.dumps({"rows": [_cells(row) for row in islice(rows, MOST_ROWS)]}).encode()


def _cells(row: Iterable[Any]) -> list[str]:
    """Return the cells of a row as text, up to the last that holds any."""
    cells = ["" if cell is None else str(cell)[:MOST_LETTERS] for cell in islice(row, MOST_COLUMNS)]
    while cells and not cells[-1]:
        del cells[-1]
    return cells


def _lines(lines: Iterable[str]) -> bytes:
    return json.dumps({"lines": [line[:MOST_LETTERS] for line in islice(lines, MOST_LINES)]}).encode()
