"""The server of the database: whether it is PostgreSQL itself, and can tell a copy of a ledger from its original.

Epochs rest on that (ADR 0025): a restore, a copy and a standby that took over must each look like another database. A
server that only speaks PostgreSQL's protocol, or hides its own identity and timeline, cannot be trusted to fence.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.fault import Fault

OLDEST: Final = 16
"""The major version of PostgreSQL from which on Accord runs."""

_BANNER: Final = "SELECT version()"
_ITSELF: Final = re.compile(r"PostgreSQL (\d+)[.\w]*(?= \(|\s|,|$)(?!-)")
_IDENTITY: Final = (
    "SELECT (SELECT system_identifier FROM pg_control_system()), "
    "CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_insert_lsn()) END"
)
"""What tells one database from another: the cluster, and the timeline of a primary."""


class Engine(NamedTuple):
    """The server that answers."""

    name: str
    """What it calls itself, such as PostgreSQL 18.6."""
    fault: Fault | None
    """Why no ledger is kept there, with the remedy, or None."""


async def engine_of(connection: asyncpg.Connection | PoolConnectionProxy) -> Engine:
    """Return the server of a connection."""
    banner = str(await connection.fetchval(_BANNER))
    name = " ".join(banner.split(",")[0].split()[:2])
    match = _ITSELF.match(banner)
    if match is None:
        return Engine(
            name, Fault(f"{name} is not PostgreSQL itself, and nothing proves that it fences; use PostgreSQL")
        )
    if int(match[1]) < OLDEST:
        return Engine(name, Fault(f"{name} is too old; upgrade it to {OLDEST} or newer"))
    try:
        await connection.fetchrow(_IDENTITY)
    except asyncpg.PostgresError as fault:
        return Engine(name, _hides(name, str(fault).splitlines()[0]))
    return Engine(name, None)


def _hides(name: str, reason: str) -> Fault:
    return Fault(
        f"this {name} does not say which database it is ({reason}), so that a restore or a copy would not be noticed, "
        "and money could be paid twice; use one that lets its users ask pg_control_system() and the write-ahead log"
    )
