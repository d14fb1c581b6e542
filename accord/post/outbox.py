"""The outbox: each mail is queued once, sent at most once, and asked about where nobody knows whether it left.

A mail is SENDING, and that is committed, before its content goes to the server. Whatever is found so later was in the
hands of a process that ended: it may have been taken, so it is UNKNOWN, and only a person sends another in its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from accord.post.kinds import MailKind
from domain.identity import derive

Connection = asyncpg.Pool | PoolConnectionProxy

PAUSES: Final = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12),
)  # fmt: skip
"""The time after each attempt that the server did not take before any content. After the last, a person is asked."""


class MailState(StrEnum):
    """The state of a mail."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    """Its content may be on its way to the server."""
    SENT = "SENT"
    """The server took it."""
    REFUSED = "REFUSED"
    """It was not taken, came back, or nobody has an address to send it to: a person looks."""
    UNKNOWN = "UNKNOWN"
    """Nobody knows whether the server took it: a person looks."""
    LET_GO = "LET_GO"
    """It is not sent any more: what it told of is over, or a person said so."""


PUT_BACK: Final = "it may have been sent before the ledger was put back to an earlier time"

FOR_A_PERSON: Final = (MailState.REFUSED, MailState.UNKNOWN)
"""The states in which a mail waits for a person. Such a mail is an exception."""


class NewMail(NamedTuple):
    """A mail to queue. Its id follows from what it is about, so that following again queues nothing twice."""

    id: UUID
    kind: MailKind
    recipient: str
    facts: Mapping[str, Any]
    state: MailState = MailState.QUEUED
    reason: str = ""

    def doubted(self) -> NewMail:
        """Return it as it is queued where an earlier timeline may have sent it. A digest is let go: the next comes."""
        if self.state is not MailState.QUEUED:
            return self
        state = MailState.LET_GO if self.kind is MailKind.DIGEST else MailState.UNKNOWN
        return self._replace(state=state, reason=PUT_BACK)


class Mail(NamedTuple):
    """A mail in the outbox."""

    id: UUID
    kind: MailKind
    recipient: str
    facts: Mapping[str, Any]
    state: MailState
    tried: int
    reason: str
    queued_at: datetime
    next_at: datetime
    changed_at: datetime
    again_of: UUID | None
    settled_by: str | None


_COLUMNS: Final = ", ".join(Mail._fields)
_QUEUE: Final = """
INSERT INTO post.outbox (id, kind, recipient, facts, state, reason)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::text[])
ON CONFLICT (id) DO NOTHING
"""
_KNOWN: Final = "SELECT id FROM post.outbox WHERE id = ANY ($1)"
_KINDS: Final = ", ".join(f"'{kind}'" for kind in MailKind)
_MAILS: Final = f"SELECT {_COLUMNS} FROM post.outbox WHERE kind IN ({_KINDS})"  # noqa: S608 - names of our own
"""What a newer release queued, under a kind of its own, waits for that release and stops no other mail."""
_READY: Final = f"""{_MAILS} AND state = 'QUEUED' AND next_at <= ledger.now()
 ORDER BY kind <> 'DOOR_CODE', next_at, queued_at, id LIMIT $1"""
"""Codes first: somebody waits for each, and it is of use for minutes."""
_LISTED: Final = f"{_MAILS} AND state = ANY ($1) ORDER BY queued_at DESC, id LIMIT $2"
_BY_ID: Final = f"{_MAILS} AND starts_with(id::text, $1) LIMIT 2"
_BEGIN: Final = """
UPDATE post.outbox SET state = 'SENDING', tried = tried + 1, token = $2, reason = ''
 WHERE id = $1 AND state = 'QUEUED'
"""
_END: Final = "UPDATE post.outbox SET state = $3, reason = $4 WHERE id = $1 AND state = $2"
_POSTPONE: Final = """
UPDATE post.outbox SET state = 'QUEUED', tried = $3, reason = $4, next_at = ledger.now() + $5
 WHERE id = $1 AND state = $2
"""
_DOUBT: Final = """
UPDATE post.outbox SET state = 'UNKNOWN', reason = 'the process ended while it was sent' WHERE state = 'SENDING'
"""
_DOUBT_QUEUED: Final = """
UPDATE post.outbox SET state = CASE kind WHEN 'DIGEST' THEN 'LET_GO' ELSE 'UNKNOWN' END, reason = $1
 WHERE state = 'QUEUED'
"""
_FORGET_CODES: Final = """
UPDATE post.outbox SET state = 'LET_GO', reason = 'in doubt: its reader asks for another'
 WHERE state = 'UNKNOWN' AND kind = 'DOOR_CODE'
