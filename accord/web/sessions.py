"""Sessions of readers. A session decides nothing: a thief of one reads what its owner may read."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

COOKIE: Final = "__Host-accord"
"""The console's cookie. Pages on one host see each other's cookies, so that another process has one of its own name."""
CONSOLE: Final = "console.sessions"
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=8)

NOTED: Final = timedelta(minutes=1)
"""The time within which a further look is not noted: most pages write nothing of their reader's session."""

_SEEN = """
WITH open_session AS (
    SELECT digest, staff_id, seen_at FROM {table}
     WHERE digest = $1 AND ended_at IS NULL
       AND seen_at > ledger.now() - $2::interval AND begun_at > ledger.now() - $3::interval
), noted AS (
    UPDATE {table} s SET seen_at = ledger.now() FROM open_session o
     WHERE $4 AND s.digest = o.digest AND o.seen_at < ledger.now() - $5::interval
)
SELECT staff_id FROM open_session
"""
_OPEN = """
SELECT digest, staff_id FROM {table}
 WHERE digest = ANY ($1) AND ended_at IS NULL
   AND seen_at > ledger.now() - $2::interval AND begun_at > ledger.now() - $3::interval
"""
_BEGIN = "INSERT INTO {table} (digest, staff_id) VALUES ($1, $2)"
_END = "UPDATE {table} SET ended_at = ledger.now() WHERE staff_id = $1 AND encode(digest, 'hex') = $2"
_OF = """
SELECT encode(digest, 'hex') AS id, begun_at, seen_at, digest = $2 AS own FROM {table}
 WHERE staff_id = $1 AND ended_at IS NULL
   AND seen_at > ledger.now() - $3::interval AND begun_at > ledger.now() - $4::interval
 ORDER BY begun_at DESC
"""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session, for the person whose it is."""

    id: str
    begun_at: datetime
    seen_at: datetime
    own: bool
    """True if it is the one that asks."""


class Sessions:
    """The sessions of one process, in its own table. Of a cookie only the digest is kept."""

    def __init__(self, pool: asyncpg.Pool, table: str = CONSOLE, cookie: str = COOKIE) -> None:
        """Keep sessions in a table of a database. `cookie`: the name of theirs in a browser."""
        self.pool = pool
        self.cookie = cookie
        self._seen, self._open, self._of, self._begin, self._end = (
            query.format(table=table) for query in (_SEEN, _OPEN, _OF, _BEGIN, _END)
        )

    async def begin(self, staff_id: str) -> str:
        """Begin a session of a person, and return its cookie."""
        cookie = secrets.token_urlsafe(32)
        await self.pool.execute(self._begin, digest_of(cookie), staff_id)
        return cookie

    async def reader(self, cookie: str | None, by_person: bool = True) -> str:
        """Return the person whose session a cookie is, or '' if it is nobody's, or over.

        `by_person`: True if a person asks, which keeps the session open. A page that brings itself up to date does not.
        """
        if not cookie:
            return ""
        return str(await self.pool.fetchval(self._seen, digest_of(cookie), IDLE, LONGEST, by_person, NOTED) or "")

    async def readers(self, cookies: Collection[str]) -> dict[str, str]:
        """Return the people whose sessions some cookies are, by cookie. It keeps no session open."""
        by_digest = {digest_of(cookie): cookie for cookie in cookies}
        rows = await self.pool.fetch(self._open, list(by_digest), IDLE, LONGEST)
        return {by_digest[row["digest"]]: row["staff_id"] for row in rows}

    async def of(self, staff_id: str, cookie: str) -> list[Session]:
        """Return a person's open sessions, the newest first."""
        return [Session(**row) for row in await self.pool.fetch(self._of, staff_id, digest_of(cookie), IDLE, LONGEST)]

    async def end(self, staff_id: str, session_id: str) -> None:
        """End a session, if it is that person's."""
        await self.pool.execute(self._end, staff_id, session_id)


def digest_of(chance: str) -> bytes:
    """Return the digest of a cookie, or of another secret of 256 bits: only that is kept."""
    return hashlib.sha256(chance.encode()).digest()
