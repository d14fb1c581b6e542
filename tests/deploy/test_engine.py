"""A ledger is kept where a copy can be told from the original, and nowhere else."""

from __future__ import annotations

import asyncpg
import pytest

from deploy import engine
from deploy.engine import engine_of, hasty_logins
from deploy.migrate import CannotMigrate, migrate
from tests.conftest import name_in, on_server


async def test_postgresql_itself_is_named_and_has_no_fault(connection: asyncpg.Connection) -> None:
    found = await engine_of(connection)
    assert (found.name.startswith("PostgreSQL 1"), found.fault) == (True, None)


@pytest.mark.parametrize(
    ("banner", "fault"),
    [
        ("CockroachDB CCL v26.3.0 (x86_64-pc-linux-gnu, built 2026/08/01)", "CockroachDB CCL is not PostgreSQL itself"),
        ("PostgreSQL 15.12-YB-2025.2.3.0-b1 on x86_64-pc-linux-gnu", "is not PostgreSQL itself"),
        ("PostgreSQL 15.20 (Debian 15.20-0+deb12u1) on x86_64-pc-linux-gnu", "PostgreSQL 15.20 is too old"),
        ("PostgreSQL 17.12 (Debian 17.12-1) on x86_64-pc-linux-gnu", None),
        ("PostgreSQL 18.6 on x86_64-pc-linux-gnu, compiled by gcc", None),
        ("PostgreSQL 19beta1 on x86_64-pc-linux-gnu", None),
    ],
)
async def test_a_server_is_known_by_its_banner(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, banner: str, fault: str | None
) -> None:
    monkeypatch.setattr(engine, "_BANNER", f"SELECT '{banner}'")
    found = (await engine_of(connection)).fault
    assert (found is None) if fault is None else (fault in str(found))


async def test_a_server_that_hides_which_database_it_is_gets_no_ledger(
    template: str, connection: asyncpg.Connection
) -> None:
    """Given a server whose users may not ask which cluster it is, when it is to be migrated, then nothing is made."""
    await on_server(template, "CREATE DATABASE hides TEMPLATE template0")
    owner = await asyncpg.connect(template.replace("/postgres?", "/hides?"))
    await owner.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    await owner.execute("CREATE ROLE hides_admin; SET ROLE hides_admin")
    try:
        with pytest.raises(CannotMigrate, match=r"does not say which database it is .* money could be paid twice"):
            await migrate(owner)
        assert await owner.fetchval("SELECT to_regclass('accord.migrations')") is None
    finally:
        await owner.execute("RESET ROLE; DROP ROLE hides_admin")
        await owner.close()
        await on_server(template, "DROP DATABASE hides")


async def test_a_login_whose_commits_wait_for_too_little_is_named(
    database: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given commits that are answered before they are on disk or on the standby that is meant, then these are told."""
    assert await hasty_logins(connection) == {}
    name = name_in(database)
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = local")
    assert await hasty_logins(connection) == {}, "without a standby the disk is all there is"
    monkeypatch.setattr(engine, "_STANDBY", "SELECT true")
    assert await hasty_logins(connection) == {"every login of this database": "local"}
    await connection.execute(f"ALTER DATABASE {name} RESET synchronous_commit")
    role = await connection.fetchval("SELECT rolname FROM pg_roles WHERE rolname LIKE '%login_worker' LIMIT 1")
    await connection.execute(f"ALTER ROLE {role} IN DATABASE {name} SET synchronous_commit = off")
    assert await hasty_logins(connection) == {role: "off"}