"""
_BOUNCE: Final = """
UPDATE post.outbox SET state = 'REFUSED', reason = $2 WHERE token = $1 AND state IN ('SENT', 'UNKNOWN') RETURNING id
"""


async def queue(connection: Connection, mails: Iterable[NewMail]) -> None:
    """Queue mails. One that was ever queued is not queued again."""
    rows = [
        (mail.id, mail.kind.value, mail.recipient, json.dumps(dict(mail.facts)), mail.state.value, mail.reason)
        for mail in mails
    ]
    if rows:
        await connection.execute(_QUEUE, *map(list, zip(*rows, strict=True)))


async def unqueued(connection: Connection, mails: Iterable[NewMail]) -> list[NewMail]:
    """Return those of some mails that were never queued, each once."""
    by_id = {mail.id: mail for mail in mails}
    known_ids = {row["id"] for row in await connection.fetch(_KNOWN, list(by_id))} if by_id else set()
    return [mail for identifier, mail in by_id.items() if identifier not in known_ids]


async def ready_mails(connection: Connection, most: int) -> list[Mail]:
    """Return the queued mails whose time has come, the oldest first."""
    return [_mail(row) for row in await connection.fetch(_READY, most)]


async def listed_mails(connection: Connection, states: Iterable[MailState], most: int) -> list[Mail]:
    """Return the mails in some states, the newest first."""
    return [_mail(row) for row in await connection.fetch(_LISTED, list(states), most)]


async def mails_named(connection: Connection, beginning: str) -> list[Mail]:
    """Return the mails whose ids begin so, two at most."""
    return [_mail(row) for row in await connection.fetch(_BY_ID, beginning.lower())]


async def begin(connection: Connection, mail: Mail, token: bytes) -> bool:
    """Commit a mail as being sent, and return False if another process was first.

    `token`: the digest of what its return path bears.
    """
    return bool(_count(await connection.execute(_BEGIN, mail.id, token)))


async def end(connection: Connection, mail: Mail, before: MailState, after: MailState, reason: str = "") -> None:
    """Record the end of an attempt, or that a mail is not sent at all. `reason` names no address."""
    await connection.execute(_END, mail.id, before, after, reason[:300])


async def postpone(connection: Connection, mail: Mail, before: MailState, reason: str) -> None:
    """Have a mail tried again after a pause, or ask a person after the last."""
    if mail.tried >= len(PAUSES):
        return await end(
            connection, mail, before, MailState.REFUSED, f"given up after {mail.tried + 1} tries: {reason}"
        )
    pause = PAUSES[mail.tried]
    await connection.execute(_POSTPONE, mail.id, before, mail.tried + 1, reason[:300], pause)
    return None


async def doubt_unfinished(connection: Connection) -> int:
    """Mark the mails of a process that ended as unknown, and return their number."""
    return _count(await connection.execute(_DOUBT))


async def doubt_queued(connection: Connection) -> int:
    """Mark what waits to be sent as in doubt, since an earlier timeline may have sent it, and return its number."""
    return _count(await connection.execute(_DOUBT_QUEUED, PUT_BACK))


async def forget_codes(connection: Connection) -> None:
    """Let the codes be of which nobody knows whether they left: each is of use for minutes, and is asked for anew."""
    await connection.execute(_FORGET_CODES)


async def bounce(connection: Connection, token: bytes, reason: str) -> UUID | None:
    """Record the return of a mail, and return its id, or None if no mail that was sent bears the token."""
    found: UUID | None = await connection.fetchval(_BOUNCE, token, reason[:300])
    return found


async def send_anew(connection: Connection, mail: Mail, actor: str) -> UUID | None:
    """Queue another mail in the place of one that waits for a person, and return its id, or None if none waits."""
    another = derive("mail again", mail.id)
    settled = await connection.fetchval("SELECT post.settle($1, $2, $3)", mail.id, another, actor)
    return another if settled else None


async def let_go(connection: Connection, mail: Mail, actor: str) -> bool:
    """Let a mail be that waits for a person, and return False if it does not wait."""
    return bool(await connection.fetchval("SELECT post.settle($1, NULL, $2)", mail.id, actor))


def digest_of(token: str) -> bytes:
    """Return the digest by which a mail is found again by the token in its return path."""
    return hashlib.sha256(token.encode()).digest()


def _mail(row: asyncpg.Record) -> Mail:
    facts, kind, state = json.loads(row["facts"]), MailKind(row["kind"]), MailState(row["state"])
    return Mail(**{**dict(row), "facts": facts, "kind": kind, "state": state})


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
