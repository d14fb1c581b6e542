"""Lines to the door, as a proxy keeps them: an answer at a time, a closed line is opened anew."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

CORES: Final = sorted(os.sched_getaffinity(0))
DOOR_CORES: Final = frozenset(CORES[-1:])
"""The one core of the door, and of all who come to it."""


class BegunForm(NamedTuple):
    """A form in a browser that began, and the code that was mailed, if one was."""

    form: str
    name: str
    """The name of its link, which stands in its addresses."""
    cookie: str
    code: str = ""


class Answer(NamedTuple):
    """The answer of the door."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> bytes:
        """Its content, as a browser unpacks it."""
        return gzip.decompress(self.content) if self.headers.get("content-encoding") == "gzip" else self.content


Between = Callable[["asyncio.Task[Answer]"], Awaitable[None]]
"""Waits in the middle of a request's body, unless it is answered before."""


class Lines:
    """Lines to one origin of this machine, each used again while it lives."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._port = urlsplit(origin).port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(
        self, method: str, path: str, cookie: str, body: bytes = b"", kind: str = "application/json",
        between: Between | None = None,
    ) -> Answer:  # fmt: skip
        """Ask as a browser does. A line that was closed meanwhile is opened anew, once, as a browser opens it.

        `between`: waited for when half of the body was sent.

        Raises:
            ConnectionError, asyncio.IncompleteReadError: There was no answer.
        """
        head = self._head(method, path, cookie, len(body), kind)
        if self._idle:
            try:
                return await self._asked(self._idle.pop(), head, body, between)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
        line = await asyncio.open_connection("127.0.0.1", self._port)
        return await self._asked(line, head, body, between)

    def _head(self, method: str, path: str, cookie: str, length: int, kind: str) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {urlsplit(self._origin).netloc}",
            f"Cookie: {cookie}",
            "Accept-Encoding: gzip",
            "Accept-Language: en",
        ]
        if method != "GET":
            lines += [f"Origin: {self._origin}", "Sec-Fetch-Site: same-origin", f"Content-Length: {length}"]
            lines += [f"Content-Type: {kind}"]
        return "\r\n".join([*lines, "", ""]).encode()

    async def _asked(
        self, line: tuple[asyncio.StreamReader, asyncio.StreamWriter], head: bytes, body: bytes, between: Between | None
    ) -> Answer:
        reader, writer = line
        answering: asyncio.Task[Answer] | None = None
        is_kept = False
        try:
            half = len(body) // 2 if between is not None else len(body)
            writer.write(head + body[:half])
            await writer.drain()
            answering = asyncio.create_task(_answer(reader))
            if between is not None:
                await between(answering)
            is_whole = not answering.done() or between is None
            if between is not None and is_whole:
                writer.write(body[half:])
            answer = await answering
            is_kept = is_whole and answer.headers.get("connection") != "close"
            return answer
        finally:
            if answering is not None:
                answering.cancel()
            if is_kept:
                self._idle.append(line)
            else:
                writer.close()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (field.partition(":") for field in head[1:] if field)
    headers = {name.lower(): text.strip() for name, _, text in fields}
    if headers.get("transfer-encoding") == "chunked":
        body = bytearray()
        while size := int((await reader.readline()).strip(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return Answer(int(head[0].split(" ")[1]), headers, bytes(body))
    return Answer(int(head[0].split(" ")[1]), headers, await reader.readexactly(int(headers.get("content-length", 0))))
