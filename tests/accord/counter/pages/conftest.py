"""The counter's pages of the office, as `accord counter` serves them, beside a console whose page signs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser
from temporalio.client import Client

from accord.client.desk import Desk
from accord.counter.pages.serving import serve
from accord.counter.pages.settings import CounterSettings
from accord.counter.pages.site import COOKIE, LOGINS, SESSIONS
from accord.web.sessions import Sessions
from deploy.database import open_pool
from deploy.embedded.ports import free_port
from deploy.logins import Login
from tests.accord.console.conftest import (
    Person,
    a_console,
    console_pool,
    provider,
)
from tests.accord.console.standard import reader_of_pages
from tests.conftest import Office
from tests.waiting import BACKSTOP

__all__ = ["console_pool", "provider"]


@pytest.fixture(scope="module")
async def pools(office: Office) -> AsyncIterator[dict[Login, asyncpg.Pool]]:
    """The office's database under each login of the counter's process."""
    async with AsyncExitStack() as closed:
        opened = {login: await open_pool(office.url_of(login), 5) for login in LOGINS}
        for pool in opened.values():
            closed.callback(pool.terminate)
        yield opened


@pytest.fixture(scope="module")
async def counter(
    provider: str,
    console_pool: asyncpg.Pool,
    pools: dict[Login, asyncpg.Pool],
    client: Client,
    worker: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[CounterSettings]:
    """The counter, served on loopback beside the console and the office's worker."""
    port, stop = free_port(), asyncio.Event()
    origin = f"http://localhost:{port}"
    async with a_console(provider, console_pool, client, counter_origin=origin) as console:
        settings = CounterSettings(
            origin=origin, signing_origin=console.signing_origin, console_origin=console.origin,
            folder=tmp_path_factory.mktemp("counter") / "payments-out", issuer=provider,
        ).checked()  # fmt: skip
        serving = asyncio.create_task(serve(settings, pools, client, port, stop))
        await _served(settings)
        yield settings
        stop.set()
        await serving


async def _served(settings: CounterSettings) -> None:
    async with httpx.AsyncClient() as asking:
        while True:
            try:
                await asking.get(settings.origin + "/welcome")
                return
            except httpx.ConnectError:
                await asyncio.sleep(0.05)


@dataclass
class Caller:
    """Somebody with a session at the counter, without a browser."""

    settings: CounterSettings
    cookie: str
    asking: httpx.AsyncClient = field(default_factory=lambda: reader_of_pages(BACKSTOP))

    async def get(self, path: str) -> httpx.Response:
        return await self.asking.get(self.settings.origin + path, headers=self._headers())

    async def post(self, path: str, content: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        own = {"Origin": self.settings.origin, "Sec-Fetch-Site": "same-origin"}
        sent = self._headers() | own | more.pop("headers", {})
        return await self.asking.post(self.settings.origin + path, data=content or {}, headers=sent, **more)

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}


@pytest.fixture
async def call(counter: CounterSettings, pools: dict[Login, asyncpg.Pool]) -> Any:
    """Return somebody with a session of that person at the counter, or without one if it is ''."""

    async def caller(staff_id: str) -> Caller:
        sessions = Sessions(pools[Login.COUNTER], SESSIONS, COOKIE)
        return Caller(counter, await sessions.begin(staff_id) if staff_id else "")

    return caller


@dataclass
class AtTheCounter(Person):
    """Somebody at the counter's pages in a browser of their own, with a passkey for the page that signs."""

    async def open(self, path: str) -> str:
        """Open a page of the counter, and return its words."""
        await self.page.goto(self.settings.origin + path)
        return await self.words()

    async def words(self) -> str:
        return await self.page.inner_text("main")

    async def press(self, words: str) -> None:
        """Press a button, or follow a link that looks like one."""
        await self.page.locator(f"main >> :is(button, a):has-text({words!r})").first.click()

    async def sign(self) -> str:
        """Touch the key on the page that signs, and return what it says then."""
        await self.page.wait_for_url(self.settings.signing_origin + "/**")
        await self.page.click("#sign")
        outcome = self.page.locator("#outcome")
        await outcome.locator("h2").or_(outcome.filter(has_text="Not recorded")).wait_for(timeout=60_000)
        return await outcome.inner_text()


@pytest.fixture
async def at_the_counter(
    browser: Browser,
    counter: CounterSettings,
    desk: Desk,
    tmp_path: Path,
) -> AsyncIterator[Any]:
    """Returns people at the counter in browsers of their own, signed in, with a passkey that guardians entered."""
    opened = []

    async def person(staff_id: str, **options: Any) -> AtTheCounter:
        context = await browser.new_context(**options)
        opened.append(context)
        page = await context.new_page()
        sat = AtTheCounter(staff_id, context, page, await context.new_cdp_session(page), counter)  # type: ignore[arg-type]
        page.on("console", sat.hear)
        page.on("pageerror", lambda fault: sat.complaints.append(str(fault)))
        await sat.plug_in()
        await sat.enrol(desk, tmp_path)
        await sat.sign_in()
        return sat

    yield person
    for one in opened:
        await one.close()
