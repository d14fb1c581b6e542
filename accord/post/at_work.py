"""The process that sends mail, and the backlog: mail to send, and mail for people."""

from __future__ import annotations

from typing import Final, NamedTuple

from accord.post.outbox import Connection
from deploy.logins import Login

WORK: Final = "accord.post"
"""The name under which one process works, for as long as its connection lives."""

_AT_WORK: Final = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('accord.post', 0)),
       EXISTS (SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND usename = $1 AND pid <> pg_backend_pid())
"""
_BACKLOG: Final = """
SELECT count(*) FILTER (WHERE state = 'QUEUED'),
       COALESCE(extract(epoch FROM ledger.now() - min(queued_at) FILTER (WHERE state = 'QUEUED')), 0)::bigint,
       count(*) FILTER (WHERE state IN ('REFUSED', 'UNKNOWN'))
  FROM post.outbox WHERE state IN ('QUEUED', 'REFUSED', 'UNKNOWN')
"""


class AtWork(NamedTuple):
    """The processes of mail, as the database sees them."""

    works: bool
    """One sends mail."""
    is_connected: bool
    """One is connected. While it works it may rest: the server is away, or the ledger was put back."""


class Backlog(NamedTuple):
    """The backlog of the outbox."""

    queued: int
    waits: int
    """The seconds that the oldest queued mail has waited."""
    for_people: int
    """Mails that were refused, came back or are in doubt."""


async def at_work(connection: Connection) -> AtWork:
    """Return the processes of mail: one that sends, and one that is connected by its own login."""
    database = await connection.fetchval("SELECT current_database()")
    return AtWork(*(await connection.fetchrow(_AT_WORK, Login.POST.of(database)) or ()))


async def backlog(connection: Connection) -> Backlog:
    """Return the backlog of mail to send, and of mail for people."""
    return Backlog(*(await connection.fetchrow(_BACKLOG) or ()))
