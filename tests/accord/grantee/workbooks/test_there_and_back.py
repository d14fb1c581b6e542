"""A form goes out as a workbook and comes back filled: its answers are those that were typed, and hand nothing in."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import asyncpg
import pytest
from openpyxl import load_workbook

from accord.grantee.words import TABLES, DoorWords
from domain.submissions.kinds import DoorForm
from tests.accord.grantee.conftest import Come, Grantee
from tests.accord.grantee.test_filling import edition, plan
from tests.accord.grantee.workbooks.filling import brought, cell_beside, fetched, fetched_bytes, saved


@pytest.fixture
async def ida(come: Come, pool: asyncpg.Pool) -> Grantee:
    """Ida, at a report with a budget, a work plan and an indicator."""
    grantee = await come()
    await plan(pool)
    return grantee


async def test_a_filled_workbook_fills_the_form_and_hands_nothing_in(ida: Grantee, pool: asyncpg.Pool) -> None:
    """Given a narrative, sums, a work plan and an indicator in cells, then each stands in the form as if typed."""
    book = await fetched(ida)
    cell_beside(book, "What was done since").value = "Eleven courses were held.\nTwo in Luo."
    cell_beside(book, "Training").value = 1500
    cell_beside(book, "Fuel").value = 2480.5
    cell_beside(book, "Fuel", 5).value = "Diesel rose."
    cell_beside(book, "Train the trainers").value = "Late"
    cell_beside(book, "Train the trainers", 5).value = "The school was closed."
    cell_beside(book, "Train the trainers", 6).value = datetime(2026, 9, 30)  # noqa: DTZ001 - a day in a cell
    cell_beside(book, "Librarians trained").value = 38
    page = await brought(ida, book)
    assert page.status_code == 200, page.text
    assert "Answers that were filled in: 5" in page.text
    checked = (await ida.get("check")).text
    for words in ("Eleven courses were held.", "USD 1,500.00", "USD 2,480.50", "Diesel rose.", "30 September 2026"):
        assert words in checked
    assert "38" in (await ida.get("page/results")).text
    assert await pool.fetchval("SELECT count(*) FROM grantee.submissions") == 0


@pytest.mark.slow
async def test_what_was_filled_in_by_a_workbook_is_handed_in_with_a_code_like_anything_else(ida: Grantee) -> None:
    book = await fetched(ida)
    cell_beside(book, "What was done since").value = "Eleven courses were held."
    cell_beside(book, "Training").value = 6000
    cell_beside(book, "Fuel").value = 2000
    cell_beside(book, "Train the trainers").value = "Done"
    cell_beside(book, "Librarians trained").value = 40
    await brought(ida, book)
    assert (await ida.hand_in()).headers["location"] == f"{ida.home}/done"


async def test_a_workbook_holds_what_was_written_and_coming_back_untouched_changes_nothing(
    ida: Grantee, pool: asyncpg.Pool
) -> None:
    await ida.put("summary", "=cmd|'/C calc'!A0")
    await ida.put("lines.1", {"spent": "1,500", "reason": "As planned"})
    await ida.put("milestones.1", {"state": "DONE"})
    content = await fetched_bytes(ida)
    book = load_workbook(io.BytesIO(content))
    assert cell_beside(book, "What was done since").data_type == "s", "text, and no formula"
    assert [cell_beside(book, "Training", column).value for column in (4, 5)] == ["1,500", "As planned"]
    assert cell_beside(book, "Train the trainers").value == "Done"
    before = await pool.fetchval("SELECT max(revision) FROM grantee.fields")
    assert "nothing was changed" in (await brought(ida, content)).text
    assert await pool.fetchval("SELECT max(revision) FROM grantee.fields") == before


@pytest.mark.slow
async def test_an_answer_that_another_wrote_meanwhile_is_kept_beside_it(ida: Grantee, come: Come) -> None:
    """Given a text that was typed after the workbook was fetched, when it comes back, then both stand until chosen."""
    book = await fetched(ida)
    ole = await come(secret=ida.secret)
    await ole.put("summary", "Ole's words")
    cell_beside(book, "What was done since").value = "Ida's words"
    assert "Both texts are kept" in (await brought(ida, book)).text
    page = (await ida.get("page/summary")).text
    assert "Ida&#39;s words" in page
    assert "Ole&#39;s words" in page


@pytest.mark.slow
async def test_what_others_wrote_elsewhere_stays_where_the_workbook_is_silent(ida: Grantee, come: Come) -> None:
    book = await fetched(ida)
    await (await come(secret=ida.secret)).put("summary", "Ole's words")
    cell_beside(book, "Training").value = 10
    await brought(ida, book)
    page = (await ida.get("page/summary")).text
    assert "Ole&#39;s words" in page
    assert "Two texts" not in page


@pytest.mark.slow
async def test_a_copy_that_comes_again_replaces_what_it_brought_and_nothing_else(ida: Grantee, come: Come) -> None:
    """Given a copy that came, when it is corrected and comes again, then its own texts are replaced, without a choice.

    Where somebody wrote over one of them meanwhile, theirs stands as long as the copy does not change that text.
    """
    book = await fetched(ida)
    cell_beside(book, "What was done since").value = "Ten courses"
    cell_beside(book, "Training").value = 10
    await brought(ida, book)
    cell_beside(book, "Training").value = 20
    assert "filled in: 1" in (await brought(ida, book)).text
    assert "Two texts" not in (await ida.get("page/money")).text
    await (await come(secret=ida.secret)).put("summary", "Eleven courses", await revision(ida, "summary"))
    cell_beside(book, "Training").value = 30
    assert "filled in: 1" in (await brought(ida, book)).text
    page = (await ida.get("page/summary")).text
    assert "Eleven courses" in page
    assert "Two texts" not in page
    cell_beside(book, "What was done since").value = "Nine courses"
    assert "Both texts are kept" in (await brought(ida, book)).text


async def revision(grantee: Grantee, field: str) -> int:
    page = (await grantee.get(f"page/{field}")).text
    return int(page.partition(f'name="base:{field}" value="')[2].partition('"')[0])


@pytest.mark.slow
async def test_an_answer_that_was_emptied_in_a_cell_is_emptied(ida: Grantee) -> None:
    await ida.put("summary", "Too early to say")
    book = await fetched(ida)
    cell_beside(book, "What was done since").value = None
    assert "filled in: 1" in (await brought(ida, book)).text
    assert "Too early to say" not in (await ida.get("page/summary")).text


@pytest.mark.slow
@pytest.mark.parametrize("language", TABLES)
async def test_it_speaks_the_language_of_its_pages_and_comes_back_in_any(
    language: str, come: Come, pool: asyncpg.Pool
) -> None:
    """Given a workbook in a language, when it comes back while pages speak another, then it is read."""
    ida, words = await come(language=language), DoorWords(language)
    await plan(pool)
    page = (await ida.get("workbook")).text
    assert words("workbook.download") in page.replace("&#39;", "'")
    book = await fetched(ida)
    assert words("workbook.guide") in str(book.worksheets[0]["A2"].value)
    cell_beside(book, "Train the trainers").value = words("state.DONE")
    cell_beside(book, "Training").value = 1234.5
    await ida.post("language", {"in": "fr" if language != "fr" else "en", "back": f"{ida.home}/workbook"})
    assert (await brought(ida, book)).status_code == 200, ida.page.text
    assert "1234.50" in (await ida.get("page/money")).text
    assert 'value="DONE" id="f-milestones-1-state" checked' in (await ida.get("page/workplan")).text


@pytest.mark.slow
async def test_a_question_set_comes_back_in_every_format(come: Come, pool: asyncpg.Pool) -> None:
    """Given rows that the grantee adds, choices, a period and a condition, then each is an answer of the form."""
    ida = await come(edition=await edition(pool))
    book = await fetched(ida)
    sheet = book.worksheets[0]
    rows = {str(row[1].value): row for row in sheet.iter_rows(min_row=4) if row[1].value}
    people = next(row for row in sheet.iter_rows(min_row=4) if str(row[0].value) == "1")
    for cell, text in zip(people[3:], ("Ida Holm", "Director", "ida@library.example"), strict=False):
        cell.value = text
    answers: dict[str, Any] = {
        "ai (": "No", "ai_words": "never", "seat": "ke", "First day": "2026-01-01", "count": 3, "B": "yes",
        "Last day": datetime(2026, 2, 1),  # noqa: DTZ001 - a day in a cell
        "Legal name": "Up", "Country": "KE",
    }  # fmt: skip
    for label, answer in answers.items():
        rows[next(name for name in rows if name.startswith(label))][3].value = answer
    page = await brought(ida, book)
    assert page.status_code == 200, page.text
    assert "“ai_words” is not asked as the form is filled in now" in page.text
    shown = (await ida.get("page/about")).text
    for words in ("Ida Holm", "ida@library.example", 'value="ke"', 'value="2026-02-01"', 'value="b" checked'):
        assert words in shown


async def test_other_forms_than_reports_and_changes_have_none(come: Come, pool: asyncpg.Pool) -> None:
    ida = await come(DoorForm.QUESTION)
    assert "workbook" not in (await ida.get("")).text
    for path in ("workbook", "workbook/form.xlsx"):
        assert (await ida.get(path)).status_code == 404
    ole = await come(DoorForm.CHANGE)
    await pool.execute(
        "UPDATE grantee.links SET may = 'READ' WHERE form = (SELECT id FROM grantee.forms WHERE kind = 'CHANGE')"
    )
    content = await fetched_bytes(ole)
    assert "You may read this form" in (await brought(ole, content)).text


async def test_a_sheet_of_somebodys_own_is_said_to_be_unread(ida: Grantee) -> None:
    book = await fetched(ida)
    book.create_sheet("My <notes>")["A1"] = "=1+1"
    cell_beside(book, "Training").value = 10
    page = await brought(ida, saved(book))
    assert "The sheet “My &lt;notes&gt;” is not of the form, and was not read" in page.text
