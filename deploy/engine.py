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

_STANDBY: Final = "SELECT current_setting('synchronous_standby_names') <> ''"
"""True if a standby is meant to have what is committed."""

_COMMITS: Final = """
SELECT 'every login' AS login, CASE WHEN lower(reset_val) IN ('false', 'no', '0') THEN 'off' ELSE reset_val END AS wait
  FROM pg_settings WHERE name = 'synchronous_commit' AND source NOT IN ('database', 'user', 'database user')
UNION ALL
SELECT coalesce(r.rolname, 'every login of this database'), split_part(setting, '=', 2)
  FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) setting
 WHERE setting LIKE 'synchronous_commit=%'
   AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


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


async def hasty_logins(connection: asyncpg.Connection | PoolConnectionProxy) -> dict[str, str]:
    """Return the logins whose commits wait for too little, each with its setting: of the whole server, or its own.

    `off` answers before the commit is on any disk, `local` before a standby has it.
    """
    rows = await connection.fetch(_COMMITS)
    hasty = {"off", "local"} if await connection.fetchval(_STANDBY) else {"off"}
    return {row["login"]: row["wait"] for row in rows if row["wait"] in hasty}


def _hides(name: str, reason: str) -> Fault:
    return Fault(
        f"this {name} does not say which database it is ({reason}), so that a restore or a copy would not be noticed, "
        "and money could be paid twice; use one that lets its users ask pg_control_system() and the write-ahead log"
    )
