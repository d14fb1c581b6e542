"""The door's pages on a database of the test's own, by the login of its process, for somebody with a link."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from accord.grantee.app import application
from accord.grantee.settings import DoorSettings
from accord.grantee.visit import name_of
from deploy.database import open_pool
from deploy.logins import Login, as_user, read_secret
from domain.submissions.kinds import DoorForm
from records.submissions.forms import asked_code, make_code, stored_link
from tests.conftest import name_in
from tests.doors import link_to
from tests.logins import let_in

ORIGIN = "https://forms.example.org"
SUBJECT = "P-2026-0042"


@pytest.fixture
async def door_pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """The database as the login of the door's process sees it, which reads no table."""
    await let_in(database)
    secret = read_secret(Path(os.environ["ACCORD_SECRETS"]) / Login.GRANTEE)
    opened = await open_pool(as_user(database, Login.GRANTEE.of(name_in(database)), secret), 5)
    yield opened
    opened.terminate()


@dataclass
class Grantee:
    """Somebody with a link, at a browser without a script."""

    pool: asyncpg.Pool
    """The database as whoever sends the mail sees it."""
    secret: str
    asking: httpx.AsyncClient
    page: httpx.Response = field(init=False)

    @property
    def home(self) -> str:
        return f"/form/{name_of(self.secret)}"

    async def get(self, path: str) -> httpx.Response:
        self.page = await self.asking.get(self._address(path))
        return self.page

    async def post(self, path: str, content: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        sent = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **headers}
        self.page = await self.asking.post(self._address(path), data=content or {}, headers=sent)
        return self.page

    async def put(self, name: str, value: str | dict[str, Any], base: int = 0) -> dict[str, Any]:
        """Save a field as the script does."""
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
        content = json.dumps({"value": value if isinstance(value, dict) else {"": value}, "base": base})
        answer = await self.asking.put(f"{self.home}/field/{name}", content=content, headers=headers)
        return {"status": answer.status_code, **answer.json()}

    async def begin(self) -> None:
        assert (await self.post(f"/f/{self.secret}")).status_code == 303

    async def fill(self, page: str, **given: Any) -> httpx.Response:
        """Fill in a page and press its button. A dot in a field's name is written as two underlines."""
        await self.get(f"page/{page}")
        sent = dict(re.findall(r'type="hidden" name="((?:base|was):[^"]+)" value="([^"]*)"', self.page.text))
        given = {name.replace("__", "."): text for name, text in given.items()}
        return await self.post(f"page/{page}", {**sent, **given, "do": "on"})

    async def code(self) -> str:
        """The digits of the newest code, as its mail says them."""
        async with self.pool.acquire() as connection:
            newest = await connection.fetchval("SELECT id FROM grantee.codes ORDER BY asked_at DESC, id LIMIT 1")
            asked = await asked_code(connection, newest)
            assert asked is not None
            link = await stored_link(connection, asked.link)
            assert link is not None
            return await make_code(connection, newest, asked, link.key)

    async def ask_code(self) -> None:
        checked = (await self.get("check")).text
        read = re.search(r'name="read" value="([0-9a-f]*)"', checked)
        given = {"given.name": "Ida Holm", "given.capacity": "Director", "read": read[1] if read else ""}
        answer = await self.post("check", given)
        assert answer.status_code == 303, answer.text

    async def hand_in(self) -> httpx.Response:
        await self.ask_code()
        return await self.post("code", {"code": await self.code()})

    async def sent_paper(self, question: str, name: str, content: bytes) -> None:
        """Send a paper as a browser without a script does."""
        sent = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        fields = {"field": question, "back": self.home}
        self.page = await self.asking.post(
            f"{self.home}/papers/form", data=fields, files={"file": (name, content)}, headers=sent
        )
        assert (self.page.status_code, "paper=" in self.page.headers.get("location", "")) == (303, False)

    def _address(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.home}/{path}".rstrip("/")


Come = Callable[..., Awaitable[Grantee]]


@pytest.fixture
async def come(pool: asyncpg.Pool, door_pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[Come]:
    """Return somebody who got a link to a form and began. `begins=False`: who only has the mail."""
    app = application(door_pool, DoorSettings(ORIGIN, str(tmp_path)))
    clients: list[httpx.AsyncClient] = []

    async def grantee(kind: DoorForm = DoorForm.REPORT, begins: bool = True, secret: str = "", **more: Any) -> Grantee:
        secret = secret or await link_to(pool, SUBJECT, kind, **more)
        transport = httpx.ASGITransport(app=app)
        clients.append(httpx.AsyncClient(transport=transport, base_url=ORIGIN))
        somebody = Grantee(pool, secret, clients[-1])
        if begins:
            await somebody.begin()
        return somebody

    yield grantee
    for client in clients:
        await client.aclose()
