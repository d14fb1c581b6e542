"""Take pictures of the grantee's pages, by the links that the mailbox of a running `make demo` holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page

from accord.demo.by_link import CHANGE, OPEN
from accord.demo.letterbox import LetterBox
from deploy.embedded.correspondence import MAILS
from deploy.settings import StackState, data_folder

BY_LINK: Final = "P-2026-0041"
"""The partnership whose grantee does all by link."""
ASKED: Final = {
    "tasks": "",
    "summary": "/page/summary",
    "plan": "/page/workplan",
    "money": "/page/money",
    "papers": "/page/papers",
    "check": "/check",
    "status": "/status",
    "colleagues": "/colleagues",
    "question": "/say/question",
}
"""The pages of the form that stays open, by the end of a picture's name."""
HANDED_IN: Final = {"receipt": "/done", "seen": "/seen"}
"""The pages of a form that was handed in."""
README: Final = (
    (OPEN, ASKED["tasks"], "1280-light", "grantee"),
    (OPEN, ASKED["money"], "375-light", "grantee-money"),
    (CHANGE, HANDED_IN["receipt"], "375-dark", "grantee-receipt"),
)
"""The README's pictures: which form, its page, the look, and the name."""
SPENT: Final = {"lines.1:spent": "3,980.00", "lines.2:spent": "1,900.00", "lines.3:spent": "3,200"}


async def grantees_for_the_readme(
    browser: Browser, stack: StackState, folder: Path, looks: Mapping[str, dict[str, Any]]
) -> None:
    """Take the README's pictures of the grantee's pages."""
    for subject, path, look, name in README:
        async with _at_the_form(browser, stack, subject, looks[look]) as (page, home):
            await page.goto(home + path)
            await _fill(page)
            await page.screenshot(path=folder / f"{name}.png")


async def pages_of_a_grantee(
    browser: Browser, stack: StackState, folder: Path, look: str, options: dict[str, Any]
) -> None:
    """Take every page of the grantee's in a look, at its whole height."""
    for subject, pages in ((OPEN, ASKED), (CHANGE, HANDED_IN)):
        async with _at_the_form(browser, stack, subject, options) as (page, home):
            for name, path in pages.items():
                await page.goto(home + path)
                await _fill(page)
                await page.screenshot(path=folder / f"grantee-{name}-{look}.png", full_page=True)


@asynccontextmanager
async def _at_the_form(
    browser: Browser, stack: StackState, subject: str, options: dict[str, Any]
) -> AsyncIterator[tuple[Page, str]]:
    """Open the link of a mail in a browser of its own. Gives its page, and the address of the form."""
    context = await browser.new_context(**options)
    try:
        page = await context.new_page()
        link = await LetterBox(data_folder() / MAILS, BY_LINK, stack.grantee_url).link(subject)
        await page.goto(stack.grantee_url + link)
        await page.locator("main form button").first.click()
        await page.wait_for_url("**/form/*")
        yield page, page.url
    finally:
        await context.close()


async def _fill(page: Page) -> None:
    """Write sums where a page asks for them, and wait until they are read back."""
    for name, amount in SPENT.items():
        field = page.locator(f'[name="{name}"]')
        if await field.count():
            await field.fill(amount)
            await field.blur()
            await page.locator(".read", has_text=amount.split(".")[0]).first.wait_for()
    await page.evaluate("scrollTo(0, 0)")
