"""Poll Temporal through outages of its namespace: a refused process waits, and polls anew.

The SDK waits while the server is away, and ends a worker whose namespace is gone or is closed to it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, Final

import structlog
from temporalio.client import Client

from deploy.connections import RETRY_SECONDS, wait_for

_REFUSED: Final = ("Poll failure", "Worker validation failed")
"""The beginnings of the SDK's words for a server that refuses a worker."""

LONGEST_END: Final = timedelta(seconds=45)
"""The longest that a worker takes to end after a fault: 25 seconds for its activities, and as long again to tell."""

log: Final = structlog.get_logger("accord.polling")


FatalFault = Callable[[BaseException], Awaitable[None]]
"""The SDK calls it once a worker ends by a fault, before it waits for its polls to end."""
Serving = Callable[[Client, FatalFault], Coroutine[Any, Any, None]]


def begin_anew() -> None:
    """Start this program anew in its process. Whatever it did is recorded, so nothing is lost by it."""
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the very program that runs


async def poll(
    connect: Callable[[], Awaitable[Client]], serve: Serving, stop: asyncio.Event,
    restart: Callable[[], None] = begin_anew,
) -> None:  # fmt: skip
    """Serve, and connect and serve once more after each refusal of polls, to the end of the work or to `stop`.

    `connect` raises ServiceUnavailable with the remedy, which is logged, as long as the server refuses. `restart`:
    called where the SDK does not end the polls of a worker that was refused, as it may for ever (seen with 1.35).
    """
    while (client := await wait_for("temporal", connect, stop)) is not None:
        if await _served(client, serve, restart):
            return
        log.warning("polls are refused", service="temporal", namespace=client.namespace)
        await asyncio.sleep(RETRY_SECONDS)  # the server may know the namespace, and its queues not yet


async def _served(client: Client, serve: Serving, restart: Callable[[], None]) -> bool:
    """Return True once work ended by itself, and False if the server refused its polls.

    It is a task of its own: each of the SDK's workers cancels the task that it was started in.
    """
    failed = asyncio.Event()

    async def note(_: BaseException) -> None:
        failed.set()

    serving, failing = asyncio.create_task(serve(client, note)), asyncio.create_task(failed.wait())
    try:
        await asyncio.wait([serving, failing], return_when=asyncio.FIRST_COMPLETED)
        _, unfinished = await asyncio.wait([serving], timeout=LONGEST_END.total_seconds())
        if unfinished:
            log.warning("polls do not end", service="temporal", remedy="the program begins anew by itself")
            restart()
    finally:
        serving.cancel()
        failing.cancel()
    if serving.cancelled() or not serving.done():
        return False
    fault = serving.exception()
    if fault is not None and not _is_refusal(fault):
        raise fault
    return fault is None


def _is_refusal(fault: BaseException) -> bool:
    """True if a worker ended since the server refused it, and not by a fault of its own."""
    causes = (fault, fault.__cause__)
    return isinstance(fault, RuntimeError) and any(str(cause).startswith(_REFUSED) for cause in causes)
