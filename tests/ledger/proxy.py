"""A proxy between the ledger and PostgreSQL that cuts the connection off at a chosen step of an append."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, urlsplit

from deploy.embedded.ports import LOOPBACK

_APPEND: Final = b"ledger.append("
_PARSE: Final = b"P"
_BIND: Final = b"B"
_ENDS: Final = b"SHQXp"
"""The messages after which a client waits for the server, or leaves: sync, flush, query, terminate, password."""
_READY: Final = b"Z\x00\x00\x00\x05I"
"""How a server ends its reply outside of a transaction: whatever was executed is committed."""
_CHUNK: Final = 1 << 16


class Cut(StrEnum):
    """The place on its way where an append is cut off."""

    BEFORE = "before the statement is forwarded"
    WITHIN = "in the middle of the statement"
    BEHIND = "as soon as the server has the statement"
    UNANSWERED = "after the commit, before the reply"
    HALF_ANSWERED = "after the commit, in the middle of the reply"


class Proxy:
    """Forwards connections to a server's Unix socket, and cuts off the next appends, as many as were ordered."""

    def __init__(self, socket: str, database: str, who: str) -> None:
        self._socket = socket
        self._database = database
        self._who = who
        self._address = ""
        self._cut: Cut | None = None
        self.left = 0
        """How many cuts are still to come."""

    @property
    def url(self) -> str:
        """The address of the database by way of the proxy."""
        return f"postgresql://{self._who}@{self._address}{self._database}?sslmode=disable"

    def order(self, cut: Cut, times: int) -> None:
        """Cut off the next appends."""
        self._cut, self.left = cut, times

    def take(self) -> Cut | None:
        """Return the place where the append that begins now is cut off, if it is."""
        if not self.left:
            return None
        self.left -= 1
        return self._cut

    async def listen(self) -> asyncio.Server:
        """Begin to serve."""
        server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self._address = "{}:{}".format(*server.sockets[0].getsockname())
        return server

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(self._socket)
        session = _Session(self, client, to_client, server, to_server)
        ways = [asyncio.create_task(session.forth()), asyncio.create_task(session.back())]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for writer in (to_client, to_server):
            writer.transport.abort()


class _Session:
    """One connection. A direction that ends, cut off or not, ends the other too."""

    def __init__(
        self,
        proxy: Proxy,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._client, self._to_client = client, to_client
        self._server, self._to_server = server, to_server
        self._cut: Cut | None = None
        self._append = b""  # what the client calls its prepared statement
        to_server.transport.set_write_buffer_limits(0)  # so that what is drained has reached the server
        to_client.transport.set_write_buffer_limits(0)

    async def forth(self) -> None:
        """Forward the client's bytes, as many as come at a time."""
        await self._tell_server(await _body(self._client))
        while True:
            appends, said = await self._listen_to_client()
            self._cut = self._proxy.take() if appends else None
            if self._cut is Cut.BEFORE:
                return
            if self._cut is Cut.WITHIN:
                await self._tell_server(said[: len(said) // 2])
                return
            await self._tell_server(said)
            if self._cut is Cut.BEHIND:
                return

    async def back(self) -> None:
        """Forward the server's answers. To an append that is to be cut off, nothing passes before all is there."""
        reply = b""
        while chunk := await self._server.read(_CHUNK):
            reply += chunk
            if self._cut is None:
                await self._tell_client(reply)
                reply = b""
            elif reply.endswith(_READY):
                await self._tell_client(reply[: len(reply) // 2] if self._cut is Cut.HALF_ANSWERED else b"")
                return

    async def _listen_to_client(self) -> tuple[bool, bytes]:
        said, appends, kind = b"", False, b""
        while not kind or kind not in _ENDS:
            kind = await self._client.readexactly(1)
            body = await _body(self._client)
            if kind == _PARSE and _APPEND in body:
                self._append = body[4:].split(b"\0")[0]
            elif kind == _BIND:
                appends = body[4:].split(b"\0", 2)[1] == self._append
            said += kind + body
        return appends, said

    async def _tell_server(self, said: bytes) -> None:
        self._to_server.write(said)
        await self._to_server.drain()

    async def _tell_client(self, reply: bytes) -> None:
        self._to_client.write(reply)
        await self._to_client.drain()


async def _body(reader: asyncio.StreamReader) -> bytes:
    """The length of a message, which counts itself, and what comes after it."""
    length = await reader.readexactly(4)
    return length + await reader.readexactly(int.from_bytes(length) - 4)


@asynccontextmanager
async def listening(database: str) -> AsyncIterator[Proxy]:
    """A proxy before a database whose address names a Unix socket's folder."""
    parts = urlsplit(database)
    proxy = Proxy(parse_qs(parts.query)["host"][0] + "/.s.PGSQL.5432", parts.path, parts.netloc.removesuffix("@"))
    server = await proxy.listen()
    yield proxy
    server.close()
