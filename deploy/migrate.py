"""Migrate the database to the newest schema: numbered SQL files, applied once, in order, in one transaction each.

After them the tasks' rights to append are brought to what this release says (`deploy/rights.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from deploy import rights, roles
from deploy.engine import engine_of
from registers.loading.name_keys import fill_name_keys

MIGRATIONS: Final = Path(__file__).parent / "migrations"

_BOOK: Final = """
CREATE SCHEMA IF NOT EXISTS accord;
CREATE TABLE IF NOT EXISTS accord.migrations (
    name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
);
"""

CLOSED: Final = """
DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database()); END $$
"""
"""A new database is its own logins' alone: one server may hold several organisations (deploy/admission.py)."""


class Migration(NamedTuple):
    """One numbered SQL file."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The digest of the file, to detect a change after it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


class CannotMigrate(RuntimeError):
    """The database cannot be migrated to the schema of this version of Accord."""


class MigrationEdited(CannotMigrate):
    """The database differs from this version: a file was changed, or a file or a right is not known here."""


class NotPrimary(CannotMigrate):
    """The server is a standby or is still in recovery, so it cannot be migrated."""


def migrations() -> tuple[Migration, ...]:
    """Return all migrations, ordered by number."""
    return tuple(Migration(path.name, path.read_text("utf-8")) for path in sorted(MIGRATIONS.glob("*.sql")))


async def applied(connection: asyncpg.Connection | PoolConnectionProxy) -> dict[str, str]:
    """Return the digests of the applied migrations, by name. A new database has none."""
    if await connection.fetchval("SELECT to_regclass('accord.migrations')") is None:
        return {}
    return {row["name"]: row["sha256"] for row in await connection.fetch("SELECT name, sha256 FROM accord.migrations")}


async def migrate(connection: asyncpg.Connection) -> tuple[str, ...]:
    """Apply the pending migrations and return their names. Safe to run from several processes at once.

    Raises:
        MigrationEdited: An applied file was changed afterwards or is missing here, or a newer version granted rights.
        NotPrimary: The server is a standby or is still in recovery.
        CannotMigrate: The server cannot be trusted to fence, or roles named after the database had too long a name.
    """
    if await connection.fetchval("SELECT pg_is_in_recovery()"):
        raise NotPrimary("this server is a standby, or still recovers from a backup: give the primary's address")
    if fault := (await engine_of(connection)).fault:
        raise CannotMigrate(str(fault))
    async with alone(connection):
        # Under the lock, since CREATE ... IF NOT EXISTS of two sessions at once may fail.
        await connection.execute(_BOOK)
        applied_digests = await applied(connection)
        _require_known(applied_digests)
        if not applied_digests:
            await connection.execute(CLOSED)
        beginning = await _roles(connection)
        files = [m.name for m in migrations() if await _apply(connection, m, applied_digests.get(m.name), beginning)]
        await _key_names(connection, beginning)
        return (*files, rights.NAME) if await _grant(connection) else tuple(files)


@asynccontextmanager
async def alone(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Let nobody else migrate, open forms or go back meanwhile: they wait."""
    # The session's lock, not a transaction's: each migration is a transaction of its own.
    await connection.execute("SELECT pg_advisory_lock(hashtextextended('accord.migrate', 0))")
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock(hashtextextended('accord.migrate', 0))")


async def _roles(connection: asyncpg.Connection) -> str:
    """Return the beginning of the names of this database's roles. Raises CannotMigrate if they would be cut off."""
    beginning = await roles.to_use(connection)
    longest = max(len(f"{beginning}_{role}".encode()) for role in roles.ROLES)
    if longest > roles.LONGEST:
        over = longest - roles.LONGEST
        raise CannotMigrate(f"the database's name is {over} bytes too long to name its roles after it: rename it")
    return beginning


def _require_known(applied_digests: dict[str, str]) -> None:
    """Raise MigrationEdited if a migration was applied that this version does not have."""
    if strange := sorted(applied_digests.keys() - {migration.name for migration in migrations()}):
        raise _of_another_version(strange[0])


def _of_another_version(name: str) -> MigrationEdited:
    return MigrationEdited(
        f"{name} was applied here, and this version of Accord does not have it: use the version that applied "
        "it, or a new database"
    )


async def _apply(
    connection: asyncpg.Connection, migration: Migration, applied_digest: str | None, beginning: str
) -> bool:
    if applied_digest == migration.sha256:
        return False
    if applied_digest is not None:
        raise MigrationEdited(f"{migration.name} was changed after it was applied; write a new migration instead")
    async with connection.transaction():
        # it may SET ROLE to the owner of what it creates, and resets it
        await connection.execute(roles.named(migration.sql, beginning))
        await connection.execute(
            "INSERT INTO accord.migrations (name, sha256) VALUES ($1, $2)", migration.name, migration.sha256
        )
    return True


async def _key_names(connection: asyncpg.Connection, beginning: str) -> None:
    """Give register rows that stand the keys of their names, which no SQL can make. It goes on where it was cut off."""
    async with connection.transaction():
        await connection.execute(roles.named("SET LOCAL ROLE accord_owner", beginning))
        await fill_name_keys(connection)


async def _grant(connection: asyncpg.Connection) -> bool:
    """Grant the rights that are missing. Return True if there were any.

    Raises MigrationEdited for rights of another version.
    """
    async with connection.transaction():
        current_rights = await rights.granted_in(connection)
        if strange := rights.beyond(current_rights):
            raise _of_another_version(strange[0])
        if missing := rights.missing_from(current_rights):
            await rights.grant(connection, missing)
    return bool(missing)


async def pending(connection: asyncpg.Connection | PoolConnectionProxy) -> tuple[str, ...]:
    """Return the names of the migrations that are not applied yet, ordered by number, and at last of missing rights."""
    applied_digests = await applied(connection)
    files = [migration.name for migration in migrations() if migration.name not in applied_digests]
    return (*files, rights.NAME) if rights.missing_from(await rights.granted_in(connection)) else tuple(files)
