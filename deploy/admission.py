"""The logins that may connect to a database: those of its tasks, named after it, and nobody else of its server.

Roles are the whole server's, and so is a role's password: no login of a database is touched that another one lets in.
The logins of release 0.2.0 had one name on the whole server (`accord_worker_login`); they are let in beside the new
ones until they are ended (ADR 0066).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from deploy import roles
from deploy.logins import Login, agrees, new_secret, read_secret, verifier, write_secret
from deploy.roles import identifier

LONGEST_NAME: Final = roles.LONGEST - max(len(login.of("")) for login in Login)
"""Bytes of a database's name, so that the names of its logins are whole."""

OLD_NAMES: Final = tuple(f"accord_{login}_login" for login in Login)
"""The logins of release 0.2.0, whichever database they came for."""

END_OLD: Final = "--end-old-logins"


class LoginsRefused(RuntimeError):
    """The logins cannot be made. The message gives the reason and the remedy. Nothing was changed."""


class Logins(NamedTuple):
    """The changes made to a database's logins."""

    made: tuple[Login, ...] = ()
    """Those created, or with their secret changed to their file's."""
    repeated: tuple[Login, ...] = ()
    """Those set to their file's secret again, since nobody here can see which one the server holds."""
    old: tuple[str, ...] = ()
    """Those of an earlier name that are still let in."""
    ended: tuple[str, ...] = ()
    """Those of an earlier name that are let in no longer."""


async def make_logins(connection: asyncpg.Connection, folder: Path, end_old: bool = False) -> Logins:
    """Create every missing login, with its secret in a file named after it, and let nobody else in.

    An existing login keeps its secret. To change a secret, remove its file: the next call makes a new one. Where the
    server holds another secret than the file, as after a restore of older roles, it is told the file's; where it cannot
    be seen which one it holds (only superusers can), it is told the file's again. `end_old`: logins of an earlier name
    are let in no longer.

    Raises:
        LoginsRefused: The database is not migrated, or not the caller's; another one lets in logins of these names; or
            a login of an earlier name is in use where it is to end.
    """
    _require_writable(folder)
    # The lock of migrations: nobody makes roles beside this.
    await connection.execute("SELECT pg_advisory_lock(hashtextextended('accord.migrate', 0))")
    try:
        database = await _free_name(connection)
        beginning = await roles.settled(connection)
        if beginning is None:
            raise LoginsRefused("the database is not migrated; run `accord migrate`")
        async with connection.transaction():
            old = await _old(connection, database, beginning)
            closed_logins = await _end(connection, database, old) if end_old else ()
            await _close(connection, database, () if end_old else old)
        outcomes = [await _make(connection, database, beginning, login, folder) for login in Login]
    finally:
        await connection.execute("SELECT pg_advisory_unlock(hashtextextended('accord.migrate', 0))")
    logins = tuple(login for login, outcome in zip(Login, outcomes, strict=True) if outcome == "made")
    renewed_logins = tuple(login for login, outcome in zip(Login, outcomes, strict=True) if outcome == "repeated")
    return Logins(logins, renewed_logins, () if end_old else old, closed_logins)


def _require_writable(folder: Path) -> None:
    """Raise LoginsRefused if no secret could be kept: the server would hold one that nobody has."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise LoginsRefused(f"the folder {folder} cannot be made ({fault.strerror}); name another one") from fault
    if not os.access(folder, os.W_OK | os.X_OK):
        raise LoginsRefused(f"the folder {folder} cannot be written to; name another one, or become its owner")


async def missing_logins(connection: asyncpg.Connection | PoolConnectionProxy) -> tuple[Login, ...]:
    """Return the tasks that have no login to this database."""
    database = await connection.fetchval("SELECT current_database()")
    rows = await connection.fetch("SELECT rolname FROM pg_roles WHERE rolcanlogin")
    names = {row["rolname"] for row in rows}
    return tuple(login for login in Login if login.of(database) not in names)


_OPEN: Final = """
SELECT EXISTS (SELECT FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                WHERE d.datname = current_database() AND a.grantee = 0 AND a.privilege_type = 'CONNECT')
"""


async def open_to_all(connection: asyncpg.Connection | PoolConnectionProxy) -> bool:
    """True if every login of the server may connect to this database."""
    return bool(await connection.fetchval(_OPEN))


_ELSEWHERE: Final = """
SELECT DISTINCT d.datname, r.rolname
  FROM pg_database d, aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee
 WHERE a.privilege_type = 'CONNECT' AND d.datname <> current_database() AND r.rolname = ANY($1) ORDER BY 1, 2 LIMIT 1
