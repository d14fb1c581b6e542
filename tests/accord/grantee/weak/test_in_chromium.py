"""A weak line in Chromium: 50 kbit/s, 2 s there and back, 5 % lost, and ten minutes without any of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext, Dialog

from deploy.embedded.ports import free_port
from tests.accord.grantee.conftest import SUBJECT
from tests.accord.grantee.serving import ComeBy, Reader, served_door
from tests.doors import entered, link_to
from tests.waiting import until
from tests.weak_line import WEAK, WeakLine

pytestmark = pytest.mark.slow


@pytest.fixture
async def line(door_pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[WeakLine]:
    """A weak line, by whose other end browsers reach the door."""
    own = free_port()
    origin = f"http://localhost:{own}"
    async with served_door(door_pool, tmp_path, origin) as (_, port), WeakLine(WEAK, port).opened(own) as weak:
        yield weak


@pytest.fixture
async def come_by(browser: Browser, line: WeakLine, pool: asyncpg.Pool) -> AsyncIterator[ComeBy]:
    contexts: list[BrowserContext] = []

    async def reader(secret: str = "", **more: str) -> Reader:
        context = await browser.new_context(viewport={"width": 375, "height": 700})
        context.set_default_timeout(60000)
        contexts.append(context)
        secret = secret or await link_to(pool, SUBJECT, **more)
        somebody = Reader(f"http://localhost:{line.port}", secret, context, await context.new_page(), [])
        await somebody.begin()
        return somebody

    yield reader
    for context in contexts:
        await context.close()


async def texts(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM grantee.fields"))


async def kept(reader: Reader) -> int:
    """How many answers the browser keeps."""
    return int(await reader.page.evaluate("Object.keys(localStorage).length"))


async def ten_minutes(reader: Reader) -> None:
    """Ten minutes as the page's clock tells them, with whatever it tries meanwhile."""
    for _ in range(60):
        await reader.page.clock.run_for(10_000)


async def told(reader: Reader, words: str) -> None:
    """Wait until the page says something. While its clock is played, it is looked at from outside."""

    async def look() -> bool:
        return words in await reader.page.inner_text("#saved")

    await until(look)


@pytest.mark.parametrize(("language", "words"), [("en", "kept in this browser"), ("fr", "reste dans ce navigateur")])
async def test_ten_minutes_without_a_line_lose_nothing(
    language: str, words: str, line: WeakLine, pool: asyncpg.Pool, come_by: ComeBy
) -> None:
    """Given a line that is cut while somebody writes, then ten minutes of it stay here and go out after."""
    ida = await come_by(language=language)
    page = await ida.at("page/money")
    await page.clock.install()
    await page.fill("#f-spent", "1500")
    await page.clock.run_for(1000)
    await until(lambda: texts(pool))
    line.cut()
    await page.fill("#f-spent", "1700")
    await page.fill("#f-unspent", "20")
    await ten_minutes(ida)
    await told(ida, words)
    assert (await texts(pool), await kept(ida)) == (1, 2)
    line.mend()
    await until(lambda: sent(pool, ida))
    assert [await page.input_value(f"#f-{name}") for name in ("spent", "unspent")] == ["1700", "20"]
    page = await ida.at("page/money")
    assert [await page.input_value(f"#f-{name}") for name in ("spent", "unspent")] == ["1700", "20"]


async def sent(pool: asyncpg.Pool, reader: Reader) -> bool:
    """True once two answers are saved and the browser keeps none."""
    return await texts(pool) == 2 and not await kept(reader)


async def test_a_button_that_is_pressed_without_a_line_takes_nothing_away(
    line: WeakLine, pool: asyncpg.Pool, come_by: ComeBy
) -> None:
    ida = await come_by()
    page = await ida.at("page/summary")
    await page.clock.install()
    line.cut()
    await page.fill("#f-summary", "Written on the bus.")
    await page.click("main button.primary")
    await ten_minutes(ida)
    await told(ida, "kept in this browser")
    assert (page.url, await kept(ida)) == (f"{ida.home}/page/summary", 1)
    line.mend()
    await page.click("main button.primary")
    await page.wait_for_url("**/page/money")
    assert (await texts(pool), await kept(ida)) == (1, 0)


