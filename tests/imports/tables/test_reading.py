"""Files that are no tables of partnerships are refused in one sentence: the place, the fault, the remedy."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from imports.tables import delimited
from imports.tables.reading import read_table
from imports.tables.table import LARGEST_FILE, TableFault
from tests.imports.grants import HEADINGS, book_of, mapping, numbered, saved

LINE = ";".join(HEADINGS)


def two_sheets() -> bytes:
    """Return a workbook with two sheets that are shown."""
    book = book_of(numbered([{}]))
    book.create_sheet("Other")
    return saved(book)


def bomb() -> bytes:
    """Return a small file whose directory says that it unpacks to more than any workbook."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/media/{number}", bytes(1000))
        for entry in archive.infolist():
            entry.file_size = 90_000_000
    return written.getvalue()


def without_rows() -> bytes:
    """Return a workbook with headings alone."""
    return saved(book_of([]))


def with_twice(heading: str) -> bytes:
    """Return a workbook in which a heading stands twice."""
    book = book_of(numbered([{}]))
    sheet: Any = book.active
    sheet.cell(1, len(HEADINGS) + 1, heading)
    return saved(book)


FILES: tuple[tuple[str, str, Any, str], ...] = (
    ("no workbook", "grants.xlsx", b"Ref,Title\n", "is no workbook; save it as .xlsx"),
    ("an encrypted workbook", "grants.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "without a password"),
    ("another archive", "grants.xlsx", bomb, "remove pictures"),
    ("a workbook of another form", "grants.xls", b"", "is none of .xlsx, .ods, .csv"),
    ("a broken workbook", "grants.xlsx", lambda: saved(Workbook())[:-40], "is no workbook"),
    ("two sheets", "grants.xlsx", two_sheets, "has 2 sheets; name one in the mapping"),
    ("no rows", "grants.xlsx", without_rows, "has no row under its headings"),
    ("a heading twice", "grants.xlsx", lambda: with_twice("Amount"), "has 2 columns 'Amount'"),
    ("an empty workbook", "grants.xlsx", lambda: saved(Workbook()), "holds no headings"),
    ("an empty file", "grants.csv", b"", "holds no headings"),
    ("another delimiter", "grants.csv", LINE.replace(";", "\t").encode(), "is one column with the delimiter ';'"),
    ("UTF-16", "grants.csv", LINE.encode("utf-16"), "is in UTF-16"),
    ("Windows letters", "grants.csv", f"{LINE}\nG-1;Fähre".encode("cp1252"), 'encoding = "cp1252"'),
    ("a row too short", "grants.csv", f"{LINE}\nG-1;Skills".encode(), "line 2 has 2 cells, and 23 headings"),
    ("a quote left open", "grants.csv", f'{LINE}\n"G-1;Skills'.encode(), "it is no CSV"),
    ("a missing column", "grants.csv", b"Ref;Title\nG-1;Skills", "lacks the column 'Organisation'"),
    ("a huge file", "grants.csv", lambda: bytes(LARGEST_FILE + 1), "bring it in in parts"),
)


@pytest.mark.parametrize(("name", "content", "words"), [file[1:] for file in FILES], ids=[file[0] for file in FILES])
def test_a_file_that_is_no_table_is_refused(name: str, content: Any, words: str) -> None:
    """Given a file that is no table by its mapping, then one sentence says its name, the fault and the remedy."""
    by = mapping(delimiter=";")
    with pytest.raises(TableFault) as refused:
        read_table(name, content() if callable(content) else content, by)
    assert words in str(refused.value)
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


def test_a_row_far_below_the_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a CSV with a row on a line that no sheet has, then it is refused: nothing could be told beside it."""
    monkeypatch.setattr(delimited, "LAST_LINE", 3)
    line = ";".join("x" for _ in HEADINGS)
    with pytest.raises(TableFault, match="has a row on line 4; remove the empty lines"):
        read_table("grants.csv", f"{LINE}\n{line}\n\n{line}".encode(), mapping(delimiter=";"))


def test_a_sheet_that_is_not_there_is_named_with_those_that_are() -> None:
    """Given a mapping that names a sheet which is not there, then the sheets that are there are told."""
    with pytest.raises(TableFault, match=r"has no sheet 'Archive'.*Grants"):
        read_table("grants.xlsx", two_sheets(), mapping(sheet="Archive"))


def test_dates_since_1904_are_the_days_that_the_sheet_shows() -> None:
    """Given a workbook that counts days from 1904, then its days are those that it shows."""
    book = book_of(numbered([{}]))
    book.epoch = CALENDAR_MAC_1904
    table = read_table("grants.xlsx", saved(book), mapping())
    assert str(table.rows[0].cells["Signed"].value) == "2024-02-01"
