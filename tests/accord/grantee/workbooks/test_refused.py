"""A workbook with faults is refused whole: each bad cell by its sheet, its place, its fault and the remedy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from tests.accord.grantee.conftest import Come, Grantee
from tests.accord.grantee.test_filling import plan
from tests.accord.grantee.workbooks.filling import brought, cell_beside, fetched, fetched_bytes, saved


@pytest.fixture
async def ida(come: Come, pool: asyncpg.Pool) -> AsyncIterator[Grantee]:
    """Ida, at a report with a budget: whatever she brings in a test of this file, nothing of it is saved."""
    grantee = await come()
    await plan(pool)
    yield grantee
    assert await pool.fetchval("SELECT count(*) FROM grantee.fields") == 0


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("label", "column", "value", "words"),
    [
        ("Training", 4, "=600*2", "It holds a formula, or the fault of one. Write the value itself."),
        ("Training", 4, "1.234", "“1.234” can be read as two sums. Write 1234 or 1.23."),
        ("Training", 4, 10.005, "“10.005” has too many digits. Write at most 2 after the point."),
        ("Training", 4, -5, "“-5.00” is no sum."),
        ("Training", 4, "about 600", "“about 600” is no sum."),
        ("Training", 4, True, "It holds a day, a time or another kind of value"),
        ("Training", 4, datetime(2026, 5, 1), "It holds a day, a time or another kind of value"),  # noqa: DTZ001
        ("What was done since", 4, datetime(2026, 5, 1), "It holds a day, a time"),  # noqa: DTZ001
        ("What was done since", 4, "IBAN GB82 WEST 1234 5698 7654 32", "This looks like bank details"),
        ("What was done since", 4, "turned \u202e round", "There are signs in it that turn or hide text"),
        ("What was done since", 4, "half_xD800_", "It holds a day, a time or another kind of value"),
        ("What was done since", 4, "word " * 501, "There are 501 words; at most 500 can be handed in"),
        ("Train the trainers", 4, "Nearly", "Choose one of the answers."),
        ("Train the trainers", 5, "The school was closed.", "How far is it?: this is missing."),
        ("Train the trainers", 4, "Late", "Say why in a sentence."),
        ("Train the trainers", 6, 45000, "“45000” is no day"),
        ("Librarians trained", 4, "many", "“many” is no number"),
        ("Librarians trained", 4, 1e20, "has too many digits"),
    ],
)
async def test_a_bad_cell_is_named_with_its_fault_and_the_remedy(
    ida: Grantee, label: str, column: int, value: Any, words: str
) -> None:
    book = await fetched(ida)
    cell = cell_beside(book, label, column)
    cell.value = value
    cell_beside(book, "Fuel").value = 10
    page = await brought(ida, book)
    assert page.status_code == 422
    assert "Nothing was taken from it" in page.text
    assert words in page.text
    row = {"How far": f"D{cell.row}", "Say why": f"E{cell.row}"}.get(words[:7], cell.coordinate)
    assert f"{cell.parent.title}!{row}: " in page.text


@pytest.mark.slow
async def test_all_faults_are_told_at_once_up_to_a_bound(ida: Grantee, pool: asyncpg.Pool) -> None:
    lines = [{"number": number, "what": f"Line {number}", "sum": "10.00"} for number in range(1, 61)]
    await plan(pool, lines=lines)
    book = await fetched(ida)
    for number in range(1, 61):
        cell_beside(book, f"Line {number}").value = "x"
    page = await brought(ida, book)
    assert page.text.count("“x” is no sum") == 40
    assert "There are 20 more." in page.text


async def test_a_workbook_of_another_form_is_refused_by_its_digest_and_both_are_named(ida: Grantee, come: Come) -> None:
    ole = await come(about="2")
    content = await fetched_bytes(ole)
    page = await brought(ida, content)
    assert page.status_code == 422
    assert "made of another form, or of this one before it changed" in page.text


@pytest.mark.slow
async def test_a_workbook_from_before_the_plan_changed_is_refused(ida: Grantee, pool: asyncpg.Pool) -> None:
    """Given a budget that was amended after the workbook was fetched, then its sums are not read as those of today.

    Where only the state of the matter moved, which no question is about, the workbook is read.
    """
    book = await fetched(ida)
    cell_beside(book, "Training").value = "x"
    await plan(pool, status={"stands": "Paid."}, note="Please be brief.")
    assert "“x” is no sum" in (await brought(ida, book)).text
    await plan(pool, lines=[{"number": 1, "what": "Training", "sum": "7000.00"}])
    assert "before it changed" in (await brought(ida, book)).text


@pytest.mark.slow
async def test_a_sheet_that_is_missing_hidden_or_moved_is_said(ida: Grantee) -> None:
    book = await fetched(ida)
    money = next(sheet for sheet in book.worksheets if "spent" in sheet.title.lower())
    cell_beside(book, "Training").value = 10
    money.sheet_state = "hidden"
    assert f"The sheet “{money.title}” is hidden" in (await brought(ida, book)).text
    money.sheet_state = "visible"
    row = cell_beside(book, "Training").row
    money.insert_rows(row)
    assert f"{money.title}!A{row}: Here stood “1”: rows or columns were moved" in (await brought(ida, book)).text
    del book[money.title]
    assert f"The sheet “{money.title}” is missing" in (await brought(ida, book)).text


@pytest.mark.slow
async def test_cells_that_were_merged_are_refused(ida: Grantee) -> None:
    book = await fetched(ida)
    cell = cell_beside(book, "Training")
    cell.value = 10
    cell.parent.merge_cells(start_row=cell.row, end_row=cell.row + 1, start_column=4, end_column=4)
    assert (
        f"{cell.coordinate}: It is merged with others (D{cell.row}:D{cell.row + 1})" in (await brought(ida, book)).text
    )


@pytest.mark.slow
async def test_a_mark_that_somebody_made_up_is_no_form_of_ours(ida: Grantee) -> None:
    book = await fetched(ida)
    for cell, text in {"B1": "accord.report-by-line.1", "B3": "xx", "B4": "../../etc"}.items():
        before = book["Accord"][cell].value
        book["Accord"][cell].value = text
        assert "That is no form of ours" in (await brought(ida, book)).text
        book["Accord"][cell].value = before
    del book["Accord"]
    assert "That is no form of ours" in (await brought(ida, saved(book))).text


@pytest.mark.slow
async def test_revisions_that_somebody_made_up_only_keep_both_texts(ida: Grantee, pool: asyncpg.Pool) -> None:
    """Given a hidden sheet with rubbish for each field, then what comes is a new text beside what stands."""
    await ida.put("summary", "What stands")
    book = await fetched(ida)
    for row in book["Accord"].iter_rows(min_row=6):
        row[1].value, row[2].value = "9" * 30, "x"
    cell_beside(book, "What was done since").value = "What came"
    assert "Both texts are kept" in (await brought(ida, book)).text
    await pool.execute("DELETE FROM grantee.fields")
