"""Live pages: a stream of server-sent events, each with the ledger's position, so that a reconnect loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from accord.client.sending import Sending
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

log = structlog.get_logger()


class Positions:
    """The position of the lists, for all open pages at once. One connection listens for appended events."""

    def __init__(self, desk: Sending) -> None:
        """Follow the ledger through a desk. Call `follow` in a task."""
        self._desk = desk
        self.newest = 0
        self._moved = asyncio.Condition()

    async def follow(self) -> None:
        """Follow the ledger until cancelled. Begin anew after an outage."""
        while not _is_cancelled():  # a connection that broke meanwhile hides the cancelling behind its own fault
            with suppress(OSError, asyncpg.InterfaceError, asyncpg.PostgresError, NotCaughtUp, TimeoutError):
                await self._listen()
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        append_signal = asyncio.Event()
        async with self._listening(append_signal):
            while True:
                await self._tell(await self._desk.ledger.head())
                append_signal.clear()
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

    async def _tell(self, head: int) -> None:
        if head > self.newest:
            with suppress(NotCaughtUp):
                await ReadModel(self._desk.ledger, PARTNERSHIPS.name).wait_for(head)
            async with self._moved:
                self.newest = head
                self._moved.notify_all()

    async def after(self, position: int) -> int | None:
        """Wait for the lists to pass a position, and return theirs, or None after a while without news."""
        try:
            async with asyncio.timeout(HEARTBEAT), self._moved:
                await self._moved.wait_for(lambda: self.newest > position)
        except TimeoutError:
            return None
        return self.newest


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def live(request: Request) -> Response:
    """Tell a page each position that the lists reach, from the one that it shows or was last told.

    It ends with its reader's session, whatever ended that.
    """
    positions: Positions = request.app.state.positions
    console: Console = request.app.state.console
    position_text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    position = whole_number(position_text, most_digits=16)
    start = positions.newest if position is None else position

    async def events() -> AsyncIterator[str]:
        known_now = start
        yield "retry: 1000\n\n"
        while True:
            newest = await positions.after(known_now)
            if not await _still_reads(console, request):
                return
            if newest is None:
                yield ": still here\n\n"
                continue
            known_now = newest
            yield f"id: {newest}\ndata: {newest}\n\n"

    headers: dict[str, Any] = {"X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


async def _still_reads(console: Console, request: Request) -> bool:
    """True if the session goes on, of somebody who is in the directory. False too if nobody can say."""
    try:
        return await console.reader(request.cookies.get(COOKIE), by_person=False) is not None
    except AWAY:
        return False