"""
"""Another database that lets in a login of one of these names."""


async def _free_name(connection: asyncpg.Connection) -> str:
    """Return the database's name, after which its logins are named. Raises LoginsRefused if they would be another's."""
    database = str(await connection.fetchval("SELECT current_database()"))
    if len(database.encode()) > LONGEST_NAME:
        raise LoginsRefused(
            f"the database's name has {len(database.encode())} bytes, and logins are named after it: rename it to one "
            f"of at most {LONGEST_NAME} (ALTER DATABASE ... RENAME TO ...)"
        )
    row = await connection.fetchrow(_ELSEWHERE, [login.of(database) for login in Login])
    if row is not None:
        raise LoginsRefused(
            f"the login {row['rolname']} is let in to the database {row['datname']}, and would be made for {database}: "
            f"was {row['datname']} named {database} before? There run first: accord migrate --logins FOLDER {END_OLD}"
        )
    return database


_OLD: Final = """
SELECT r.rolname, EXISTS (SELECT FROM aclexplode(d.datacl) a
                           WHERE a.grantee = r.oid AND a.privilege_type = 'CONNECT') AS granted
  FROM pg_roles r, pg_database d
 WHERE d.datname = current_database() AND r.rolcanlogin AND r.rolname <> ALL($1)
   AND has_database_privilege(r.oid, d.oid, 'CONNECT')
   AND EXISTS (SELECT FROM pg_roles t WHERE t.rolname = ANY($4) AND pg_has_role(r.oid, t.oid, 'MEMBER'))
   AND (r.rolname = ANY($2) OR r.rolname ~ $3) ORDER BY 1
"""
_OTHERS: Final = """
SELECT d.datname FROM pg_database d
 WHERE d.datname <> current_database() AND d.datallowconn AND has_database_privilege($1, d.oid, 'CONNECT')
   AND (EXISTS (SELECT FROM pg_shdepend s WHERE s.dbid = d.oid AND s.refclassid = 'pg_authid'::regclass
                   AND s.refobjid = to_regrole('accord_owner'))
        OR EXISTS (SELECT FROM aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = $1))
 ORDER BY 1
"""
"""Other databases with a ledger of Accord's that let in a login."""


async def _old(connection: asyncpg.Connection, database: str, beginning: str) -> tuple[str, ...]:
    """Return the logins of an earlier name that are let in: those of 0.2.0, or of this database's earlier name."""
    own_logins = [login.of(database) for login in Login]
    of_tasks = [f"{beginning}_{task}" for task in ("reader", *Login)]  # the door's tasks are no readers
    rows = await connection.fetch(_OLD, own_logins, list(OLD_NAMES), f"_login_({'|'.join(Login)})$", of_tasks)
    return tuple(row["rolname"] for row in rows if row["granted"] or row["rolname"] in OLD_NAMES)


async def _close(connection: asyncpg.Connection, database: str, old: tuple[str, ...]) -> None:
    """Let nobody in but these logins of an earlier name. Each new one is let in when it is made.

    Raises:
        LoginsRefused: Another database lets them in too, or whoever asks does not own this one.
    """
    if old and await open_to_all(connection):
        await _require_one_claim(connection, database, old)
    for name in old:
        # By name before everybody is shut out, so that their processes keep their way in.
        await connection.execute(f"GRANT CONNECT ON DATABASE {identifier(database)} TO {identifier(name)}")
    await connection.execute(f"REVOKE CONNECT ON DATABASE {identifier(database)} FROM PUBLIC")
    if await open_to_all(connection):
        raise LoginsRefused(f"whoever migrates must own the database {database}, so that it is closed to other logins")


