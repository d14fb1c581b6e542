"""Floods and slow senders at the door: each is bounded by its address or link, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from accord.grantee.app import application
from accord.grantee.guarding import MOST_OF_A_LINK
from accord.grantee.settings import DoorSettings
from accord.grantee.store import GranteeLink, OpenForm
from accord.grantee.visit import cookie_of, name_of
from accord.web.limits import Rate
from accord.web.serving import serve_apps
from deploy.embedded.ports import free_port
from tests.accord.grantee.conftest import ORIGIN, Come
from tests.doors import entered, link_to
from tests.waiting import BACKSTOP, until

SUBJECT = "P-2026-0042"
HEAD = f"Host: localhost\r\nOrigin: {ORIGIN}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n"


class Served:
    """The door at a port of this machine, and links that browsers hold."""

    def __init__(self, pool: asyncpg.Pool, port: int) -> None:
        self._pool = pool
        self.port = port

    async def link(self, about: str) -> tuple[str, str]:
        """The path of a form, and the cookie that opens it."""
        secret, browser = await link_to(self._pool, SUBJECT, about=about), secrets.token_urlsafe(32)
        await entered(self._pool, secret, browser)
        name = name_of(secret)
        return f"/form/{name}", f"{cookie_of(name)}={secret}.{browser}"

    async def status(self, link: tuple[str, str]) -> int:
        """The answer to whoever asks for a form."""
        async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
            address = f"http://127.0.0.1:{self.port}{link[0]}"
            return (await asking.get(address, headers={"Cookie": link[1]})).status_code

    async def begun(self, text: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A line on which somebody sent a text, and nothing after it."""
        line = await asyncio.open_connection("127.0.0.1", self.port)
        line[1].write(text.encode())
        await line[1].drain()
        return line

    async def half_saved(self, link: tuple[str, str]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A field of which half was sent."""
        head = f"PUT {link[0]}/field/summary HTTP/1.1\r\nCookie: {link[1]}\r\n{HEAD}Content-Length: 100\r\n\r\n"
        return await self.begun(head + "half")


@pytest.fixture
async def served(pool: asyncpg.Pool, door_pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[Served]:
    stop, port = asyncio.Event(), free_port()
    door = application(door_pool, DoorSettings(ORIGIN, str(tmp_path)))
    serving = asyncio.create_task(serve_apps(((door, port),), stop, "127.0.0.1"))

    async def answers() -> bool:
        with suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return True
        return False

    await until(answers)
    yield Served(pool, port)
    stop.set()
    await serving


def asked_by(address: str, door: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody at another address, who asks the same door."""
    transport = door._transport
    assert isinstance(transport, httpx.ASGITransport)
    return httpx.AsyncClient(transport=httpx.ASGITransport(transport.app, client=(address, 1)), base_url=ORIGIN)


async def made_up(asking: httpx.AsyncClient) -> int:
    """The answer to a cookie that somebody made up."""
    name = secrets.token_hex(8)
    cookie = f"{cookie_of(name)}={secrets.token_urlsafe(32)}.{secrets.token_urlsafe(32)}"
    return (await asking.get(f"/form/{name}", headers={"Cookie": cookie})).status_code


async def test_a_flood_of_made_up_cookies_is_bounded_by_address_before_the_database_is_asked(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an address that floods, then it waits; a link that opened something here, and others, do not."""
    monkeypatch.setattr("accord.grantee.guarding.STRANGERS", Rate(5, 1))
    ida = await come()
    assert (await ida.get("")).status_code == 200
    looks, look = list[GranteeLink](), GranteeLink.look

    async def counted(link: GranteeLink) -> OpenForm | None:
        looks.append(link)
        return await look(link)

    monkeypatch.setattr(GranteeLink, "look", counted)
    assert [await made_up(ida.asking) for _ in range(9)] == [404] * 4 + [429] * 5
    assert len(looks) == 4
    assert (await ida.get("")).status_code == 200
    async with asked_by("192.0.2.7", ida.asking) as other:
        assert await made_up(other) == 404


async def test_a_flood_of_links_that_open_nothing_is_bounded_by_address(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.grantee.guarding.UNKNOWN", Rate(3, 1))
    ida = await come()
    assert [(await ida.asking.get("/f/nothing")).status_code for _ in range(5)] == [404] * 3 + [429] * 2
    async with asked_by("192.0.2.8", ida.asking) as other:
        assert (await other.get(f"/f/{ida.secret}")).status_code == 200


@pytest.mark.slow
async def test_one_link_that_sends_slowly_holds_nobody_elses_place(served: Served) -> None:
    """Given a link whose fields never come whole, then its next request waits, and another link is answered."""
    slow, other = await served.link("1"), await served.link("2")
    lines = [await served.half_saved(slow) for _ in range(MOST_OF_A_LINK)]

    async def waits() -> bool:
        return await served.status(slow) == 429

    await until(waits)
    assert await served.status(other) == 200
    for _, writer in lines:
        writer.close()

    async def is_answered() -> bool:
        return await served.status(slow) == 200

    await until(is_answered)


BEGUN: dict[str, str] = {
    "nothing at all": "",
    "half a head": "GET /health HTTP/1.1\r\nHost: localhost\r\n",
    "half a body": f"PUT {{}}/field/summary HTTP/1.1\r\nCookie: {{}}\r\n{HEAD}Content-Length: 100\r\n\r\nhalf",
    "half a part of a paper": f"PUT {{}}/papers/{UUID(int=0)}/0 HTTP/1.1\r\nCookie: {{}}\r\n{HEAD}"
    "Content-Length: 100\r\n\r\nhalf",
}
"""What somebody begins and never ends."""


@pytest.mark.slow
@pytest.mark.parametrize("begun", BEGUN)
async def test_whoever_sends_drop_by_drop_is_cut_off(
    served: Served, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    monkeypatch.setattr("accord.web.serving.WHOLE_WITHIN", 0.3)
    link = await served.link("1")
    reader, writer = await served.begun(BEGUN[begun].format(*link))

    async def is_cut_off() -> bool:
        with suppress(ConnectionError, TimeoutError):
            if BEGUN[begun]:
                writer.write(b"X")
            return not await asyncio.wait_for(reader.read(10_000), 0.05)
        return reader.at_eof() or reader.exception() is not None

    await until(is_cut_off)
    writer.close()
    assert await served.status(link) == 200


OVERSIZE = {
    "a header": "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + "x" * 200_000,
    "a cookie": "GET /health HTTP/1.1\r\nHost: localhost\r\nCookie: a=" + "x" * 200_000,
    "an address": "GET /f/" + "x" * 200_000,
    "very many headers": "GET /health HTTP/1.1\r\nHost: localhost\r\n" + "X-Filler: x\r\n" * 20_000,
}


@pytest.mark.parametrize("oversize", OVERSIZE)
async def test_a_head_that_is_too_large_is_refused_before_it_is_whole(served: Served, oversize: str) -> None:
    """Given a head without an end, then it is refused, the line is closed, and others are answered."""
    link = await served.link("1")
    reader, writer = await served.begun("")
    answer = b""
    with suppress(ConnectionError):
        writer.write(OVERSIZE[oversize].encode())
        await writer.drain()
        answer = await reader.read()
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
    writer.close()
    assert await served.status(link) == 200
