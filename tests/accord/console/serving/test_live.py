"""Live pages are told each position once it is in the lists, all of them by one look at their sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from accord.client.desk import Desk
from accord.console.serving.live import Positions
from accord.web.sessions import COOKIE, Sessions
from domain.directory.tiers import Role
from tests.accord.console.conftest import Visitor
from tests.governing import hire
from tests.waiting import BACKSTOP

Visit = Callable[[str], Awaitable[Visitor]]


@asynccontextmanager
async def opened(visitor: Visitor) -> AsyncIterator[AsyncIterator[str]]:
    """The lines of a live page of a visitor, from its second line on: by then it is followed."""
    headers, address = {"Cookie": f"{COOKIE}={visitor.cookie}"}, f"{visitor.settings.origin}/live"
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking, asking.stream("GET", address, headers=headers) as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        yield lines


async def position_past(lines: AsyncIterator[str], head: int) -> int:
    """The first position that a page is told and that is not below the head."""
    async with asyncio.timeout(BACKSTOP):
        async for line in lines:
            if line.startswith("data: ") and int(line.removeprefix("data: ")) >= head:
                return int(line.removeprefix("data: "))
    raise AssertionError("the stream ended before it said it")


async def test_what_is_appended_while_a_look_goes_on_is_told_without_another_append(
    visit: Visit, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an append after a look read the head, when nothing else is appended, then pages are told of it."""
    monkeypatch.setattr("accord.console.serving.live.HEARTBEAT", 3600.0)
    over, last = Positions._over, list[int]()

    async def appending(positions: Positions) -> frozenset[str]:
        if positions._cookies and not last:
            last.append(0)
            await hire(desk, "late.reader", Role.PROPOSER)
            last[0] = await desk.ledger.head()
        return await over(positions)

    monkeypatch.setattr(Positions, "_over", appending)
    async with opened(await visit("femi.ade")) as lines:
        await hire(desk, "early.reader", Role.PROPOSER)
        told = await position_past(lines, await desk.ledger.head())
        assert last[0] > 0
        if told < last[0]:
            assert await position_past(lines, last[0]) == last[0]


@pytest.mark.slow
async def test_many_pages_are_told_by_one_look_at_all_their_sessions(
    visit: Visit, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers, looks = Sessions.readers, list[int]()

    async def counted(sessions: Sessions, cookies: frozenset[str]) -> dict[str, str]:
        looks.append(len(cookies))
        return await readers(sessions, cookies)

    monkeypatch.setattr(Sessions, "readers", counted)
    visitors = [await visit(person) for person in ("femi.ade", "vera.lind", "femi.ade")]
    async with opened(visitors[0]) as one, opened(visitors[1]) as other, opened(visitors[2]) as third:
        looks.clear()
        await hire(desk, "new.reader", Role.PROPOSER)
        head = await desk.ledger.head()
        assert [await position_past(lines, head) for lines in (one, other, third)] == [head] * 3
    assert set(looks) == {3}
