"""Connections and pages without a session hold nothing for long, and say nothing of anybody."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from accord.client.desk import Desk
from accord.console.deciding.prepared import Prepared
from accord.console.serving.settings import ConsoleSettings
from accord.web.limits import Rate
from accord.web.sessions import COOKIE, Sessions, digest_of
from domain.directory.people import StaffLeft
from domain.directory.tiers import Role
from tests.accord.console.conftest import Visitor
from tests.governing import decree, hire
from tests.waiting import BACKSTOP, until

Visit = Callable[[str], Awaitable[Visitor]]


# What follows the ledger ends with its session


async def log_out(visitor: Visitor, _: asyncpg.Pool, __: Desk) -> None:
    assert (await visitor.post("/logout", {})).status_code == 303


async def grow_old(visitor: Visitor, pool: asyncpg.Pool, _: Desk) -> None:
    query = "UPDATE console.sessions SET seen_at = seen_at - interval '31 minutes' WHERE digest = $1"
    await pool.execute(query, digest_of(visitor.cookie))


async def leave(_: Visitor, __: asyncpg.Pool, desk: Desk) -> None:
    await decree(desk, StaffLeft(staff_id="temp.reader"))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("end", [log_out, grow_old, leave])
async def test_what_follows_the_ledger_ends_with_its_session(
    visit: Visit, desk: Desk, office_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch, end: Any
) -> None:
    """Given a page that follows the ledger, when its session ends, in whatever way, then it is told nothing more."""
    monkeypatch.setattr("accord.console.serving.live.HEARTBEAT", 0.05)
    await hire(desk, "temp.reader", Role.PROPOSER)
    visitor = await visit("temp.reader")
    headers, address = {"Cookie": f"{COOKIE}={visitor.cookie}"}, f"{visitor.settings.origin}/live"
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking, asking.stream("GET", address, headers=headers) as told:
        lines = told.aiter_lines()
        while await anext(lines) != ": still here":
            pass
        await end(visitor, office_pool, desk)
        head_at_the_end = await desk.ledger.head()  # up to here they may have been told while the session ended
        await hire(desk, "another.reader", Role.PROPOSER)
        async with asyncio.timeout(BACKSTOP):
            positions = [int(line.removeprefix("data:")) async for line in lines if line.startswith("data:")]
    assert [position for position in positions if position > head_at_the_end] == []
    assert (await visitor.get("/live")).status_code == 401


# A request that does not come whole

BEGUN = {
    "nothing at all": b"",
    "half a head": b"GET /welcome HTTP/1.1\r\nHost: localhost\r\n",
    "half a body": b"POST /sign/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
}


@pytest.mark.parametrize("begun", BEGUN)
async def test_a_request_that_does_not_come_whole_holds_no_connection(
    served: ConsoleSettings, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    """Given somebody who begins a request, when the rest does not come, also drop by drop, then they are cut off."""
    monkeypatch.setattr("accord.web.serving.WHOLE_WITHIN", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(served.signing_origin).port)
    writer.write(BEGUN[begun])

    async def drop_by_drop() -> bool:
        if BEGUN[begun]:
            writer.write(b"X")
        return reader.at_eof() or bool(await _more(reader))

    await until(drop_by_drop)
    writer.close()


async def _more(reader: asyncio.StreamReader) -> bool:
    """True if the connection ended. All words before its end are read away."""
    try:
        return not await asyncio.wait_for(reader.read(1000), 0.05)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


@pytest.mark.slow
async def test_a_request_that_comes_whole_keeps_its_connection(
    served: ConsoleSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given somebody who asks again over one connection, when each request is whole, then each is answered."""
    monkeypatch.setattr("accord.web.serving.WHOLE_WITHIN", 0.3)
    async with httpx.AsyncClient(timeout=BACKSTOP, limits=httpx.Limits(max_connections=1)) as asking:
        for _ in range(5):
            assert (await asking.get(f"{served.signing_origin}/enrol/pia.berg")).status_code == 200
            await asyncio.sleep(0.1)


# Pages that need no session


@pytest.mark.parametrize("path", ["/sign/nothing-that-waits", "/enrol/pia.berg"])
async def test_whoever_hammers_at_an_address_is_told_when_to_come_back(
    served: ConsoleSettings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("accord.web.access.AT_AN_ADDRESS", Rate(2, 1))
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
        answers = [await asking.get(served.signing_origin + path) for _ in range(4)]
    assert [one.status_code for one in answers][-1] == 429
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_the_page_that_makes_a_passkey_tells_nobody_who_works_here(served: ConsoleSettings) -> None:
    """Given no session, when the page is asked for somebody and for nobody, then but for the id it is the same."""
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
        answers = {one: await asking.get(f"{served.signing_origin}/enrol/{one}") for one in ("pia.berg", "no.body")}
        wrong = await asking.get(f"{served.signing_origin}/enrol/No Body")
    pages = {
        re.sub(r'data-(challenge|handle)="[^"]*"', "", answer.text.replace(name, ""))
        for name, answer in answers.items()
    }
    assert ([one.status_code for one in answers.values()], len(pages)) == ([200, 200], 1)
    assert wrong.status_code == 404


async def test_a_look_at_an_address_deletes_nothing(
    served: ConsoleSettings, office_pool: asyncpg.Pool, console_pool: asyncpg.Pool
) -> None:
    """Given decisions unsigned in time, when an address is asked for, then they are left to the console's own task."""
    old = "INSERT INTO console.prepared (digest, staff_id, statement, content, prepared_at) VALUES ($1, $2, $1, $1, $3)"
    await office_pool.execute(old, digest_of("old"), "pia.berg", datetime(2020, 1, 1, tzinfo=UTC))
    kept = "SELECT count(*) FROM console.prepared WHERE digest = $1"
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
        assert (await asking.get(f"{served.signing_origin}/sign/old")).status_code == 404
    assert await office_pool.fetchval(kept, digest_of("old")) == 1
    forgetting = asyncio.create_task(Prepared(console_pool).forget())

    async def forgotten() -> bool:
        return await office_pool.fetchval(kept, digest_of("old")) == 0

    await until(forgotten)
    forgetting.cancel()


@pytest.mark.parametrize("path", ["/welcome/", "/payments/", "/static"])
async def test_no_answer_leads_to_the_host_that_a_request_names(
    served: ConsoleSettings, console_pool: asyncpg.Pool, path: str
) -> None:
    cookie = await Sessions(console_pool).begin("pia.berg")
    headers = {"Host": "evil.example", "Cookie": f"{COOKIE}={cookie}"}
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
        answer = await asking.get(served.origin + path, headers=headers)
    assert (answer.status_code, "location" in answer.headers, "evil" in answer.text) == (404, False, False)