async def test_what_another_wrote_meanwhile_is_kept_beside(
    line: WeakLine, pool: asyncpg.Pool, come_by: ComeBy, door_pool: asyncpg.Pool
) -> None:
    """Given somebody whose browser closed the page while it was cut off, then both texts stand once they come back."""
    ida = await come_by()
    page = await ida.at("page/summary")
    line.cut()
    await page.fill("#f-summary", "Ida's words")
    while not await kept(ida):
        await asyncio.sleep(0.02)
    await page.close()
    link, form = await entered(door_pool, ida.secret)
    await link.save(form, "summary", "Ole's words", 0)
    line.mend()
    ida.page = await ida.context.new_page()
    page = await ida.at("page/summary")
    await page.locator("a", has_text="See both texts").click()
    two = page.locator(".two")
    await two.wait_for()
    assert "Ida's words" in await two.inner_text()
    assert "Ole's words" in await two.inner_text()
    assert await kept(ida) == 0


async def test_what_stays_on_a_shared_computer_is_wiped_by_a_button(
    line: WeakLine, pool: asyncpg.Pool, come_by: ComeBy
) -> None:
    ida = await come_by()
    page = await ida.at("page/summary")
    questions = list[str]()

    async def agree(dialog: Dialog) -> None:
        questions.append(dialog.message)
        await dialog.accept()

    page.on("dialog", agree)
    await page.clock.install()
    line.cut()
    await page.fill("#f-summary", "Nobody else is to read this.")
    await ten_minutes(ida)
    await page.click("#wipe")
    await told(ida, "wiped")
    assert (await page.input_value("#f-summary"), await kept(ida), len(questions)) == ("", 0, 1)
    line.mend()
    assert await texts(pool) == 0


async def test_a_form_that_was_closed_meanwhile_says_so_and_shows_what_it_did_not_take(
    line: WeakLine, pool: asyncpg.Pool, come_by: ComeBy
) -> None:
    ida = await come_by()
    page = await ida.at("page/summary")
    await pool.execute("UPDATE grantee.forms SET closed_at = now()")
    await page.fill("#f-summary", "Written too late.")
    await told(ida, "This form is closed")
    assert "Written too late." in await page.locator("#unsent").inner_text()
    await ida.at("status")
    await told(ida, "This form is closed")
    assert "Written too late." in await ida.page.locator("#unsent").inner_text()
    assert (await texts(pool), await ida.page.locator("#wipe").is_visible()) == (0, True)


async def test_a_photograph_shrinks_and_goes_on_after_a_cut(
    line: WeakLine, pool: asyncpg.Pool, come_by: ComeBy
) -> None:
    """Given a photograph of 4000 by 3000, then a smaller picture is sent, and a cut line takes none of it away."""
    ida = await come_by()
    page = await ida.at("page/papers")
    await page.evaluate(PHOTOGRAPH)
    await page.click("form[data-papers] button")
    await until(lambda: received(pool))
    line.cut()
    line.mend()
    await page.locator(".papers li", has_text="talk.jpg").wait_for()
    size, whole = await pool.fetchrow("SELECT size, digest IS NOT NULL FROM grantee.papers WHERE dropped_at IS NULL")
    assert (size < 200_000, whole, await pool.fetchval("SELECT count(*) FROM grantee.papers")) == (True, True, 1)


async def received(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("SELECT coalesce(max(received), 0) FROM grantee.papers"))


PHOTOGRAPH = """async () => {
  const canvas = new OffscreenCanvas(4000, 3000), pen = canvas.getContext("2d");
  for (let at = 0; at < 4000; at += 200) { pen.fillStyle = `hsl(${at % 360} 60% 40%)`; pen.fillRect(at, 0, 200, 3000); }
  const blob = await canvas.convertToBlob({ type: "image/png" });
  const more = new Uint8Array(1200000);
  const files = new DataTransfer();
  files.items.add(new File([blob, more], "talk.png", { type: "image/png" }));
  document.getElementById("p-document").files = files.files;
}"""
"""Choose a picture of many pixels and bytes that shrinks to little, so that a slow line sends it soon."""
