"""Serve the console's two applications from one process, each on a port of its own."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import asyncpg
import uvicorn
from temporalio.client import Client

from accord.client.sending import Sending
from accord.console.app import console_app, signing_app
from accord.console.desk import Console
from accord.console.login import provider_of
from accord.console.settings import ConsoleSettings

LOOPBACK: Final = "127.0.0.1"
PATIENCE: Final = 20.0
"""Seconds that a page waits for a decision's receipt before it says that nobody answered."""


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs two of them."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


async def serve(
    settings: ConsoleSettings, pool: asyncpg.Pool, client: Client, ports: tuple[int, int], stop: asyncio.Event
) -> None:
    """Serve pages and the page that signs on loopback, until `stop` is set. A proxy before them speaks https."""
    desk = Sending(pool, client=client, patience=PATIENCE)
    apps = (
        console_app(Console(settings, desk, provider_of(settings))),
        signing_app(Console(settings, desk)),
    )
    servers = [_Server(_configuration(app, port)) for app, port in zip(apps, ports, strict=True)]
    serving = [asyncio.create_task(server.serve()) for server in servers]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, *serving], return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*serving)
    stopping.cancel()


def _configuration(app: Any, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, host=LOOPBACK, port=port, log_level="warning", access_log=False, server_header=False, lifespan="on",
        proxy_headers=False,  # who is limited at the door is the connection's other end, not what a header says
        timeout_graceful_shutdown=5,
    )  # fmt: skip
