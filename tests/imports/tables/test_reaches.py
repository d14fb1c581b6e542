"""A small file whose cells stand for more than a table has is refused before anything of it is unfolded.

The library that reads values asks for the room of all cells between the first and the last, and ends the process where
there is none: one file would end the console for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from imports.checking import check_table
from imports.tables.reading import read_table
from imports.tables.table import TableFault
from tests.imports.grants import HEADINGS, ROW, book_of, mapping, numbered, saved
from tests.imports.sheets import changed, open_document

CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'


def excel(change: Callable[[bytes], bytes]) -> bytes:
    """Return an .xlsx file whose sheet is changed by hand."""
    return changed(saved(book_of(numbered([{}]))), "xl/worksheets/sheet1.xml", change)


def document(rows: str, entity: str = "") -> bytes:
    """Return an .ods file with these rows in place of its own."""

    def with_rows(content: bytes) -> bytes:
        text = re.sub(r"<table:table-row>.*</table:table-row>", rows, content.decode())
        return text.replace("?>", f"?>{entity}", 1).encode()

    return changed(open_document([["Ref"]]), "content.xml", with_rows)


def row(cells: str, times: int = 1) -> str:
    """Return a row of an .ods sheet that stands for so many."""
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def wide(times: int) -> str:
    """Return a cell of an .ods sheet that stands for so many."""
    return CELL.format(f' table:number-columns-repeated="{times}"')


FAR = (
    ("a cell far away", "g.xlsx", excel(lambda sheet: sheet.replace(b'r="W2"', b'r="XFD1048576"')), "row 1,048,576"),
    ("a row far away", "g.xlsx", excel(lambda sheet: re.sub(rb' r="([A-W])?2"', b' r="1048576"', sheet)), "1,048,576"),
    ("wide and long", "g.ods", document(row(wide(100), 1_000_000)), "row 1,000,000 and column 100"),
    ("wide and long by two rows", "g.ods", document(row(wide(16_000)) + row(wide(1), 900_000)), "column 16,000"),
    ("a billion columns", "g.ods", document(row(wide(1_000_000_000))), "column 1,000,000,000"),
    ("entities", "g.ods", document(row(wide(1)), '<!DOCTYPE x [<!ENTITY a "b">]>'), "is no workbook that can be read"),
)


@pytest.mark.parametrize(("name", "content", "words"), [file[1:] for file in FAR], ids=[file[0] for file in FAR])
def test_a_file_that_unfolds_to_more_than_a_table_is_refused(name: str, content: bytes, words: str) -> None:
    """Given a file of some kilobytes whose cells stand for millions, then one sentence says where they are."""
    assert len(content) < 10_000
    with pytest.raises(TableFault, match=re.escape(words)) as refused:
        read_table(name, content, mapping())
    assert str(refused.value).startswith(name)


def test_empty_cells_far_away_are_no_part_of_a_table() -> None:
    """Given the empty rows and columns that a spreadsheet writes below and beside a table, then it is read as it is."""
    empty = row('<table:table-cell table:number-columns-repeated="16384"/>', 1_048_000)
    content = open_document([HEADINGS, [ROW[heading] for heading in HEADINGS]])
    end = f"{empty}</table:table>".encode()
    padded = changed(content, "content.xml", lambda text: text.replace(b"</table:table>", end))
    assert len(read_table("g.ods", padded, mapping()).rows) == 1


def test_a_number_that_is_none_is_no_sum() -> None:
    """Given an .ods file that calls NaN a number, then its cell is refused as any other that holds no sum."""
    content = open_document([HEADINGS, [{**ROW, "Amount": float("nan")}[heading] for heading in HEADINGS]])
    [refused] = check_table("g.ods", content, mapping(), {}, frozenset()).rows
    assert [(fault.place, fault.field) for fault in refused.faults] == [("H2", "agreed")]
