"""The process of mail: it queues what is new, and hands one mail after another to the server.

Of several, one works and the others wait: whoever works holds a lock of the database, over the very connection on which
each mail's state is committed. Whoever loses it sends nothing more.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy
from temporalio.common import MetricMeter

from accord.client.reading import LedgerAccess
from accord.post import outbox
from accord.post.at_work import WORK, backlog
from accord.post.composing import content_of
from accord.post.door.following import FormFollower
from accord.post.epochs import PutBack
from accord.post.following import Follower
from accord.post.letter import Letter
from accord.post.outbox import Mail, MailState
from accord.post.recipients import STAFF, NotToSend
from accord.post.sending import InDoubt, MailSession, NeverTaken, NotTaken, ServerAway, session
from accord.post.settings import MailSettings
from accord.post.writing import MailWriter
from deploy.database import only_one
from ledger import LedgerUnavailable, clock

EVERY: Final = 5.0
"""Seconds between two looks at what is new."""
AWAY: Final = 60.0
"""Seconds after which a server that could not be used is tried again."""
BATCH: Final = 200
"""The most mails that are handed over between two looks."""

GAUGES: Final = {
    "accord_mail_waits_seconds": "Since when the oldest mail waits to be sent",
    "accord_mail_exceptions": "Mails that were refused or are in doubt, and wait for a person",
}
"""The measures of mail, by the name of the gauge."""

log: Final = structlog.get_logger("accord.post")


class Postman:
    """One process of mail."""

    def __init__(self, pool: asyncpg.Pool, settings: MailSettings, meter: MetricMeter = MetricMeter.noop) -> None:
        access = LedgerAccess(pool)
        self._pool, self._settings = pool, settings
        self._follower = Follower(access, settings.to_grantees, bool(settings.door))
        self._forms = FormFollower(access, settings)
        self._writer = MailWriter(access, settings)
        self._gauges = {name: meter.create_gauge(name, description) for name, description in GAUGES.items()}

    async def forever(self) -> None:
        """Queue and send until cancelled. An outage is logged once and waited out."""
        last_reason = ""
        while True:
            pause = EVERY
            try:
                async with self.working() as connection:
                    while True:
                        await self.once(connection)
                        last_reason = ""
                        await asyncio.sleep(EVERY)
            except Exception as fault:  # whatever it is, the next look may go well; it is never silent
                known = isinstance(fault, (ServerAway, AnotherWorks, LedgerUnavailable, PutBack))
                reason = str(fault) if known else type(fault).__name__
                if reason != last_reason:
                    log.warning("no mail is sent, and it is tried again", reason=reason)
                last_reason, pause = reason, AWAY if isinstance(fault, ServerAway) else EVERY
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[PoolConnectionProxy]:
        """Become the one that works, and mark what an earlier one left unfinished. Gives the connection to work on.

        Raises:
            AnotherWorks: Another process does.
        """
        async with only_one(self._pool, WORK, AnotherWorks("another process sends mail")) as connection:
            if unfinished := await outbox.doubt_unfinished(connection):
                log.warning("in doubt", mails=unfinished)
            yield connection

    async def once(self, connection: PoolConnectionProxy) -> None:
        """Queue new mail, and send all that is ready.

        Raises:
            ServerAway: The server cannot be used.
            PutBack: The ledger was restored, and does not go on yet.
        """
        try:
            await self._follower.queue_new(connection)
            await self._forms.follow(connection)
            await self._send_ready(connection)
        finally:
            await outbox.forget_codes(connection)
            await self._measure(connection)

    async def _send_ready(self, connection: PoolConnectionProxy) -> None:
        while mails := await outbox.ready_mails(connection, BATCH):
            waiting = list(reversed(mails))
            while waiting:
                async with session(self._settings.server) as server:
                    while waiting and server.is_open:
                        await self._send(connection, server, waiting.pop())

    async def _send(self, connection: PoolConnectionProxy, server: MailSession, mail: Mail) -> None:
        """Send one mail, and record what became of it."""
        try:
            letter = await self._writer.letter(mail)
        except NotToSend as fault:
            return await outbox.end(connection, mail, MailState.QUEUED, fault.state, fault.reason)
        token = secrets.token_hex(16)
        try:
            content = self._composed(letter, mail, clock.now())
            await server.address(self._settings.return_path(token), letter.to.address)
        except ValueError:
            reason = "the address or the name of the recipient cannot be written"
            return await outbox.end(connection, mail, MailState.QUEUED, MailState.REFUSED, reason)
        except NeverTaken as fault:
            return await outbox.end(connection, mail, MailState.QUEUED, MailState.REFUSED, str(fault))
        except NotTaken as fault:
            return await outbox.postpone(connection, mail, MailState.QUEUED, str(fault))
        if not await self._begun(connection, mail, token, letter):
            return await server.put_back()
        return await self._hand_over(connection, server, mail, content)

    async def _begun(self, connection: PoolConnectionProxy, mail: Mail, token: str, letter: Letter) -> bool:
        """Commit a mail as being sent, and with it the link or the code in it. False if another process was first."""
        async with connection.transaction():
            if not await outbox.begin(connection, mail, outbox.digest_of(token)):
                return False
            if letter.secret is not None:
                await letter.secret.lay_down(connection)
        return True

    async def _hand_over(
        self, connection: PoolConnectionProxy, server: MailSession, mail: Mail, content: bytes
    ) -> None:
        """Send the content of a mail that is on record as being sent."""
        try:
            await server.content(content)
        except NotTaken as fault:
            await outbox.postpone(connection, mail, MailState.SENDING, str(fault))
        except NeverTaken as fault:
            await outbox.end(connection, mail, MailState.SENDING, MailState.REFUSED, str(fault))
        except InDoubt as fault:
            await outbox.end(connection, mail, MailState.SENDING, MailState.UNKNOWN, str(fault))
        else:
            await outbox.end(connection, mail, MailState.SENDING, MailState.SENT)

    def _composed(self, letter: Letter, mail: Mail, now: datetime) -> bytes:
        list_name = "staff" if mail.recipient.startswith(f"{STAFF}/") else "grantees"
        return content_of(letter, mail.id, list_name, self._settings, now)

    async def _measure(self, connection: PoolConnectionProxy) -> None:
        waiting = await backlog(connection)
        for gauge, number in zip(self._gauges.values(), (waiting.waits, waiting.for_people), strict=True):
            gauge.set(number)


class AnotherWorks(Exception):
    """Another process sends mail."""
