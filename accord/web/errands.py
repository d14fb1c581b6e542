"""Errands that wait for a person's touch: the counter prepares them, and the page that signs says them.

The counter alone carries them out. What the page that signs hands in is believed by nobody: each gate verifies it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import asyncpg

from accord.web.sessions import digest_of
from domain.signatures.signing import PasskeySignature, Statement, content_digest
from domain.values import Value

KEPT: Final = timedelta(minutes=15)
_AT: Final = "SELECT shown FROM counter.errands WHERE digest = $1 AND prepared_at > ledger.now() - $2::interval"
_HAND_IN: Final = """
UPDATE counter.errands SET signature = $2
 WHERE digest = $1 AND signature IS NULL AND prepared_at > ledger.now() - $3::interval
"""
_OUTCOME: Final = "SELECT outcome FROM counter.errands WHERE digest = $1"


class ErrandShown(Value):
    """An errand as the page that signs says it."""

    statement: Statement
    content: dict[str, Any]
    """What the statement is about, as it is signed: its digest is the statement's."""
    oath: str
    """What its person says by signing, in one sentence."""
    facts: tuple[tuple[str, str], ...]
    """What it is about, in words: each with its label."""
    leave: str
    """The page of the counter to which one goes back without signing."""
    command: str
    """The command of the shell that does the same."""

    @property
    def is_of_its_statement(self) -> bool:
        """True if the content is what the statement holds the digest of."""
        return content_digest(self.content) == self.statement.content_sha256


class ErrandOutcome(Value):
    """What became of a signed errand."""

    told: str = ""
    """What was done, or '' if it was refused."""
    following: str = ""
    """What comes next, or ''."""
    refused: str = ""
    """Why nothing was done, or ''."""
    back: str = ""
    """Where one goes on: a page of the counter, or the whole address of another."""
    words: str = "Go on at the counter"
    """The words of the link to it."""
    wants_another_touch: bool = False
    """True if this was the first of two touches, and one goes on with the second."""


class SignedErrands:
    """The errands as the page that signs sees them, each under an address of 256 bits of chance."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Find them in a database."""
        self._pool = pool

    async def at(self, address: str) -> ErrandShown | None:
        """Return the errand at an address, or None if there is none, or not any more."""
        content = await self._pool.fetchval(_AT, digest_of(address), KEPT)
        return ErrandShown.model_validate_json(content) if content is not None else None

    async def hand_in(self, address: str, signature: PasskeySignature) -> None:
        """Hand in the signature of an errand. What was handed in before stays."""
        await self._pool.execute(_HAND_IN, digest_of(address), signature.model_dump_json().encode(), KEPT)

    async def outcome(self, address: str) -> ErrandOutcome | None:
        """Return what became of an errand, or None while the counter has not said."""
        content = await self._pool.fetchval(_OUTCOME, digest_of(address))
        return ErrandOutcome.model_validate_json(content) if content is not None else None
