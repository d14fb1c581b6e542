"""Drafts of proposals: sealed for their author's browser alone, and gone after thirty days.

The database keeps what it cannot open: the key is made of a cookie of the author's browser, of which nothing is kept.
Whoever has the database, or the author's session in another browser, sees that there is a draft, and not what is in it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accord.presentation.faults import Refused
from accord.web.sessions import digest_of

COOKIE: Final = "__Host-accord-drafts"
KEPT: Final = timedelta(days=30)
_NONCE: Final = 12

MOST: Final = 100
"""Drafts of one person."""
MOST_TRIES: Final = 20
"""Changes of one draft that may come between a change and its being kept."""
_SAVE = """
INSERT INTO console.drafts (digest, staff_id, sealed) SELECT $1, $2, $3
 WHERE EXISTS (SELECT FROM console.drafts WHERE digest = $1)
    OR (SELECT count(*) FROM console.drafts WHERE staff_id = $2) < $4
ON CONFLICT (digest) DO UPDATE SET sealed = EXCLUDED.sealed, changed_at = ledger.now() WHERE drafts.staff_id = $2
RETURNING true
"""
_CHANGE = """
UPDATE console.drafts SET sealed = $3, changed_at = ledger.now() WHERE digest = $1 AND staff_id = $2 AND sealed = $4
RETURNING changed_at
"""
_ONE = """
SELECT sealed, changed_at FROM console.drafts
 WHERE digest = $1 AND staff_id = $2 AND changed_at > ledger.now() - $3::interval
"""
_ALL = """
SELECT sealed, changed_at FROM console.drafts
 WHERE staff_id = $1 AND changed_at > ledger.now() - $2::interval ORDER BY changed_at DESC
"""
_OLD = "DELETE FROM console.drafts WHERE changed_at < ledger.now() - $1::interval"


BESIDE: Final = ("answer", "reason", "called", "unanswered")
"""The fields of a draft beside its proposal. They are asked on the last page."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal that somebody has begun: what was typed, as `forms` holds it."""

    name: str
    """128 bits of chance, which are its address."""
    content: dict[str, Any]
    amends: str = ""
    """The partnership whose proposal it changes, or '' for a new one."""
    base: str = ""
    """The digest of the proposal that it was begun from. Later changes of that are not undone."""
    reason: str = ""
    """The reason for its change."""
    answer: str = ""
    """The answer to what was asked of the proposal that it changes."""
    called: str = ""
    """The contact who was called before an address or a number of a contact changes, by their number, or ''."""
    unanswered: str = ""
    """Something where nobody answers there any more, or ''."""
    aside: dict[str, Any] = field(default_factory=dict)
    """By path: what was typed under a tick that was taken away. It comes back with the tick."""
    submission: dict[str, Any] | None = None
    """The submission of the grantee that it takes over, as the command names it, or None."""
    changed_at: datetime | None = None


class Drafts:
    """The drafts of one person in one browser."""

    def __init__(self, pool: asyncpg.Pool, staff_id: str, cookie: str) -> None:
        """Keep them in a database, under the key of a browser's cookie."""
        self._pool, self._staff_id = pool, staff_id
        self._key = AESGCM(hashlib.sha256(f"accord drafts\0{staff_id}\0{cookie}".encode()).digest())

    async def save(self, draft: Draft) -> None:
        """Keep a new draft. Raises Refused if its author keeps too many others."""
        await self._pool.execute(_OLD, KEPT)
        if not await self._pool.fetchval(_SAVE, digest_of(draft.name), self._staff_id, self._sealed(draft), MOST):
            raise Refused(f"you keep {MOST} drafts already; delete one first")

    async def change(self, name: str, changed: Callable[[Draft], Draft]) -> Draft | None:
        """Keep a change of a draft on top of all that was kept before, and return the draft, or None without it.

        Two windows may be open on one draft, and each sends what was typed in it.

        Raises:
            Refused: It was changed too often meanwhile.
        """
        for _ in range(MOST_TRIES):
            row = await self._pool.fetchrow(_ONE, digest_of(name), self._staff_id, KEPT)
            draft = self._opened(row["sealed"], row["changed_at"]) if row is not None else None
            if row is None or draft is None:
                return None
            new = changed(draft)
            changed_at = await self._pool.fetchval(
                _CHANGE, digest_of(name), self._staff_id, self._sealed(new), row["sealed"]
            )
            if changed_at is not None:
                return replace(new, changed_at=changed_at)
        raise Refused("this draft is changed in another window at the same time; nothing was saved, try again")

    async def one(self, name: str) -> Draft | None:
        """Return a draft, or None if there is none of that name, or this browser did not make it."""
        row = await self._pool.fetchrow(_ONE, digest_of(name), self._staff_id, KEPT)
        return self._opened(row["sealed"], row["changed_at"]) if row is not None else None

    async def all(self) -> tuple[list[Draft], int]:
        """Return the drafts that this browser can open, the newest first, and how many of their author's it cannot."""
        await self._pool.execute(_OLD, KEPT)
        rows = await self._pool.fetch(_ALL, self._staff_id, KEPT)
        drafts = [self._opened(row["sealed"], row["changed_at"]) for row in rows]
        readable_drafts = [draft for draft in drafts if draft is not None]
        return readable_drafts, len(drafts) - len(readable_drafts)

    async def drop(self, name: str) -> None:
        """Delete a draft."""
        query = "DELETE FROM console.drafts WHERE digest = $1 AND staff_id = $2"
        await self._pool.execute(query, digest_of(name), self._staff_id)

    def _sealed(self, draft: Draft) -> bytes:
        names = ("name", "content", "amends", "base", "reason", "answer", "aside")
        beside = (name for name in ("called", "unanswered", "submission") if getattr(draft, name))
        fields = {name: getattr(draft, name) for name in (*names, *beside)}
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._key.encrypt(nonce, json.dumps(fields).encode(), self._staff_id.encode())

    def _opened(self, ciphertext: bytes, changed_at: datetime) -> Draft | None:
        try:
            fields = json.loads(self._key.decrypt(ciphertext[:_NONCE], ciphertext[_NONCE:], self._staff_id.encode()))
        except InvalidTag:
            return None
        return Draft(**fields, changed_at=changed_at)
