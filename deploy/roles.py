"""The roles of a database: one that owns everything and one for each task, and the names of the logins in them.

Roles are the whole server's. The first organisation on a server has `accord_owner`, `accord_worker` and so on; where
these are another's, whose administrator alone can grant them, a database gets roles named after itself (ADR 0066).
"""

from __future__ import annotations

import re
from typing import Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from deploy.logins import Login

COMMON: Final = "accord"
"""The beginning of the names in the migrations' files."""

ROLES: Final = ("owner", *Login)

LONGEST: Final = 63
"""The most bytes of a role's name. PostgreSQL cuts off the rest."""

NO_LARGE_OBJECTS: Final = (
    "REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_import(text), "
    "lo_import(text, oid), lo_open(oid, integer), lo_put(oid, bigint, bytea), lo_truncate(integer, integer), "
    "lo_truncate64(integer, bigint), lo_unlink(oid), lowrite(integer, bytea) FROM PUBLIC"
)
"""A superuser's statement, once in each database, so that no login keeps large objects there."""

_LARGE_OBJECTS: Final = "SELECT has_function_privilege('public', 'lo_create(oid)', 'EXECUTE')"
_OWNER: Final = "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'ledger'"
_GRANTABLE: Final = """
SELECT coalesce(bool_and(pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')), true) FROM pg_roles WHERE rolname = ANY($1)
"""
_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*")
_NAMED: Final = re.compile(rf"\b{COMMON}_({'|'.join(ROLES)})\b")


async def takes_large_objects(connection: asyncpg.Connection | PoolConnectionProxy) -> bool:
    """Return True if every login may keep large objects in this database: no superuser ended that yet."""
    return bool(await connection.fetchval(_LARGE_OBJECTS))


async def settled(connection: asyncpg.Connection | PoolConnectionProxy) -> str | None:
    """Return the beginning of the names of this database's roles, or None if it has no ledger yet."""
    owner = await connection.fetchval(_OWNER)
    return None if owner is None else str(owner).removesuffix("_owner")


async def to_use(connection: asyncpg.Connection) -> str:
    """Return the beginning of the names of this database's roles, as it stands or as a new database gets it."""
    if (beginning := await settled(connection)) is not None:
        return beginning
    if await connection.fetchval(_GRANTABLE, [f"{COMMON}_{role}" for role in ROLES]):
        return COMMON
    return f"{COMMON}_{await connection.fetchval('SELECT current_database()')}"


def named(sql: str, beginning: str) -> str:
    """Return a migration's text with the names of the database's roles in place of the common ones."""
    if beginning == COMMON:
        return sql
    new_sql = sql.replace(f"'{COMMON}_' || role", f"{_literal(f'{beginning}_')} || role")
    return _NAMED.sub(lambda match: identifier(f"{beginning}_{match[1]}"), new_sql)


def identifier(name: str) -> str:
    """Return a name as SQL writes it: in quotes, unless it needs none."""
    return name if _PLAIN.fullmatch(name) else '"{}"'.format(name.replace('"', '""'))


def _literal(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
