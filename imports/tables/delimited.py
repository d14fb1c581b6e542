"""A CSV as a table. Its signs are UTF-8, unless the mapping says otherwise: nobody guesses a name's letters."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from imports.tables.table import LAST_LINE, MOST_COLUMNS, MOST_ROWS, SourceRow, Table, TableCell, TableFault

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(name: str, content: bytes, delimiter: str, encoding: str | None, headings_in: int) -> Table:
    """Return the rows of a CSV.

    Raises:
        TableFault: It is no CSV in that encoding, has no headings or no rows, or a row has too many or too few cells.
    """
    lines = _lines(name, _decoded(name, content, encoding), delimiter)
    above = [next(lines, (0, [])) for _ in range(headings_in)]
    headings = tuple(cell.strip() for cell in above[-1][1])
    if not any(headings):
        raise TableFault(f"{name}: row {headings_in} holds no headings; give `headings_in`, the number of their row")
    if len(headings) == 1:
        raise TableFault(
            f"{name}: row {headings_in} is one column with the delimiter {delimiter!r}: {headings[0][:60]}; "
            "give `delimiter` in the mapping"
        )
    if len(headings) > MOST_COLUMNS:
        raise TableFault(f"{name} has {len(headings)} columns, and {MOST_COLUMNS} is the most; remove the empty ones")
    return Table("", headings, tuple(_rows(name, headings, lines)))


def _decoded(name: str, content: bytes, encoding: str | None) -> str:
    if content.startswith(_UTF_16):
        raise TableFault(f"{name} is in UTF-16 by its first bytes; save it as CSV in UTF-8")
    if content.startswith(codecs.BOM_UTF8) and encoding == "cp1252":
        raise TableFault(f"{name} is in UTF-8 by its first bytes, and the mapping says cp1252; leave `encoding` out")
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode(encoding or "utf-8")
    except UnicodeDecodeError as fault:
        line, byte = content.count(b"\n", 0, fault.start) + 1, content[fault.start]
        remedy = "save it in UTF-8" + ("" if encoding else ', or give `encoding = "cp1252"` if it is of Windows')
        raise TableFault(
            f"{name}: line {line}: the byte {byte:#04x} is not of {encoding or 'UTF-8'}; {remedy}"
        ) from None


def _lines(name: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise TableFault(f"{name}: line {reader.line_num}: it is no CSV ({fault}); export it again") from None


def _rows(name: str, headings: tuple[str, ...], lines: Iterator[tuple[int, list[str]]]) -> Iterator[SourceRow]:
    filled_lines = ((number, cells) for number, cells in lines if any(cell.strip() for cell in cells))
    for count, (number, cells) in enumerate(filled_lines, 1):
        if count > MOST_ROWS:
            raise TableFault(f"{name} has more than {MOST_ROWS:,} rows; bring it in in parts")
        if number > LAST_LINE:
            raise TableFault(f"{name} has a row on line {number:,}; remove the empty lines above it")
        if len(cells) != len(headings):
            words = f"line {number} has {len(cells)} cells, and {len(headings)} headings stand above it"
            raise TableFault(f"{name}: {words}; a cell holds the delimiter, or the row was cut off: export it again")
        named_cells = zip(headings, cells, strict=True)
        yield SourceRow(
            number, {heading: TableCell(f"line {number}, {heading}", cell or None) for heading, cell in named_cells}
        )
