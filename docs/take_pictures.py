"""Take the pictures in the README: `make pictures`, while `make demo` runs in the same folder."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.async_api import Page, async_playwright

from deploy.settings import StackState, read_stack

FOLDER: Final = Path(__file__).parent / "pictures"
READER: Final = "femi.ade"
QUIET: Final = ["--no-sandbox", "--disable-gpu"]
WIDE: Final = {"width": 1200, "height": 820}
PAGES: Final = {
    "work": "/?view=all",
    "partnership": "/P-2026-0019",
    "figures": "/portfolio",
}
"""The pictures, by name, with the page that each shows; the partnership is one of the demo's."""


async def sign_in(page: Page, stack: StackState) -> None:
    """Sign in as somebody of the sample, at the demo's provider."""
    await page.goto(f"{stack.console_url}/login")
    await page.click(f"button[value='{READER}']")
    await page.wait_for_url(f"{stack.console_url}/")


async def take(stack: StackState) -> None:
    """Take every picture, and one of a proposal that is being made."""
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playing:
        browser = await playing.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport=WIDE)
        await sign_in(page, stack)
        for name, address in PAGES.items():
            await page.goto(stack.console_url + address)
            await page.screenshot(path=FOLDER / f"{name}.png")
        await page.goto(f"{stack.console_url}/propose")
        await page.click("button:has-text('Begin a proposal')")
        await page.click('.steps button[value="go 2"]')
        await page.screenshot(path=FOLDER / "propose.png")
        await browser.close()


def main() -> int:
    """Take the pictures. Return 1 if no stack runs here."""
    stack = read_stack()
    if stack is None or not stack.console_url:
        sys.stderr.write("no console runs in this folder: start `make demo` first, in another terminal\n")
        return 1
    asyncio.run(take(stack))
    return 0


if __name__ == "__main__":
    sys.exit(main())
