"""People at browsers of their own, with a passkey each; what they press and type is counted by the browser's events."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Browser, Locator, Page, Response, async_playwright
from playwright.async_api import TimeoutError as NotThere

from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_change
from accord.organisation.passkeys import Registration, passkey_of
from bench.desk import words
from bench.desk.words import Found
from deploy.settings import StackState
from domain.directory.people import KeyEnrolled

QUIET: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync")  # fmt: skip
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
GUARDIANS: Final = ("dora.kim", "mira.sato", "otto.audit")
DEVICE: Final = {
    "protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True, "hasResidentKey": False,
}  # fmt: skip
COUNTING: Final = """
  addEventListener("pointerdown", () => counted("click", ""), true);
  addEventListener("input", ({ target }) => {
    if (["checkbox", "radio"].includes(target.type)) return;
    counted("field", location.pathname + "#" + (target.name || target.id));
  }, true);
"""
"""Tells of each click, and of each field in which somebody writes or chooses, as the browser does."""


@dataclass
class Count:
    """What a task took: the clicks, the fields, and the pages that were loaded."""

    clicks: int = 0
    fields: set[str] = field(default_factory=set)
    pages: int = 0

    def hear(self, what: str, name: str) -> None:
        """Count an event of the browser."""
        if what == "click":
            self.clicks += 1
        else:
            self.fields.add(name)

    def hear_page(self, response: Response) -> None:
        """Count a page that was loaded: neither a way to another, nor a file."""
        is_page = response.request.is_navigation_request() and "attachment" not in response.headers.get(
            "content-disposition", ""
        )
        self.pages += is_page and not 300 <= response.status < 400


@dataclass
class Person:
    """Somebody at a browser of their own."""

    staff_id: str
    page: Page
    stack: StackState
    count: Count = field(default_factory=Count)

    async def open(self, path: str = "/") -> None:
        """Open a page of the console."""
        await self.page.goto(self.stack.console_url + path)

    async def sign_in(self, origin: str) -> None:
        """Sign in at the console or at the counter, as the page of the sample lets them."""
        await self.page.goto(f"{origin}/login")
        await self.page.click(f"button[value='{self.staff_id}']")
        await self.page.wait_for_url(f"{origin}/")

    def find(self, words_: Found, within: str = "main") -> Locator:
        """Return the link or button of those words, the first in the main part of the page."""
        exact = isinstance(words_, str)
        place = self.page.locator(within)
        return (
            place.get_by_role("button", name=words_, exact=exact)
            .or_(place.get_by_role("link", name=words_, exact=exact))
            .locator("visible=true")
            .first
        )

    async def press(self, words_: Found, within: str = "main") -> None:
        """Press a link or a button. Raises RuntimeError if the page does not offer it."""
        try:
            await self.find(words_, within).click()
        except NotThere:
            said = words_ if isinstance(words_, str) else words_.pattern.lstrip("^")
            raise RuntimeError(f"nothing to press says “{said}”") from None

    async def write(self, name: str, text: str) -> None:
        """Write in the field of that name, once the page is there with its scripts."""
        await self.page.wait_for_load_state()
        await self.page.locator(f'main [name="{name}"]:not([type=hidden])').first.fill(text)

    async def choose(self, name: str, value: str) -> None:
        """Choose in the list of that name."""
        await self.page.locator(f'main select[name="{name}"]').select_option(value)

    async def tick(self, name: str) -> None:
        """Tick a box."""
        await self.page.locator(f'main [type=checkbox][name="{name}"]').first.check()

    async def sign(self) -> str:
        """Touch the key on the page that signs, and return what it says then."""
        await self.page.wait_for_url(self.stack.signing_url + "/**")
        await self.press(words.SIGN)
        ended = self.page.locator("#outcome", has_text=words.TOUCH_ENDED)
        await ended.wait_for(timeout=60_000)
        told = await ended.inner_text()
        if not await self.page.locator("#outcome.won").count():
            raise RuntimeError(told)
        return told

    async def downloaded(self, way: Locator) -> bytes:
        """Press what gives a file, and return its bytes."""
        async with self.page.expect_download() as coming:
            await way.click()
        path = await (await coming.value).path()
        return await asyncio.to_thread(path.read_bytes)

    async def told(self) -> str:
        """Return the words of the page."""
        return await self.page.inner_text("main")


async def enrol(person: Person, desk: Desk) -> None:
    """Let somebody make a passkey at their browser, and two guardians enter it with the sample's key files."""
    page = person.page
    await page.goto(f"{person.stack.signing_url}/enrol/{person.staff_id}")
    await page.fill("#name", "the key of a trial")
    await person.press(words.MAKE_KEY)
    made = Registration.model_validate_json(await person.downloaded(page.locator("#file")))
    first, second = [one for one in GUARDIANS if one != person.staff_id][:2]
    enrolled = KeyEnrolled(staff_id=person.staff_id, key=passkey_of(made))
    change = await change_directory(desk, (enrolled,), first)
    if change.change_id is not None:
        await confirm_change(desk, change.change_id, second)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run this machine's Chromium without a window."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    async with async_playwright() as playing:
        browser = await playing.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        await browser.close()


async def sit_down(browser: Browser, stack: StackState, staff_id: str, **options: Any) -> Person:
    """Give somebody a browser of their own with a security key in it, which counts what they do."""
    context = await browser.new_context(accept_downloads=True, **options)
    page = await context.new_page()
    person = Person(staff_id, page, stack)
    devices = await context.new_cdp_session(page)
    await devices.send("WebAuthn.enable")
    await devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    await page.expose_function("counted", lambda what, name: person.count.hear(what, name))
    await page.add_init_script(COUNTING)
    page.on("response", lambda response: person.count.hear_page(response))
    return person
