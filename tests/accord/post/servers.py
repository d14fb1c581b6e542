"""Servers for mail: a real one that keeps what it takes, and one that misbehaves as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from accord.post.settings import MailServer, MailSettings


@dataclass
class Mailbox:
    """A mailbox behind a real server: what was taken, and the answers to give instead."""

    port: int = 0
    taken: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    """(sender, recipient, message) of each."""
    refused: dict[str, str] = field(default_factory=dict)
    """The answer to a recipient, by their address."""
    answer: str = "250 taken"
    seen: Callable[[str], None] = lambda moment: None
    """Is told of each moment that a client gets to: RCPT, and DOT, at which it has sent a whole content."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        self.seen("RCPT")
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            self.taken.append((str(envelope.mail_from), envelope.rcpt_tos[0], message))  # type: ignore[arg-type]
        self.seen("DOT")
        return self.answer

    @property
    def settings(self) -> MailSettings:
        return settings(self.port)

    @property
    def ids(self) -> list[str]:
        return [message["Message-ID"].strip("<>").partition("@")[0] for _, _, message in self.taken]

    def subjects(self, recipient: str) -> list[str]:
        return [str(message["Subject"]) for _, to, message in self.taken if to == recipient]


def settings(port: int, **more: Any) -> MailSettings:
    """Settings of mail to a server on this machine."""
    server = MailServer("127.0.0.1", port, implicit_tls=False)
    return MailSettings(server, "grants@funder.test", "River Foundation", **{"to_grantees": True, **more})


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A real server in this loop."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


@dataclass
class Rogue:
    """A server that answers as it should up to a point, and there does something else."""

    at: str
    """The verb at which it misbehaves: CONNECT, MAIL, RCPT, DATA, or DOT for the end of the content."""
    does: str
    """`close`, `hang`, or the line that it says."""
    port: int = 0
    heard: list[str] = field(default_factory=list)
    """The verbs that it heard."""
    contents: int = 0
    """How often it got a whole content."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            if await self._said("CONNECT", "220 mail.test", writer):
                while line := await reader.readline():
                    if not await self._answered(line.decode("latin-1").strip().upper(), reader, writer):
                        return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # who spoke to it has gone
        finally:
            writer.close()

    async def _answered(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        verb = line.partition(" ")[0]
        self.heard.append(verb)
        if verb != "DATA":
            return await self._said(verb, "250 ok", writer)
        if not await self._said("DATA", "354 go on", writer):
            return False
        await reader.readuntil(b"\r\n.\r\n")
        self.contents += 1
        return await self._said("DOT", "250 taken", writer)

    async def _said(self, verb: str, answer: str, writer: asyncio.StreamWriter) -> bool:
        if verb == self.at and self.does == "close":
            return False
        if verb == self.at and self.does == "hang":
            await asyncio.Event().wait()
        writer.write((self.does if verb == self.at else answer).encode("latin-1") + b"\r\n")
        await writer.drain()
        return True


@asynccontextmanager
async def rogue(
    at: str = "", does: str = "", host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Rogue]:
    """A server that misbehaves, or does not. `tls`: it speaks TLS from the first byte."""
    server = Rogue(at, does)
    listening = await asyncio.start_server(server.serve, host, 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in server.tasks:
            task.cancel()
        await asyncio.gather(*server.tasks, return_exceptions=True)
