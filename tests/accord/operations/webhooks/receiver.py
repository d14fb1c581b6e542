"""A receiver of webhooks on this machine: it verifies each message as Standard Webhooks has it, and keeps it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from standardwebhooks import Webhook

from tests.waiting import until


class Heard(NamedTuple):
    """A message that was verified."""

    id: str
    body: dict[str, Any]

    @property
    def position(self) -> int:
        return int(self.body["data"]["position"])


class Receiver:
    """A receiver that keeps what it hears, and answers as it is told to."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.status = 204
        self.heard: list[Heard] = []
        self.heads: list[str] = []
        self.connections = 0
        self.url = ""
        self.answer_with: bytes | None = None
        """The bytes of an answer, in place of its status."""
        self.at_each: Callable[[Heard], None] | None = None
        """Done with each message before it is answered."""

    @property
    def positions(self) -> list[int]:
        return [message.position for message in self.heard]

    async def hears(self, number: int) -> list[Heard]:
        """Return what was heard once it is so many messages."""

        async def enough() -> bool:
            return len(self.heard) >= number

        await until(enough)
        return self.heard

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take messages over one connection until it ends."""
        self.connections += 1
        try:
            while True:
                await self._take(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:]) if name
        }
        body = await reader.readexactly(int(headers["content-length"]))
        if self.secret:
            Webhook(self.secret).verify(body, headers)
        message = Heard(headers["webhook-id"], json.loads(body))
        self.heads.append(head)
        self.heard.append(message)
        if self.at_each is not None:
            self.at_each(message)
        writer.write(self.answer_with or b"HTTP/1.1 %d Said\r\nContent-Length: 0\r\n\r\n" % self.status)
        await writer.drain()


@asynccontextmanager
async def receiving(context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Run a receiver on this machine."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"http{'s' if context else ''}://{'localhost' if context else '127.0.0.1'}:{port}/hook"
    server_task = asyncio.create_task(server.serve_forever())
    try:
        yield receiver
    finally:
        server_task.cancel()
        server.close()
