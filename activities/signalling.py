"""Signal the workflows of partnerships, and the server that an activity goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.streams import StreamId

HEARTBEAT_SECONDS: Final = 10.0


async def signal_partnership(client: Client, partnership_id: str, signal: str) -> bool:
    """Signal a partnership's workflow. Return False if it has ended.

    Raises:
        RPCError: Temporal answered with another error.
    """
    try:
        await client.get_workflow_handle(StreamId.partnership(partnership_id)).signal(signal)
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


@asynccontextmanager
async def alive(place: Callable[[], object] | None = None) -> AsyncIterator[None]:
    """Send heartbeats within the context: a large file, or very many partnerships, take long.

    `place`: what the next attempt is told, of how far this one was.
    """

    async def beat() -> None:
        while True:
            activity.heartbeat(*((place(),) if place is not None else ()))
            await asyncio.sleep(HEARTBEAT_SECONDS)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
