"""The door, served on loopback as its process serves it, and somebody at a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from playwright.async_api import BrowserContext, Page

from accord.grantee.app import application
from accord.grantee.settings import DoorSettings
from accord.grantee.visit import name_of
from accord.web.serving import serve_apps
from deploy.embedded.ports import LOOPBACK, free_port
from tests.waiting import LOOK_AGAIN


@asynccontextmanager
async def served_door(pool: asyncpg.Pool, folder: Path, origin: str = "") -> AsyncIterator[tuple[str, int]]:
    """The door with its origin and its port. `origin`: as browsers reach it, if by another way than that port."""
    port, stop = free_port(), asyncio.Event()
    origin = origin or f"http://localhost:{port}"
    app = application(pool, DoorSettings(origin, str(folder)))
    serving = asyncio.create_task(serve_apps(((app, port),), stop, LOOPBACK))
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.close()
            break
        await asyncio.sleep(LOOK_AGAIN)
    try:
        yield origin, port
    finally:
        stop.set()
        await serving


@dataclass
class Reader:
    """Somebody with a link at a browser."""

    origin: str
    secret: str
    context: BrowserContext
    page: Page
    complaints: list[str]

    @property
    def home(self) -> str:
        return f"{self.origin}/form/{name_of(self.secret)}"

    async def begin(self) -> None:
        await self.page.goto(f"{self.origin}/f/{self.secret}")
        await self.page.locator("main button").first.click()
        await self.page.wait_for_url(self.home)

    async def at(self, path: str) -> Page:
        await self.page.goto(f"{self.home}/{path}".rstrip("/"))
        return self.page

    async def told(self, words: str) -> None:
        await self.page.locator("#saved", has_text=words).wait_for()


ComeBy = Callable[..., Awaitable[Reader]]
