"""The door in Chromium: answers save themselves, a cut network loses nothing, and every page is fit for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext

from domain.submissions.kinds import DoorForm
from tests.accord.console.auditing import faults_of
from tests.accord.grantee.conftest import SUBJECT
from tests.accord.grantee.serving import ComeBy, Reader, served_door
from tests.accord.grantee.test_filling import edition, plan
from tests.doors import link_to

pytestmark = pytest.mark.slow
PATHS = (
    "",
    "page/summary",
    "page/money",
    "page/workplan",
    "page/results",
    "page/papers",
    "workbook",
    "check",
    "code",
    "done",
    "seen",
    "status",
    "colleagues",
    "not-me",
    "say/question",
    "say/withdraw",
    "say/wrong-person",
)


@pytest.fixture
async def door_origin(door_pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[str]:
    """The door, served on loopback as its process serves it."""
    async with served_door(door_pool, tmp_path) as (origin, _):
        yield origin


@pytest.fixture
async def come_by(browser: Browser, door_origin: str, pool: asyncpg.Pool) -> AsyncIterator[ComeBy]:
    contexts: list[BrowserContext] = []

    async def reader(
        kind: DoorForm = DoorForm.REPORT, secret: str = "", link: dict[str, Any] | None = None, **more: Any
    ) -> Reader:
        secret = secret or await link_to(pool, SUBJECT, kind, **(link or {}))
        context = await browser.new_context(**{"viewport": {"width": 375, "height": 700}, **more})
        contexts.append(context)
        somebody = Reader(door_origin, secret, context, await context.new_page(), [])
        somebody.page.on(
            "console", lambda said: somebody.complaints.append(said.text) if said.type == "error" else None
        )
        await somebody.begin()
        return somebody

    yield reader
    for context in contexts:
        await context.close()


async def saved_fields(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM grantee.fields WHERE stands"))


async def test_an_answer_saves_itself_and_its_words_are_counted(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    ida = await come_by()
    page = await ida.at("page/summary")
    await page.fill("#f-summary", "Eleven courses were held.")
    await ida.told("Saved")
    assert await saved_fields(pool) == 1
    assert "4 of 500 words" in await page.locator(".count").inner_text()
    await page.reload()
    assert await page.input_value("#f-summary") == "Eleven courses were held."
    assert ida.complaints == []


async def test_a_cut_network_loses_nothing_and_says_so(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    """Given a network that is cut while somebody writes, then it stays in this browser, and is sent on return."""
    ida = await come_by()
    page = await ida.at("page/money")
    await ida.context.set_offline(True)
    await page.fill("#f-spent", "1500")
    await page.fill("#f-unspent", "20")
    await ida.told("kept in this browser")
    assert await saved_fields(pool) == 0
    await ida.context.set_offline(False)
    await ida.told("is sent")
    while await saved_fields(pool) < 2:
        await asyncio.sleep(0.05)
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_what_was_kept_is_sent_by_a_later_page(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    """Given a page that was closed while the network was cut, then the next one sends what was typed."""
    ida = await come_by()
    page = await ida.at("page/summary")
    await ida.context.set_offline(True)
    await page.fill("#f-summary", "Written on the bus.")
    await ida.told("kept in this browser")
    await page.close()
    await ida.context.set_offline(False)
    ida.page = await ida.context.new_page()
    await ida.at("")
    await ida.told("is sent")
    assert await saved_fields(pool) == 1
    assert await (await ida.at("page/summary")).input_value("#f-summary") == "Written on the bus."


async def test_two_who_write_at_once_both_keep_their_texts(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    ida = await come_by()
    ole = await come_by(secret=ida.secret)
    for reader in (ida, ole):
        await reader.at("page/summary")
    await ida.page.fill("#f-summary", "Ida's words")
    await ida.told("Saved")
    await ole.page.fill("#f-summary", "Ole's words")
    await ole.page.locator("a", has_text="See both texts").click()
    two = ole.page.locator(".two")
    await two.wait_for()
    assert "Ida's words" in await two.inner_text()
    await two.locator("button").first.click()
    await ole.page.wait_for_load_state()
    assert await pool.fetchval("SELECT count(*) FROM grantee.fields") == 1


async def test_bank_details_are_refused_while_one_types(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    ida = await come_by()
    page = await ida.at("page/summary")
    await page.fill("#f-summary", "Pay to GB82 WEST 1234 5698 7654 32")
    await page.locator(".fault", has_text="looks like bank details").wait_for()
    await ida.told("Not saved")
    assert await saved_fields(pool) == 0


LOOKS: tuple[dict[str, Any], ...] = (
    {"viewport": {"width": 320, "height": 640}},
    {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_every_page_is_fit_for_everybody(language: str, pool: asyncpg.Pool, come_by: ComeBy) -> None:
    """Given any page at 320 pixels, dark or light, then axe finds nothing, and nothing scrolls sideways."""
    found = {}
    ida = await come_by(link={"language": language})
    await plan(pool)
    for look in LOOKS:
        reader = await come_by(secret=ida.secret, **look)
        for path in PATHS:
            if faults := await faults_of(await reader.at(path)):
                found[path, str(look)] = faults
        assert reader.complaints == []
    assert found == {}


async def test_every_format_of_a_question_set_is_fit_for_everybody(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    ida = await come_by(link={"edition": await edition(pool)}, viewport={"width": 320, "height": 640})
    assert await faults_of(await ida.at("page/about")) == []


async def test_a_link_that_opens_nothing_has_a_page_that_is_fit_too(come_by: ComeBy) -> None:
    ida = await come_by(viewport={"width": 320, "height": 640})
    await ida.page.goto(f"{ida.origin}/f/{'x' * 43}")
    assert await faults_of(ida.page) == []


async def test_the_form_is_filled_without_a_script(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    ida = await come_by(java_script_enabled=False)
    page = await ida.at("page/summary")
    await page.fill("#f-summary", "Eleven courses.")
    await page.click("button.primary")
    await page.wait_for_url("**/page/money")
    await page.fill("#f-spent", "1500")
    await page.fill("#f-unspent", "0")
    await page.click("button.primary")
    await page.wait_for_url("**/page/papers")
    assert await saved_fields(pool) == 3


async def test_the_form_is_filled_by_keyboard_alone(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    ida = await come_by()
    page = await ida.at("page/summary")
    for _ in range(6):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "f-summary":
            break
    await page.keyboard.type("Eleven courses.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/page/money")
    assert await saved_fields(pool) == 1


async def test_a_paper_is_sent_by_the_script(pool: asyncpg.Pool, come_by: ComeBy) -> None:
    ida = await come_by()
    page = await ida.at("page/papers")
    await page.set_input_files("#p-document", {"name": "talk.txt", "mimeType": "text/plain", "buffer": b"Hello" * 100})
    await page.click("form[data-papers] button")
    await page.locator(".papers li", has_text="talk.txt").wait_for()
    assert await pool.fetchval("SELECT count(*) FROM grantee.papers WHERE digest IS NOT NULL") == 1
