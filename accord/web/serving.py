"""Serve applications from one process, each on a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from socket import socket
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

WHOLE_WITHIN: Final = 30.0
"""Seconds in which a request must have come, from the opening of its connection or from its first byte."""


class _Impatient(H11Protocol):
    """A connection that closes if a request does not come whole in time. Uvicorn itself waits for ever."""

    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_the_rest()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self._wait_for_the_rest()
        else:
            self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait_for_the_rest(self) -> None:
        """Close in time. What comes meanwhile, drop by drop, gives it no more."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(WHOLE_WITHIN, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs several of them, and that says once it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


async def serve_apps(
    apps: Sequence[tuple[Any, int]], stop: asyncio.Event, host: str, begun: Callable[[], None] = lambda: None
) -> None:
    """Serve applications at an address, each at its port, until `stop` is set. A proxy before them speaks https.

    `begun`: called once all of them listen, and not before: whoever hears that it serves comes at once.
    """
    servers = [_Server(_configuration(app, host, port)) for app, port in apps]
    serving = [asyncio.create_task(server.serve()) for server in servers]
    telling = asyncio.create_task(_tell(servers, begun))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, *serving], return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*serving)
    stopping.cancel()
    telling.cancel()


async def _tell(servers: Sequence[_Server], begun: Callable[[], None]) -> None:
    for server in servers:
        await server.listens.wait()
    begun()


def port_of(origin: str) -> int:
    """Return the port that an origin names, or that of its scheme."""
    parts = urlsplit(origin)
    return parts.port or {"https": 443}.get(parts.scheme, 80)


def _configuration(app: Any, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, lifespan="on",
        proxy_headers=False,  # who is limited at the door is the connection's other end, not what a header says
        timeout_graceful_shutdown=5, http=_Impatient,
    )  # fmt: skip
