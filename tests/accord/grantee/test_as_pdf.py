"""The answers as PDF: for whoever opened them by a code there, as the pages say them, and one at a time."""

from __future__ import annotations

import asyncpg
import httpx
import pytest

from accord.grantee.pages import as_pdf
from domain.submissions.kinds import DoorForm
from tests.accord.grantee.conftest import Come, Grantee
from tests.accord.letters.test_answers import text_of


async def handed_in(come: Come) -> Grantee:
    ida = await come()
    await ida.put("summary", "Eleven courses were held.")
    await ida.put("spent", "1,500")
    await ida.put("unspent", "0")
    await ida.hand_in()
    return ida


async def address_of(pool: asyncpg.Pool) -> str:
    return f"answers/{(await pool.fetchval('SELECT sha256 FROM grantee.submissions')).hex()}"


async def opens(ida: Grantee) -> None:
    await ida.post("seen")
    await ida.post("seen/code", {"code": await ida.code()})


async def pdf_of(ida: Grantee, pool: asyncpg.Pool) -> httpx.Response:
    await opens(ida)
    return await ida.get(await address_of(pool))


async def test_without_a_code_the_link_on_the_receipt_leads_to_where_one_is_sent(
    pool: asyncpg.Pool, come: Come
) -> None:
    ida = await handed_in(come)
    path = await address_of(pool)
    assert f'href="{ida.home}/{path}"' in (await ida.get("done")).text
    assert (await ida.get(path)).headers["location"] == f"{ida.home}/seen"


@pytest.mark.slow
async def test_with_a_code_they_are_a_file_that_says_what_the_pages_say(pool: asyncpg.Pool, come: Come) -> None:
    ida = await handed_in(come)
    answer = await pdf_of(ida, pool)
    path = await address_of(pool)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('attachment; filename="answers-')
    text = text_of(answer.content)
    for words in ("What was done", "Eleven courses were held.", "1,500.00", "Ida Holm", path.removeprefix("answers/")):
        assert words in text.replace("\r\n", "")
    assert f'href="{ida.home}/{path}"' in (await ida.get("seen")).text


@pytest.mark.slow
async def test_a_period_is_said_from_its_first_day_to_its_last(pool: asyncpg.Pool, come: Come) -> None:
    ida = await come(DoorForm.CHANGE)
    await ida.fill("change", change="period", reason="The school is repaired until spring.")
    await ida.fill("new", **{"period:starts": "2026-12-01", "period:ends": "2027-05-30"})
    await ida.hand_in()
    text = text_of((await pdf_of(ida, pool)).content)
    assert "1 December 2026, 30 May 2027" in text
    assert "1 December 2026, 30 May 2027" in (await ida.get("seen")).text


@pytest.mark.slow
async def test_another_browser_with_the_same_link_gets_none(pool: asyncpg.Pool, come: Come) -> None:
    ida = await handed_in(come)
    assert (await pdf_of(ida, pool)).status_code == 200
    thief = await come(secret=ida.secret)
    assert (await thief.get(await address_of(pool))).headers["location"] == f"{thief.home}/seen"


async def test_what_was_handed_in_by_another_form_is_not_there(pool: asyncpg.Pool, come: Come) -> None:
    ida = await handed_in(come)
    await opens(ida)
    assert (await ida.get(f"answers/{'0' * 64}")).status_code == 404


@pytest.mark.slow
async def test_a_closed_form_gives_it_still(pool: asyncpg.Pool, come: Come) -> None:
    ida = await handed_in(come)
    await pool.execute("UPDATE grantee.forms SET closed_at = ledger.now()")
    assert (await pdf_of(ida, pool)).content.startswith(b"%PDF-")


async def test_where_every_place_is_taken_the_next_waits_and_is_then_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(as_pdf, "PATIENCE", 0.01)
    press = as_pdf.Press()
    async with press.place():
        with pytest.raises(TimeoutError):
            async with press.place():
                pass
    async with press.place():
        pass
