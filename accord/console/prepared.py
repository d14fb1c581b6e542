"""Decisions that wait to be signed: prepared on a page of the console, and shown again on the page that signs."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

import asyncpg

from accord.console.sessions import digest_of
from domain.partnership.commands import StaffRequest
from domain.signing import Statement
from domain.values import Value

KEPT: Final = timedelta(minutes=15)


class Waiting(Value):
    """A command without its signature, and the statement that a signature on it must be over."""

    partnership_id: str
    command: StaffRequest
    statement: Statement
    batch: str = ""
    """The batch that it is one of; '' if it is by itself."""


_TAKE = "SELECT content FROM console.prepared WHERE digest = $1 AND prepared_at > ledger.now() - $2::interval"
_KEEP = "INSERT INTO console.prepared (digest, staff_id, statement, content) VALUES ($1, $2, $3, $4)"
_UNDER = """
SELECT content FROM console.prepared
 WHERE encode(statement, 'hex') LIKE $1 || '%' AND prepared_at > ledger.now() - $2::interval
"""
_DROP = "DELETE FROM console.prepared WHERE prepared_at < ledger.now() - $1::interval"


def fault_of_waiting(waiting: Waiting) -> str:
    """Return the reason why nobody should sign what waits, or '': its statement is not the one about its command."""
    said = waiting.statement
    if waiting.command.statement(waiting.partnership_id, said.shown).within(said.log) == said:
        return ""
    return (
        f"what waits under {said.digest[:16]} is a statement about something else than it shows: do not sign it, and "
        "tell an operator"
    )


async def waiting_under(pool: asyncpg.Pool, digest: str) -> list[Waiting]:
    """Return the decisions that wait and whose statement's digest begins so; each digest is computed anew."""
    found = [Waiting.model_validate_json(row["content"]) for row in await pool.fetch(_UNDER, digest, KEPT)]
    return [one for one in found if one.statement.digest.startswith(digest)]


class Prepared:
    """The decisions that wait, each under an address of 256 bits of chance, which alone shows it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Keep them in a database."""
        self._pool = pool

    async def keep(self, waiting: Waiting) -> str:
        """Keep a decision for a quarter of an hour, and return its address."""
        address = secrets.token_urlsafe(32)
        await self._pool.execute(_DROP, KEPT)
        content, statement = waiting.model_dump_json().encode(), bytes.fromhex(waiting.statement.digest)
        await self._pool.execute(_KEEP, digest_of(address), waiting.command.actor, statement, content)
        return address

    async def at(self, address: str) -> Waiting | None:
        """Return the decision at an address; None if there is none, or not any more."""
        await self._pool.execute(_DROP, KEPT)
        content = await self._pool.fetchval(_TAKE, digest_of(address), KEPT)
        return Waiting.model_validate_json(content) if content is not None else None
