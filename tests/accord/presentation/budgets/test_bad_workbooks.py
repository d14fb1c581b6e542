"""Files that are no form, or are made to harm: each is refused in a sentence, quickly, and nothing of it is read."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator

import pytest
from openpyxl import Workbook, load_workbook

from accord.presentation.budgets.report_form import SHEET, report_form
from accord.presentation.budgets.report_reading import filled_report
from accord.presentation.budgets.template import budget_template
from accord.presentation.budgets.template_reading import filled_budget
from accord.presentation.faults import BadInput
from tests.budgets import budgeted
from tests.domain.partnership import specification as s

Repacked = Callable[[str, bytes], bytes | None]


@pytest.fixture(name="paid", scope="module")
def fixture_paid() -> s.Story:
    """A grant with a budget, paid."""
    return s.paid(**budgeted())


def told(paid: s.Story, content: bytes) -> str:
    """The answer to a file, as the form of a report and as the budget of a proposal alike."""
    with pytest.raises(BadInput) as fault:
        filled_report("form.xlsx", content, paid.partnership)
    with pytest.raises(BadInput):
        filled_budget("form.xlsx", content, "USD")
    return str(fault.value)


def repacked(content: bytes, change: Repacked, name: str = "") -> bytes:
    """A workbook with each of its parts changed, and with one that is only named, if a name is given."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.namelist():
            if (new := change(part, parts.read(part))) is not None:
                archive.writestr(part, new)
        if name:
            archive.writestr(name, "nothing")
    return file.getvalue()


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_what_is_no_workbook_is_refused(paid: s.Story) -> None:
    """Given an old .xls, a table or a picture under another name, or half a file, then it is no workbook."""
    whole = report_form(paid.partnership)
    for content in (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
        b"line;spent\n1;600,00\n",
        b"\x89PNG\r\n\x1a\n",
        b"",
        whole[: len(whole) // 2],
    ):
        assert told(paid, content) == "form.xlsx is no workbook; save it as .xlsx"


def test_a_file_without_its_parts_or_with_broken_ones_is_refused(paid: s.Story) -> None:
    whole = report_form(paid.partnership)
    for part in ("xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        left_out = repacked(whole, lambda name, content, gone=part: None if name == gone else content)
        assert "form.xlsx is no" in told(paid, left_out)
        broken = repacked(whole, lambda name, content, at=part: content[:40] if name == at else content)
        assert "form.xlsx is no" in told(paid, broken)


def test_entities_that_grow_are_not_read(paid: s.Story) -> None:
    """Given a sheet that declares an entity of entities, then it is refused before one is put in."""
    lol = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def change(part: str, content: bytes) -> bytes:
        return content.replace(b"<worksheet", lol.encode() + b"<worksheet", 1) if "sheet1" in part else content

    assert told(paid, repacked(report_form(paid.partnership), change)) == (
        "form.xlsx is no workbook that can be read (Unable to read workbook: could not read worksheets from None); "
        "save it as .xlsx anew"
    )


@pytest.mark.slow
def test_a_million_rows_are_not_walked(paid: s.Story) -> None:
    """Given a cell in row 1,048,576, or so many rows with nothing in them, then the sheet has too many rows."""
    book = load_workbook(io.BytesIO(report_form(paid.partnership)))
    book[SHEET]["A1048576"] = "the end"
    assert "the sheet Report has more than 2,000 rows; remove the empty ones" in told(paid, saved(book))
    many = Workbook(write_only=True)
    sheet = many.create_sheet(SHEET)
    for _ in range(60_000):
        sheet.append([1])
    assert "has more than 2,000 rows" in told(paid, saved(many))


def test_a_bomb_says_so_in_its_directory(paid: s.Story) -> None:
    def swollen(part: str, content: bytes) -> bytes:
        return content + b" " * 40_000_000 if "sheet1" in part else content

    bomb = repacked(report_form(paid.partnership), swollen)
    assert len(bomb) < 100_000
    assert "bytes, which no form has; remove pictures and empty rows" in told(paid, bomb)


def test_a_bomb_that_hides_its_size_is_not_unpacked(paid: s.Story) -> None:
    """Given a directory that calls a part small, then no more than that is unpacked, and the part is broken."""

    def swollen(part: str, content: bytes) -> bytes:
        return content + b" " * 3_000_000 if "sheet1" in part else content

    content = repacked(report_form(paid.partnership), swollen)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sizes = [entry.file_size for entry in archive.infolist() if "sheet1" in entry.filename]
    lying = content.replace(sizes[0].to_bytes(4, "little"), (2_000).to_bytes(4, "little"))
    assert "form.xlsx is no workbook that can be read" in told(paid, lying)


def test_a_link_to_another_file_is_a_formula_and_is_never_followed(paid: s.Story) -> None:
    book = load_workbook(io.BytesIO(report_form(paid.partnership)))
    book[SHEET]["G15"] = "=[1]Sheet1!A1"
    words = told(paid, repacked(saved(book), lambda _, old: old, "xl/externalLinks/externalLink1.xml"))
    assert "Report!G15: it holds a formula" in words


@pytest.mark.slow
def test_a_hidden_sheet_is_not_read_behind_somebodys_back(paid: s.Story) -> None:
    for state in ("hidden", "veryHidden"):
        book = load_workbook(io.BytesIO(report_form(paid.partnership)))
        book.create_sheet("Front")
        book.active = 3
        book[SHEET].sheet_state = state
        with pytest.raises(BadInput, match="Report: the sheet is hidden; show it, so that you see what is read"):
            filled_report("form.xlsx", saved(book), paid.partnership)


def broken(content: bytes, count: int) -> Iterator[bytes]:
    """The same file with some bytes changed, so many times, from one seed."""
    chance = random.Random(38)  # noqa: S311 - a drill, not a secret
    for _ in range(count):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        yield bytes(damaged)


@pytest.mark.slow
def test_a_file_that_was_damaged_on_its_way_is_read_or_refused(paid: s.Story) -> None:
    """Given any bytes changed, then either nothing of it mattered, or a sentence says what is wrong."""
    refused = 0
    for content in broken(report_form(paid.partnership), 150):
        try:
            filled_report("form.xlsx", content, paid.partnership)
        except BadInput as fault:
            refused += str(fault).startswith("form.xlsx ")
    for content in broken(budget_template(), 50):
        with pytest.raises(BadInput, match=r"form\.xlsx "):
            filled_budget("form.xlsx", content, "USD")
    assert refused > 0
