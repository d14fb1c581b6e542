"""The console of the office, as `accord console` serves it, with an OpenID provider on loopback and a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import pytest
from oidc_provider_mock import run_server_in_thread
from playwright.async_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page
from temporalio.client import Client

from accord.client.desk import Desk
from accord.console.serving.serving import serve
from accord.console.serving.settings import ConsoleSettings
from accord.organisation.passkeys import Registration, passkey_of
from accord.web.sessions import COOKIE, Sessions
from deploy.database import open_pool
from deploy.embedded.ports import free_port
from deploy.logins import Login
from domain.directory.people import KeyEnrolled
from tests.accord.console.standard import reader_of_pages
from tests.conftest import Office
from tests.governing import decree
from tests.waiting import BACKSTOP

OPEN_ABOVE: Final = "one => { for (let at = one; at; at = at.parentElement) if (at.open === false) at.open = true }"
DEVICE: Final = {
    "protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True, "hasResidentKey": False,
}  # fmt: skip


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """An OpenID provider on loopback, which believes everybody."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
async def console_pool(office: Office) -> AsyncIterator[asyncpg.Pool]:
    """The office's database as the console sees it."""
    pool = await open_pool(office.url_of(Login.CONSOLE), 10)
    yield pool
    pool.terminate()


@pytest.fixture(scope="module")
async def served(
    provider: str, console_pool: asyncpg.Pool, client: Client, worker: None
) -> AsyncIterator[ConsoleSettings]:
    """The console, served on loopback beside the office's worker."""
    async with a_console(provider, console_pool, client) as settings:
        yield settings


@asynccontextmanager
async def a_console(provider: str, pool: asyncpg.Pool, client: Client, **more: str) -> AsyncIterator[ConsoleSettings]:
    """Serve a console on ports of its own, as a process of `accord console` does."""
    ports, stop = (free_port(), free_port()), asyncio.Event()
    settings = ConsoleSettings(
        origin=f"http://localhost:{ports[0]}", signing_origin=f"http://localhost:{ports[1]}", relying_party="localhost",
        issuer=provider, **more,
    ).checked()  # fmt: skip
    serving = asyncio.create_task(serve(settings, pool, client, ports, stop))
    async with httpx.AsyncClient() as asking:
        while True:
            try:
                await asking.get(settings.origin + "/welcome")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
    try:
        yield settings
    finally:
        stop.set()
        await serving


@dataclass
class Visitor:
    """Somebody with a session, without a browser."""

    settings: ConsoleSettings
    cookie: str
    asking: httpx.AsyncClient = field(default_factory=lambda: reader_of_pages(BACKSTOP))

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.asking.get(self.settings.origin + path, headers=self._headers(), **more)

    async def post(self, path: str, content: dict[str, Any], **headers: str) -> httpx.Response:
        sent = self._headers() | {"Origin": self.settings.origin, "Sec-Fetch-Site": "same-origin"} | headers
        return await self.asking.post(self.settings.origin + path, data=content, headers=sent)

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}


@pytest.fixture
async def visit(served: ConsoleSettings, console_pool: asyncpg.Pool) -> Any:
    """Return a visitor with a session of that person, or without one if it is ''."""

    async def visitor(staff_id: str) -> Visitor:
        return Visitor(served, await Sessions(console_pool).begin(staff_id) if staff_id else "")

    return visitor


@dataclass
class Person:
    """Somebody at a browser of their own, with a security key in it."""

    staff_id: str
    context: BrowserContext
    page: Page
    devices: CDPSession
    settings: ConsoleSettings
    complaints: list[str] = field(default_factory=list)
    """What the browser complained of, such as a breach of the content policy."""

    def hear(self, said: ConsoleMessage) -> None:
        """Keep the browser's complaints about a page of ours. The provider's are not ours."""
        own = (self.settings.origin, self.settings.signing_origin)
        if said.type == "error" and said.location["url"].startswith(own):
            self.complaints.append(said.text)

    async def sign_in(self) -> None:
        await self.page.goto(self.settings.origin + "/login")
        await self.page.fill("input[name=sub]", self.staff_id)
        await self.page.click("button:has-text('Authorize')")
        await self.page.wait_for_url(self.settings.origin + "/")

    async def begin(self, visitor: Visitor) -> None:
        """Go on in a visitor's session. A browser takes a cookie of loopback as if it came by https."""
        url = self.settings.origin.replace("http:", "https:")
        await self.context.add_cookies([{"name": COOKIE, "value": visitor.cookie, "url": url, "secure": True}])

    async def plug_in(self, **more: Any) -> None:
        """Plug in a security key, as the browser's own stack sees one."""
        await self.devices.send("WebAuthn.enable")
        await self.devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **more}})

    async def make_passkey(self, folder: Path, name: str = "the key on the ring") -> Registration:
        """Make a passkey on the page that signs, and keep its file."""
        await self.page.goto(f"{self.settings.signing_origin}/enrol/{self.staff_id}")
        await self.page.fill("#name", name)
        await self.page.click("#make")
        async with self.page.expect_download() as coming:
            await self.page.click("#file")
        path = folder / "made.json"
        await (await coming.value).save_as(path)
        made = Registration.model_validate_json(path.read_bytes())
        await self.page.locator("#outcome", has_text=f"Made: {passkey_of(made).key_id}. ").wait_for()
        return made

    async def enrol(self, desk: Desk, folder: Path) -> str:
        """Make a passkey, which two guardians enter, and return its id."""
        key = passkey_of(await self.make_passkey(folder))
        await decree(desk, KeyEnrolled(staff_id=self.staff_id, key=key))
        return key.key_id

    async def prepare(self, partnership: str, act: str, **given: str) -> None:
        """Fill in a form up to the page that signs. 'yes' ticks a box."""
        await self.page.goto(f"{self.settings.origin}/{partnership}/{act}")
        for name, text in given.items():
            await self.type(name, text)
        await self.page.click("button:has-text('Continue to signing')")

    async def type(self, name: str, text: str) -> None:
        """Fill in a field, which may stand under a heading that is opened first. 'yes' ticks a box."""
        name, _, value = name.partition("=")
        field_ = self.page.locator(f'[name="{name}"]:not([type=hidden])' + (f'[value="{value}"]' if value else ""))
        await field_.evaluate(OPEN_ABOVE)
        match await field_.get_attribute("type"), await field_.evaluate("one => one.tagName"):
            case "checkbox", _:
                await field_.check()
            case _, "SELECT":
                await field_.select_option(text)
            case _:
                await field_.fill(text)

    async def touch(self) -> str:
        """Touch the key, and return what the page says then."""
        await self.page.click("#sign")
        outcome = self.page.locator("#outcome")
        await outcome.filter(has_text="ecorded").wait_for(timeout=60_000)
        return await outcome.inner_text()


@pytest.fixture
async def at_a_browser(browser: Browser, served: ConsoleSettings) -> AsyncIterator[Any]:
    """Returns people at browsers of their own."""
    opened: list[BrowserContext] = []

    async def person(staff_id: str, **options: Any) -> Person:
        context = await browser.new_context(**options)
        opened.append(context)
        page = await context.new_page()
        sat = Person(staff_id, context, page, await context.new_cdp_session(page), served)
        page.on("console", sat.hear)
        page.on("pageerror", lambda fault: sat.complaints.append(str(fault)))
        return sat

    yield person
    for one in opened:
        await one.close()
