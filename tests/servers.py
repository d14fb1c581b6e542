"""A Temporal server of a test's own, where what concerns the whole server is tried."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.common import SearchAttributeKey

from deploy.connections import connect_temporal
from deploy.database import ServiceUnavailable
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.processes import ChildProcess, program
from deploy.embedded.temporal import flag_type
from tests.waiting import until
from workflows import attributes


@asynccontextmanager
async def temporal_apart(
    metrics: str = "", *settings: str, port: int = 0, keys: Sequence[SearchAttributeKey[Any]] = attributes.ALL
) -> AsyncIterator[Client]:
    """Start a server that keeps nothing, and return a client of it, which may export metrics.

    `settings`: what the server's dynamic configuration holds, such as history.maxTotalUpdates=4. `port`: 0 for any.
    `keys`: the search attributes that it knows from its start.
    """
    port = port or free_port()
    command = [
        program("temporal"), "server", "start-dev", "--headless", "--ip", LOOPBACK, "--port", str(port),
        "--log-level", "error", *(f"--dynamic-config-value={one}" for one in settings),
        *(f"--search-attribute={key.name}={flag_type(key)}" for key in keys),
    ]  # fmt: skip
    server = ChildProcess("temporal", command, Path(os.devnull))

    async def connected() -> Client | None:
        if not server.alive():  # not yet started, or it fell because another one that started took a port of it
            server.start()
        with suppress(ServiceUnavailable):
            return await connect_temporal(f"{LOOPBACK}:{port}", metrics)
        return None

    try:
        yield await until(connected)
    finally:
        await asyncio.to_thread(server.stop)
