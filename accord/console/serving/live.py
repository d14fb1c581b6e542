"""Live pages: a stream of server-sent events, each with the ledger's position, so that a reconnect loses nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from accord.console.serving.desk import Console
from accord.presentation.numbers import whole_number
from accord.web.outages import AWAY
from accord.web.sessions import COOKIE
from ledger.projections import NotCaughtUp, ReadModel
from records.read_models.partnerships import PARTNERSHIPS

HEARTBEAT: Final = 15.0
"""Seconds after which a comment keeps the connection open."""

PAUSE: Final = 0.25
"""Seconds between two looks, so that a burst of events is one message."""

OUTAGES: Final = (*AWAY, NotCaughtUp, TimeoutError)


class Positions:
    """The position of the lists, for all open pages at once. One connection listens for appended events.

    With each position all their sessions are looked up together: a look of its own by each page would keep the last of
    them waiting.
    """

    def __init__(self, console: Console) -> None:
        """Follow the ledger through a console's desk. Call `follow` in a task."""
        self._console = console
        self._desk = console.desk
        self._cookies = Counter[str]()
        self._ended = frozenset[str]()
        """The cookies of open pages whose session is over, or for which nobody can say."""
        self._moved = asyncio.Condition()
        self._looks = 0
        self.newest = 0

    async def follow(self) -> None:
        """Follow the ledger until cancelled. Begin anew after an outage."""
        while not _is_cancelled():  # a connection that broke meanwhile hides the cancelling behind its own fault
            with suppress(*OUTAGES):
                await self._listen()
            await self._tell(self.newest, frozenset(self._cookies))
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        append_signal = asyncio.Event()
        async with self._listening(append_signal):
            while True:
                append_signal.clear()  # before the head is read: what is appended from here on is signalled anew
                head = await self._desk.ledger.head()
                if head > self.newest:
                    with suppress(NotCaughtUp):
                        await ReadModel(self._desk.ledger, PARTNERSHIPS.name).wait_for(head)
                await self._tell(max(head, self.newest), await self._over())
                with suppress(TimeoutError):
                    await asyncio.wait_for(append_signal.wait(), HEARTBEAT)
                await asyncio.sleep(PAUSE)

    @asynccontextmanager
    async def _listening(self, append_signal: asyncio.Event) -> AsyncIterator[None]:
        def heard(*_: object) -> None:
            append_signal.set()

        async with self._desk.pool.acquire() as connection:
            await connection.add_listener("ledger_head", heard)
            try:
                yield
            finally:
                await connection.remove_listener("ledger_head", heard)

    async def _over(self) -> frozenset[str]:
        """Return those cookies of open pages whose session is over, of whoever left the directory too."""
        cookies = frozenset(self._cookies)
        if not cookies:
            return cookies
        people, directory = await asyncio.gather(
            self._console.sessions.readers(cookies), self._console.desk.directory()
        )
        return frozenset(cookie for cookie in cookies if directory.person(people.get(cookie, "")) is None)

    async def _tell(self, newest: int, ended: frozenset[str]) -> None:
        async with self._moved:
            self.newest, self._ended = newest, ended
            self._looks += 1
            self._moved.notify_all()

    async def _look_after(self, look: int, position: int) -> int:
        """Wait for a look past one, or for the lists to be past a position, and return the number of the newest."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._looks > look or self.newest > position)
        return self._looks

    async def after(self, position: int, cookie: str) -> AsyncIterator[int | None]:
        """Yield each position of the lists past one, or None after a while without news, while a session goes on."""
        self._cookies[cookie] += 1
        look = self._looks
        try:
            while True:
                look = await self._look_after(look, position)
                if cookie in self._ended:
                    return
                yield self.newest if self.newest > position else None
                position = max(self.newest, position)
        finally:
            self._cookies -= Counter((cookie,))


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def live(request: Request) -> Response:
    """Tell a page each position that the lists reach, from the one that it shows or was last told.

    It ends with its reader's session, whatever ended that.
    """
    positions: Positions = request.app.state.positions
    position_text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    position = whole_number(position_text, most_digits=16)
    start = positions.newest if position is None else position

    async def events() -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        async for newest in positions.after(start, request.cookies[COOKIE]):
            yield ": still here\n\n" if newest is None else f"id: {newest}\ndata: {newest}\n\n"

    headers: dict[str, Any] = {"X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)
