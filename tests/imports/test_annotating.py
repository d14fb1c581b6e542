"""The workbook that was sent comes back with what was found in it."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import load_workbook

from imports.annotating import SHEET, annotated
from imports.checking import check_table
from tests.imports.grants import HEADINGS, book_of, mapping, numbered, saved
from tests.imports.sheets import changed


def back(name: str, content: bytes, by: Any) -> Any:
    """Return the annotated workbook of a file, opened."""
    plan = check_table(name, content, by, {}, frozenset())
    return load_workbook(io.BytesIO(annotated(name, content, plan)))


def test_each_fault_stands_at_its_cell() -> None:
    """Given a workbook with two faults, then each is a comment at its cell, and the rest of it is as it was sent."""
    book = book_of(numbered([{}, {"Country": "UK", "EIN": "12345"}]))
    sheet: Any = book.active
    sheet["A1"].number_format = "@"
    sheet["Z9"] = "a note of the house"
    written = back("grants.xlsx", saved(book), mapping())["Grants"]
    comments = {cell.coordinate: cell.comment.text for row in written.iter_rows() for cell in row if cell.comment}
    assert sorted(comments) == ["D3", "F3"]
    assert "write GB" in comments["D3"]
    assert (written["Z9"].value, written["A3"].value) == ("a note of the house", "G-2")


def test_a_second_check_forgets_what_the_first_wrote() -> None:
    """Given a workbook that came back and was mended, then what was mended bears no comment any more."""
    first = back("grants.xlsx", saved(book_of(numbered([{"Country": "UK"}]))), mapping())
    first["Grants"]["D2"].value = "GB"
    second = back("grants.xlsx", saved(first), mapping(sheet="Grants"))
    assert second["Grants"]["D2"].comment is None
    assert second.sheetnames == ["Grants", SHEET]
    assert [cell.value for cell in second[SHEET][2]][:4] == ["2", "G-1", "NEW", "P-2026-5001"]


def test_merged_cells_are_told_at_their_first() -> None:
    """Given merged cells, then what is wrong with each stands at the one that shows."""
    book = book_of(numbered([{}, {}]))
    sheet: Any = book.active
    sheet.merge_cells("C2:C3")
    written = back("grants.xlsx", saved(book), mapping())["Grants"]
    assert written["C2"].comment.text.count("merged") == 2


def test_of_a_csv_a_workbook_comes_back() -> None:
    """Given a CSV with a fault, then a workbook with the same cells comes back, and no text in it is a formula."""
    line = ["G-1", "Skills for rivers", "=cmd|' /C calc'!A0", "US", *[""] * (len(HEADINGS) - 4)]
    content = "\n".join(";".join(cells) for cells in (HEADINGS, line)).encode()
    written = back("grants.csv", content, mapping(delimiter=";"))["Table"]
    assert "formula as text" in written["C2"].comment.text
    assert written["C2"].data_type == "s"


def test_what_a_csv_holds_beside_its_rows_is_text_in_the_workbook_too() -> None:
    """Given a heading that begins a formula and a sign that no workbook holds, then both come back as harmless text."""
    headings = (*HEADINGS, '=HYPERLINK("https://x.example/"&A2)')
    line = ["G-1", "Skills for rivers", "River\x07bend\ufffe", "US", *[""] * (len(headings) - 4)]
    content = io.StringIO(newline="")
    csv.writer(content, delimiter=";").writerows([headings, line])
    written = back("grants.csv", content.getvalue().encode(), mapping(delimiter=";"))["Table"]
    assert {cell.data_type for cell in written[1]} == {"s"}
    assert (written["C2"].value, "U+0007" in written["C2"].comment.text) == ("River\ufffdbend\ufffd", True)


def test_of_a_workbook_whose_forms_cannot_be_read_a_copy_of_its_cells_comes_back() -> None:
    """Given a workbook with values that can be read and styles that cannot, then its faults stand in a copy of it."""
    content = saved(book_of(numbered([{"Country": "UK"}])))
    broken = changed(content, "xl/styles.xml", lambda styles: styles.replace(b'fontId="0"', b'fontId="x"'))
    written = back("grants.xlsx", broken, mapping())["Table"]
    assert (written["A2"].value, "write GB" in written["D2"].comment.text) == ("G-1", True)
