"""Hand messages to the server (RFC 5321), and say of each what is known: taken, refused, not taken yet, or in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiosmtplib

from accord.post.settings import MailServer

TIMEOUT: Final = 60.0
"""Seconds that the server has to answer a command."""
TIMEOUT_OF_CONTENT: Final = 600.0
"""Seconds that it has to take a message (RFC 5321, 4.5.3.2.6)."""
CLOSING: Final = 421
_PERMANENT: Final = range(500, 560)
_TEMPORARY: Final = range(400, 460)


class ServerAway(Exception):
    """The server cannot be reached, or lets nobody in. It is no fault of a mail."""


class NotTaken(Exception):
    """The server did not take a mail. It can be handed over later."""


class NeverTaken(Exception):
    """The server refuses a mail for good."""


class InDoubt(Exception):
    """Nobody knows whether the server took a mail."""


class MailSession:
    """A connection to the server, for one mail after another."""

    def __init__(self, smtp: aiosmtplib.SMTP) -> None:
        self._smtp = smtp

    async def address(self, sender: str, recipient: str) -> None:
        """Say from whom to whom the next mail goes. Nothing of it has left yet.

        Raises:
            NotTaken: It can be tried later; the connection may be gone.
            NeverTaken: The server refuses the recipient.
            ServerAway: It refuses the sender, who is the same for each mail.
        """
        try:
            await self._smtp.mail(sender, timeout=TIMEOUT)
            await self._smtp.rcpt(recipient, timeout=TIMEOUT)
        except aiosmtplib.SMTPResponseException as fault:
            await self._put_back()
            if fault.code in _PERMANENT and isinstance(fault, aiosmtplib.SMTPSenderRefused):
                raise ServerAway(f"the server takes nothing from our sender ({fault.code})") from fault
            if fault.code in _PERMANENT:
                raise NeverTaken(f"the server refuses the address ({fault.code})") from fault
            raise NotTaken(f"the server answered {fault.code} to the address") from fault
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            self._smtp.close()
            raise NotTaken(f"the server went away before the content ({type(fault).__name__})") from fault

    async def content(self, content: bytes) -> None:
        """Send a mail's content. When this returns, the server has taken it.

        Raises:
            NotTaken: The server said that it did not, and may later.
            NeverTaken: It refuses it for good.
            InDoubt: It said neither.
        """
        try:
            await self._smtp.data(content, timeout=TIMEOUT_OF_CONTENT)
        except aiosmtplib.SMTPDataError as fault:
            if fault.code in _PERMANENT:
                raise NeverTaken(f"the server refuses the content ({fault.code})") from fault
            if fault.code in _TEMPORARY and fault.code != CLOSING:
                raise NotTaken(f"the server answered {fault.code} to the content") from fault
            self._smtp.close()
            raise InDoubt(f"the server answered {fault.code} to the content") from fault
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            self._smtp.close()
            raise InDoubt(f"the server went away during the content ({type(fault).__name__})") from fault

    async def put_back(self) -> None:
        """Forget the recipient of a mail that is not sent after all."""
        await self._put_back()

    @property
    def is_open(self) -> bool:
        """True if another mail can be sent over it."""
        return self._smtp.is_connected

    async def _put_back(self) -> None:
        try:
            await self._smtp.rset(timeout=TIMEOUT)
        except (aiosmtplib.SMTPException, OSError, ValueError):
            self._smtp.close()


@asynccontextmanager
async def session(server: MailServer) -> AsyncIterator[MailSession]:
    """Open a connection to the server: over TLS with a certificate that is checked, but on this machine.

    Raises:
        ServerAway: It cannot be reached, offers no TLS, or does not let its user in.
    """
    smtp = _client(server)
    try:
        await smtp.connect()
    except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
        smtp.close()
        raise ServerAway(f"{server.host}:{server.port} cannot be used ({_words(fault)})") from fault
    try:
        yield MailSession(smtp)
    finally:
        with suppress(aiosmtplib.SMTPException, OSError, ValueError, asyncio.CancelledError):
            await smtp.quit(timeout=1)
        smtp.close()


def _client(server: MailServer) -> aiosmtplib.SMTP:
    is_plain = server.is_here and not server.implicit_tls
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user or None,
        password=server.secret or None,
        use_tls=server.implicit_tls,
        start_tls=None if server.implicit_tls else not is_plain,
        local_hostname="localhost" if server.is_here else None,
        timeout=TIMEOUT,
    )


def _words(fault: Exception) -> str:
    """Return a fault in words that bear no secret: the code of an answer, or the kind of the fault."""
    if isinstance(fault, aiosmtplib.SMTPResponseException):
        return f"it answered {fault.code}"
    return type(fault).__name__
