"""Decisions that wait to be signed: prepared on a page of the console, and shown again on the page that signs."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Final

import asyncpg
from pydantic import TypeAdapter

from accord.console.organisation.waiting import WaitingAct, WaitingChange, WaitingFounding
from accord.presentation.faults import Refused
from accord.web.outages import AWAY
from accord.web.sessions import digest_of
from domain.fault import Fault
from domain.partnership.commands import StaffRequest
from domain.signatures.passkeys import challenge_of_list
from domain.signatures.signing import Statement
from domain.values import Value

KEPT: Final = timedelta(minutes=15)


class Waiting(Value):
    """A command without its signature, and the statement that a signature on it must be over."""

    partnership_id: str
    command: StaffRequest
    statement: Statement
    batch: str = ""
    """The batch that it is one of, or '' if it is by itself."""
    draft: str = ""
    """The draft that it was made of, to which one goes back, or ''."""


class WaitingList(Value):
    """Decisions of one batch that wait to be signed together, by one touch."""

    batch: str
    items: tuple[Waiting, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of their statements, in the order in which the list is signed."""
        return tuple(sorted(waiting.statement.digest for waiting in self.items))

    @property
    def challenge(self) -> bytes:
        """The challenge for all of them, by which people tell one list from another."""
        return challenge_of_list(self.digests)


AnyWaiting = Waiting | WaitingList | WaitingAct | WaitingChange | WaitingFounding
_READ: Final[TypeAdapter[AnyWaiting]] = TypeAdapter(AnyWaiting)

_TAKE = "SELECT content FROM console.prepared WHERE digest = $1 AND prepared_at > ledger.now() - $2::interval"
MOST: Final = 500
"""Decisions, or lists of them, of one person that wait at once: more than anybody signs in a quarter of an hour."""
_KEEP = """
INSERT INTO console.prepared (digest, staff_id, statement, content) SELECT $1, $2, $3, $4
 WHERE (SELECT count(*) FROM console.prepared WHERE staff_id = $2) < $5 RETURNING true
"""
_UNDER = """
SELECT content FROM console.prepared
 WHERE encode(statement, 'hex') LIKE $1 || '%' AND prepared_at > ledger.now() - $2::interval
"""
_DROP = "DELETE FROM console.prepared WHERE prepared_at < ledger.now() - $1::interval"


def fault_of_waiting(waiting: Waiting) -> Fault | None:
    """Return the reason why nobody should sign what waits, or None: its statement is not the one about its command."""
    statement = waiting.statement
    if waiting.command.statement(waiting.partnership_id, statement.shown).within(statement.log) == statement:
        return None
    return Fault(
        "what waits here is a statement about something else than it shows: do not sign it, and tell an operator"
    )


def digest_of_waiting(waiting: AnyWaiting) -> str:
    """Return the digest that a page shows: of the statement, of the list, or of what would be founded."""
    match waiting:
        case WaitingList():
            return waiting.challenge.hex()
        case WaitingFounding():
            return waiting.digest
        case _:
            return waiting.statement.digest


async def _under(pool: asyncpg.Pool, digest: str) -> list[AnyWaiting]:
    """Return all that waits under a digest that begins so. It is computed anew."""
    candidates = [_READ.validate_json(row["content"]) for row in await pool.fetch(_UNDER, digest, KEPT)]
    return [candidate for candidate in candidates if digest_of_waiting(candidate).startswith(digest)]


async def founding_under(pool: asyncpg.Pool, digest: str) -> WaitingFounding | None:
    """Return the founding that waits under a digest that begins so, or None if there is none, or several differ."""
    found = {waiting.digest: waiting for waiting in await _under(pool, digest) if isinstance(waiting, WaitingFounding)}
    return next(iter(found.values())) if len(found) == 1 else None


async def acts_under(pool: asyncpg.Pool, digest: str) -> list[WaitingAct | WaitingChange]:
    """Return the acts of the organisation that wait under a digest that begins so."""
    return [waiting for waiting in await _under(pool, digest) if isinstance(waiting, WaitingAct | WaitingChange)]


async def waiting_under(pool: asyncpg.Pool, digest: str) -> list[Waiting]:
    """Return the decisions that wait under a digest that begins so, alone or in a list."""
    matches = await _under(pool, digest)
    lists = ((candidate.items if isinstance(candidate, WaitingList) else (candidate,)) for candidate in matches)
    return [item for items in lists for item in items if isinstance(item, Waiting)]


def actor_of(waiting: AnyWaiting) -> str:
    """Return the person to sign something prepared. A founding waits for nobody's key."""
    match waiting:
        case WaitingList():
            return waiting.items[0].statement.actor
        case WaitingFounding():
            return "founding"
        case _:
            return waiting.statement.actor


class Prepared:
    """The decisions that wait, each under an address of 256 bits of chance, which alone shows it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Keep them in a database."""
        self._pool = pool

    async def keep(self, waiting: AnyWaiting) -> str:
        """Keep a decision for a quarter of an hour, and return its address. Raises Refused if too many wait."""
        address = secrets.token_urlsafe(32)
        await self._pool.execute(_DROP, KEPT)
        content, digest = waiting.model_dump_json().encode(), bytes.fromhex(digest_of_waiting(waiting))
        if not await self._pool.fetchval(_KEEP, digest_of(address), actor_of(waiting), digest, content, MOST):
            raise Refused(f"{MOST} decisions wait for your key already; sign them, or wait a quarter of an hour")
        return address

    async def at(self, address: str) -> AnyWaiting | None:
        """Return the decision, or the list, at an address, or None if there is none, or not any more."""
        content = await self._pool.fetchval(_TAKE, digest_of(address), KEPT)
        return _READ.validate_json(content) if content is not None else None

    async def forget(self) -> None:
        """Delete the decisions that nobody signed in time, again and again, until cancelled."""
        while True:
            with suppress(*AWAY):
                await self._pool.execute(_DROP, KEPT)
            await asyncio.sleep(KEPT.total_seconds())
