"""A line that is slow, far, losing and cut: what is asked, saved, sent and handed in arrives once and whole.

The line runs as fast as its figures say in Chromium's test; here its clock runs faster.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.accord.grantee.conftest import ORIGIN, SUBJECT, Grantee
from tests.accord.grantee.serving import served_door
from tests.accord.grantee.test_words import MOST_BYTES
from tests.doors import link_to
from tests.waiting import BACKSTOP
from tests.weak_line import WEAK, Lane, WeakLine

TIMES = 50
PHOTOGRAPH = bytes(range(256)) * 300
PART = 32_768
HEADERS = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


class ByLine(httpx.AsyncBaseTransport):
    """Requests to the door's origin, by whichever line leads there."""

    def __init__(self, port: int) -> None:
        self._wire = httpx.AsyncHTTPTransport()
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        sent = httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        sent.extensions = request.extensions
        return await self._wire.handle_async_request(sent)

    async def aclose(self) -> None:
        await self._wire.aclose()


@pytest.fixture
async def line(door_pool: asyncpg.Pool, tmp_path: Path) -> AsyncIterator[WeakLine]:
    """A weak line to the door."""
    quality = WEAK.faster(TIMES)
    async with served_door(door_pool, tmp_path, ORIGIN) as (_, port), WeakLine(quality, port).opened() as weak:
        yield weak


@pytest.fixture
async def ida(line: WeakLine, pool: asyncpg.Pool) -> AsyncIterator[Grantee]:
    """Somebody who began at the end of it."""
    transport = ByLine(line.port)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=BACKSTOP) as asking:
        somebody = Grantee(pool, await link_to(pool, SUBJECT), asking)
        await somebody.begin()
        yield somebody


async def lost(line: WeakLine, asked: Callable[[], Awaitable[Any]], lane: Lane, sent: int = 1) -> None:
    """Ask something by a line that is cut once so many bytes are on their way up, or of the answer. Nobody hears it."""
    before, asking = lane.bytes, asyncio.ensure_future(asked())
    while lane.bytes < before + sent:
        await asyncio.sleep(0)
    line.cut()
    line.mend()
    with pytest.raises(httpx.TransportError):
        await asking


async def test_the_first_page_with_style_and_script_comes_in_thirty_kilobytes(line: WeakLine, ida: Grantee) -> None:
    before = line.down.bytes
    for path in (f"/f/{ida.secret}", "", "/static/door.css", "/static/door.js", "/static/papers.js"):
        assert (await ida.get(path)).status_code == 200
    assert line.down.bytes - before <= MOST_BYTES


@pytest.mark.slow
async def test_an_answer_is_saved_once_however_often_a_broken_line_makes_a_browser_send_it(
    line: WeakLine, ida: Grantee, pool: asyncpg.Pool
) -> None:
    """Given an answer whose receipt nobody heard, when it is sent again as it was, then it is one text."""
    for _ in range(3):
        await lost(line, lambda: ida.put("summary", "Eleven courses were held."), line.down)
    assert (await ida.put("summary", "Eleven courses were held."))["beside"] is False
    assert await pool.fetchval("SELECT count(*) FROM grantee.fields") == 1


@pytest.mark.slow
async def test_a_paper_goes_on_where_the_line_broke(line: WeakLine, ida: Grantee) -> None:
    begun = {"field": "document", "name": "talk.jpg", "size": len(PHOTOGRAPH)}
    answer = await ida.asking.post(f"{ida.home}/papers", json=begun, headers=HEADERS)
    paper, received = f"{ida.home}/papers/{answer.json()['paper']}", 0

    async def part() -> httpx.Response:
        content = PHOTOGRAPH[received : received + PART]
        return await ida.asking.put(f"{paper}/{received}", content=content, headers=HEADERS)

    await lost(line, part, line.up, PART // 2)
    assert (await ida.asking.get(paper)).json()["received"] == 0
    await lost(line, part, line.down)
    while received < len(PHOTOGRAPH):
        received = (await ida.asking.get(paper)).json()["received"]
        await part()
    whole = await ida.asking.post(f"{paper}/whole", headers=HEADERS)
    assert whole.json() == {"sha256": hashlib.sha256(PHOTOGRAPH).hexdigest()}


@pytest.mark.slow
async def test_what_is_handed_in_by_a_weak_line_is_one_submission(
    line: WeakLine, ida: Grantee, pool: asyncpg.Pool
) -> None:
    """Given a line that breaks after the code was sent, when it is sent again, then it is one, with its receipt."""
    await ida.fill("summary", summary="Eleven courses were held.")
    await ida.fill("money", spent="1500", unspent="0")
    await ida.ask_code()
    code = await ida.code()
    await lost(line, lambda: ida.post("code", {"code": code}), line.down)
    assert (await ida.post("code", {"code": code})).headers["location"] == f"{ida.home}/done"
    assert "Handed in" in (await ida.get("done")).text
    assert await pool.fetchval("SELECT count(*) FROM grantee.submissions") == 1