async def _require_one_claim(connection: asyncpg.Connection, database: str, old: tuple[str, ...]) -> None:
    rows = await connection.fetch(_OTHERS, old[0])
    if rows:
        other_databases = ", ".join(row["datname"] for row in rows)
        raise LoginsRefused(
            f"the logins of release 0.2.0 ({old[0]} and others) are let in to {database} and to {other_databases}, and"
            " the server has them once. One database may keep them until its processes have new ones. In each other"
            f" one stop the processes that use them, and run there first: accord migrate --logins FOLDER {END_OLD}"
        )


_SESSIONS: Final = """
SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND usename = ANY($1) ORDER BY 1
"""


async def _end(connection: asyncpg.Connection, database: str, old: tuple[str, ...]) -> tuple[str, ...]:
    """Let these logins in no longer, drop those that no other database lets in, and return them.

    Raises:
        LoginsRefused: One of them is in use.
    """
    in_use = [row["usename"] for row in await connection.fetch(_SESSIONS, list(old))]
    if in_use:
        raise LoginsRefused(
            f"{', '.join(in_use)} are in use: stop the processes of the release before, or start them anew on this "
            "release with the secrets of the folder; then run this again"
        )
    for name in old:
        await connection.execute(f"REVOKE CONNECT ON DATABASE {identifier(database)} FROM {identifier(name)}")
        if not await connection.fetch(_OTHERS, name):
            await _drop(connection, name)
    return old


async def _drop(connection: asyncpg.Connection, name: str) -> None:
    """Drop a login. One that another administrator made, or that owns something, stays, and is let in nowhere."""
    try:
        async with connection.transaction():
            await connection.execute(f"DROP ROLE {identifier(name)}")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.DependentObjectsStillExistError):
        return


async def _make(connection: asyncpg.Connection, database: str, beginning: str, login: Login, folder: Path) -> str:
    """Make one login as its file says. Return "made", "repeated", or "" where nothing was to be done."""
    user, file = identifier(login.of(database)), folder / login
    new = await _admit(connection, database, login, f"{beginning}_{login}")
    secret = read_secret(file) if file.exists() else ""
    agreement = None if new or not secret else await _agrees(connection, login.of(database), secret)
    if agreement is True:
        return ""
    password = secret or new_secret()
    await connection.execute(f"ALTER ROLE {user} PASSWORD '{verifier(password)}'")
    if not secret:  # last: what is cut off before this begins anew
        write_secret(file, password)
    return "repeated" if secret and not new and agreement is None else "made"


async def _admit(connection: asyncpg.Connection, database: str, login: Login, role: str) -> bool:
    """Make sure that a login exists, has its task's role and may connect. Return True if it is new."""
    user = identifier(login.of(database))
    has = await connection.fetchval("SELECT pg_has_role(oid, $2, 'MEMBER') FROM pg_roles WHERE rolname = $1",
                                    login.of(database), role)  # fmt: skip
    if has is None:
        await connection.execute(f"CREATE ROLE {user} LOGIN")
    if not has:
        await connection.execute(f"GRANT {identifier(role)} TO {user}")
    await connection.execute(f"GRANT CONNECT ON DATABASE {identifier(database)} TO {user}")
    return has is None


async def _agrees(connection: asyncpg.Connection, user: str, secret: str) -> bool | None:
    """True if the server holds a login's secret, and None where only a superuser could look."""
    try:
        stored_verifier = await connection.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = $1", user)
    except asyncpg.InsufficientPrivilegeError:
        return None
    return agrees(stored_verifier, secret)
