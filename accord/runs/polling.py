"""Poll Temporal through outages of its namespace: a refused process waits, and polls anew.

The SDK waits while the server is away, and ends a worker whose namespace is gone or is closed to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog
from temporalio.client import Client

from deploy.connections import RETRY_SECONDS, wait_for

_REFUSED: Final = ("Poll failure", "Worker validation failed")
"""The beginnings of the SDK's words for a server that refuses a worker."""

log: Final = structlog.get_logger("accord.polling")


async def poll(
    connect: Callable[[], Awaitable[Client]], serve: Callable[[Client], Coroutine[Any, Any, None]], stop: asyncio.Event
) -> None:
    """Serve, and connect and serve once more after each refusal of polls, to the end of the work or to `stop`.

    `connect` raises ServiceUnavailable with the remedy, which is logged, as long as the server refuses.
    """
    while (client := await wait_for("temporal", connect, stop)) is not None:
        if await _served(serve(client)):
            return
        log.warning("polls are refused", service="temporal", namespace=client.namespace)
        await asyncio.sleep(RETRY_SECONDS)  # the server may know the namespace, and its queues not yet


async def _served(work: Coroutine[Any, Any, None]) -> bool:
    """Return True once work ended by itself, and False if the server refused its polls.

    It is a task of its own: each of the SDK's workers cancels the task that it was started in.
    """
    serving = asyncio.create_task(work)
    try:
        await asyncio.wait([serving])
    finally:
        serving.cancel()
    if serving.cancelled():
        return False
    fault = serving.exception()
    if fault is not None and not _is_refusal(fault):
        raise fault
    return fault is None


def _is_refusal(fault: BaseException) -> bool:
    """True if a worker ended since the server refused it, and not by a fault of its own."""
    causes = (fault, fault.__cause__)
    return isinstance(fault, RuntimeError) and any(str(cause).startswith(_REFUSED) for cause in causes)
