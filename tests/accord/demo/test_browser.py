"""The browser of the demo's grantee does what a browser without a script does, and says what the door refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from accord.demo.browser import LinkGone, PlainBrowser
from accord.grantee.app import application
from accord.grantee.settings import DoorSettings
from records.submissions.forms import push_shown
from tests.accord.grantee.conftest import Grantee, door_pool
from tests.doors import SHOWN, link_to

__all__ = ["door_pool"]

SUBJECT = "P-2026-0042"
ORIGIN = "http://localhost:4711"


@pytest.fixture
async def browser(door_pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[PlainBrowser]:
    """A browser at a door of the test's own."""
    transport = httpx.ASGITransport(app=application(door_pool, DoorSettings(ORIGIN, str(tmp_path))))
    opened = PlainBrowser(ORIGIN, transport)
    yield opened
    await opened.close()


async def code(pool: asyncpg.Pool) -> str:
    async with httpx.AsyncClient() as nobody:
        return await Grantee(pool, "", nobody).code()


async def test_a_report_with_a_paper_is_handed_in_by_link(pool: asyncpg.Pool, browser: PlainBrowser) -> None:
    await browser.begin(f"/f/{await link_to(pool, SUBJECT)}")
    await browser.fill("summary", {"summary": "Eleven courses were held."})
    await browser.fill("money", {"spent": "1,500", "unspent": "0"})
    await browser.send_paper("papers", "document", "course.txt", b"a list of who came")
    await browser.ask_code("Ida Holm", "Director")
    await browser.hand_in(await code(pool))
    assert await pool.fetchval("SELECT count(*) FROM grantee.submissions") == 1
    assert await pool.fetchval("SELECT count(*) FROM grantee.papers WHERE digest IS NOT NULL") == 1


@pytest.mark.slow
async def test_what_the_form_showed_is_sent_on_with_the_answers(pool: asyncpg.Pool, browser: PlainBrowser) -> None:
    """Given a note of the house above the form, then the answers are handed in for it, and bound to it."""
    link = await link_to(pool, SUBJECT)
    form, key = await pool.fetchrow("SELECT form, key FROM grantee.keys")
    async with pool.acquire() as connection:
        await push_shown(connection, form, bytes(key), {**SHOWN, "note": "Say what each course cost."})
    await browser.begin(f"/f/{link}")
    await browser.fill("summary", {"summary": "Eleven courses were held."})
    await browser.fill("money", {"spent": "1,500", "unspent": "0"})
    await browser.ask_code("Ida Holm", "Director")
    await browser.hand_in(await code(pool))
    assert await pool.fetchval("SELECT count(*) FROM grantee.submissions") == 1


async def test_what_is_filled_in_again_takes_the_place_of_the_first_text(
    pool: asyncpg.Pool, browser: PlainBrowser
) -> None:
    await browser.begin(f"/f/{await link_to(pool, SUBJECT)}")
    for words in ("Ten courses were held.", "Eleven courses were held."):
        await browser.fill("summary", {"summary": words})
    assert await pool.fetchval("SELECT count(*) FROM grantee.fields WHERE field = 'summary'") == 1


async def test_a_link_whose_place_a_newer_mail_took_is_gone(pool: asyncpg.Pool, browser: PlainBrowser) -> None:
    first = await link_to(pool, SUBJECT)
    await browser.begin(f"/f/{first}")
    await link_to(pool, SUBJECT)
    with pytest.raises(LinkGone):
        await browser.fill("summary", {"summary": "Eleven courses were held."})


@pytest.mark.slow
async def test_what_the_door_refuses_is_said(pool: asyncpg.Pool, browser: PlainBrowser) -> None:
    await browser.begin(f"/f/{await link_to(pool, SUBJECT)}")
    with pytest.raises(RuntimeError, match="looks like bank details"):
        await browser.fill("summary", {"summary": "Pay to DE89 3704 0044 0532 0130 00 from now on."})
    with pytest.raises(RuntimeError, match="still missing"):
        await browser.ask_code("Ida Holm", "Director")
