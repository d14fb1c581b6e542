"""A database is brought forward once, by whoever comes first, and never by a file that was edited afterwards."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy import migrate as room
from deploy import rights
from deploy.logins import as_user
from deploy.migrate import MIGRATIONS, MigrationEdited, applied, migrate, migrations, pending
from domain.recorded.further import NEW_FORMS
from domain.recorded.writers import Writer

NAMES = (
    "0001_roles.sql",
    "0002_ledger.sql",
    "0003_projection.sql",
    "0004_read_model.sql",
    "0005_registers.sql",
    "0006_payments.sql",
    "0007_privacy.sql",
    "0008_appending.sql",
    "0009_one_command_over_streams.sql",
    "0010_what_counts_together.sql",
    "0011_console.sql",
    "0012_payments.sql",
    "0013_lists.sql",
    "0014_erasures.sql",
    "0015_appending.sql",
    "0016_append_report.sql",
    "0017_enrolments.sql",
    "0018_counter.sql",
    "0019_orders.sql",
    "0020_mentions.sql",
    "0021_rescreening.sql",
    "0022_inquiries.sql",
    "0023_orders_of_past_days.sql",
    "0024_last_erasure.sql",
    "0025_orders_by_day.sql",
    "0026_editions.sql",
    "0027_papers.sql",
    "0028_post.sql",
    "0029_mail_after_a_restore.sql",
    "0030_grantee.sql",
    "0031_names.sql",
    "0032_second_names.sql",
    "0033_account_statements.sql",
    "0035_stated_entries.sql",
    "0039_attester.sql",
    "0040_typed_numbers.sql",
    "0042_booked_files.sql",
    "0046_api.sql",
    "0047_webhooks.sql",
    "0048_followers.sql",
    "0051_kept_tables.sql",
    "0055_token_looks.sql",
    "0060_open_entries.sql",
    "rights to append",
)
_numbers = count(1)


@pytest.fixture
async def empty(template: str) -> str:
    """The address of a database that nothing was done to."""
    name = f"empty_{next(_numbers)}"
    server = await asyncpg.connect(template)
    await server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await server.close()
    return template.replace("/postgres?", f"/{name}?")


@pytest.fixture
async def fresh(empty: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to such a database."""
    connection = await asyncpg.connect(empty)
    yield connection
    await connection.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of migrations that a test may edit."""
    copied = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    monkeypatch.setattr(room, "MIGRATIONS", copied)
    return copied


async def test_a_new_database_gets_everything_in_order(fresh: asyncpg.Connection) -> None:
    assert await applied(fresh) == {}
    assert await pending(fresh) == NAMES
    assert await migrate(fresh) == NAMES
    assert await pending(fresh) == ()
    assert await applied(fresh) == {migration.name: migration.sha256 for migration in migrations()}
    tables = await fresh.fetch("SELECT to_regclass(name) AS found FROM unnest($1::text[]) name", list(TABLES))
    assert all(row["found"] is not None for row in tables)


TABLES = ("ledger.events", "registers.versions", "registers.rows", "payments.accounts", "payments.instructions")


async def test_the_second_time_there_is_nothing_to_do(fresh: asyncpg.Connection) -> None:
    await migrate(fresh)
    assert await migrate(fresh) == ()


@pytest.mark.slow
async def test_only_what_is_new_is_applied(fresh: asyncpg.Connection, folder: Path) -> None:
    await migrate(fresh)
    (folder / "0009_more.sql").write_text("CREATE TABLE accord.more (n integer);")
    assert await pending(fresh) == ("0009_more.sql",)
    assert await migrate(fresh) == ("0009_more.sql",)


async def test_a_file_that_was_edited_after_it_was_applied_is_refused(fresh: asyncpg.Connection, folder: Path) -> None:
    await migrate(fresh)
    edited = folder / "0005_registers.sql"
    edited.write_text(edited.read_text() + "\n-- a small mend\n")
    (folder / "0009_more.sql").write_text("CREATE TABLE accord.more (n integer);")
    reason = "0005_registers.sql was changed after it was applied; write a new migration instead"
    for _ in range(2):
        with pytest.raises(MigrationEdited, match=reason):
            await migrate(fresh)
    assert await pending(fresh) == ("0009_more.sql",)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("9000_of_a_later_day.sql", id="a later release"),
        pytest.param("0009_accounts_at_once.sql", id="the unreleased tree before its migrations were made into fewer"),
    ],
)
async def test_a_database_of_another_version_is_left_alone(fresh: asyncpg.Connection, name: str) -> None:
    await migrate(fresh)
    await fresh.execute("INSERT INTO accord.migrations (name, sha256) VALUES ($1, 'x')", name)
    told = f"{name} was applied here, and this version of Accord does not have it: use the version that applied it, or"
    with pytest.raises(MigrationEdited, match=re.escape(told)):
        await migrate(fresh)


async def test_a_migration_that_fails_leaves_nothing_of_itself_and_what_came_before_it(
    fresh: asyncpg.Connection, folder: Path
) -> None:
    broken = folder / "9999_broken.sql"
    broken.write_text("CREATE TABLE accord.half (n integer); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(fresh)
    assert await fresh.fetchval("SELECT to_regclass('accord.half')") is None
    assert await pending(fresh) == ("9999_broken.sql", rights.NAME)
    broken.write_text("CREATE TABLE accord.half (n integer);")
    assert await migrate(fresh) == ("9999_broken.sql", rights.NAME)


async def test_two_at_once_apply_each_file_once(empty: str) -> None:
    connections = [await asyncpg.connect(empty) for _ in range(3)]
    done = await asyncio.gather(*[migrate(connection) for connection in connections])
    assert sorted(done, key=len) == [(), (), NAMES]
    for connection in connections:
        await connection.close()


# The rights to append, after the files

HOLD = rights.Right("worker", "HoldPlaced", "^partnership/[^/]+$")
REPORT = rights.Right("worker", "ReportReceived", "^partnership/[^/]+$")
PLANTED = rights.Right("staff", "HoldPlaced", "^partnership/[^/]+$")
RELEASED = next(right for right in rights.OF_THIS_RELEASE if right.event_type == "TrancheReleasedForPayment")
TAKE_AWAY = "DELETE FROM appending.rights WHERE (writer, event_type, stream) = ($1, $2, $3)"
ADD = "INSERT INTO appending.rights (writer, event_type, stream, form) VALUES ($1, $2, $3, 1)"


def to_form(form: int) -> str:
    return f"UPDATE appending.rights SET form = {form} WHERE (writer, event_type, stream) = ($1, $2, $3)"


async def test_a_migrated_database_grants_what_the_code_says(fresh: asyncpg.Connection) -> None:
    await migrate(fresh)
    granted = await rights.granted_in(fresh)
    assert granted == rights.OF_THIS_RELEASE
    assert {right.writer for right in granted} == set(Writer)
    assert (granted[HOLD], granted[REPORT]) == (1, 4)
    assert await rights.differences(fresh) == []


@pytest.mark.parametrize(
    ("change", "right", "told"),
    [
        pytest.param(TAKE_AWAY, HOLD, f"{HOLD} in form 1 is missing (`accord migrate`)", id="a right"),
        pytest.param(to_form(1), REPORT, f"{REPORT} in form 2 is missing (`accord migrate`)", id="a form"),
    ],
)
async def test_what_the_database_does_not_grant_yet_is_pending_and_is_granted(
    fresh: asyncpg.Connection, change: str, right: rights.Right, told: str
) -> None:
    await migrate(fresh)
    await fresh.execute(change, *right)
    assert (await pending(fresh), await rights.differences(fresh)) == ((rights.NAME,), [told])
    assert await migrate(fresh) == (rights.NAME,)
    assert (await pending(fresh), await rights.differences(fresh)) == ((), [])


@pytest.mark.parametrize(
    ("change", "right", "form"),
    [pytest.param(ADD, PLANTED, 1, id="a right"), pytest.param(to_form(5), REPORT, 5, id="a form")],
)
async def test_what_a_newer_release_granted_is_left_alone(
    fresh: asyncpg.Connection, change: str, right: rights.Right, form: int
) -> None:
    await migrate(fresh)
    await fresh.execute(change, *right)
    told = f"{right} in form {form} was applied here, and this version of Accord does not have it: use the version that"
    with pytest.raises(MigrationEdited, match=re.escape(told)):
        await migrate(fresh)
    assert (await rights.granted_in(fresh))[right] == form
    assert await pending(fresh) == ()


async def test_a_form_that_the_release_before_cannot_read_is_shut_until_it_is_opened(fresh: asyncpg.Connection) -> None:
    """Given a database of the release before, when it is migrated, then a person opens the form, once and for good."""
    await migrate(fresh)
    await fresh.execute(to_form(1), *RELEASED)
    assert (await pending(fresh), await migrate(fresh), await rights.differences(fresh)) == ((), (), [])
    granted = await rights.granted_in(fresh)
    assert (granted[RELEASED], rights.shut_in(granted)) == (1, {RELEASED: 2})
    others = {kind: form for kind, form in NEW_FORMS.items() if kind != RELEASED.event_type}
    assert rights.opened_forms(granted) == others
    assert await rights.open_forms(fresh) == {"TrancheReleasedForPayment": 2}
    assert (await rights.open_forms(fresh), await migrate(fresh)) == ({}, ())
    assert await rights.granted_in(fresh) == rights.OF_THIS_RELEASE


async def test_a_type_that_is_retired_loses_its_rights_by_a_migration(fresh: asyncpg.Connection, folder: Path) -> None:
    await migrate(fresh)
    await fresh.execute(ADD, *PLANTED)
    (folder / "9000_retired.sql").write_text("DELETE FROM appending.rights WHERE writer = 'staff' AND form = 1;")
    assert await migrate(fresh) == ("9000_retired.sql",)
    assert await rights.granted_in(fresh) == rights.OF_THIS_RELEASE


@pytest.mark.slow
async def test_whoever_owns_a_database_and_may_create_roles_migrates_it(template: str) -> None:
    """As the administrator of a managed PostgreSQL, who is no superuser."""
    name, admin = f"managed_{next(_numbers)}", f"admin_{uuid4().hex}"
    server = await asyncpg.connect(template)
    existing = [row["rolname"] for row in await server.fetch("SELECT rolname FROM pg_roles WHERE rolname ~ '^accord_'")]
    await server.execute(f"CREATE ROLE {admin} LOGIN CREATEROLE PASSWORD 'admin'")
    for role in existing:  # another database of this server made them; on a server of its own it makes them itself
        await server.execute(f"GRANT {role} TO {admin} WITH ADMIN OPTION")
    await server.execute(f"CREATE DATABASE {name} OWNER {admin} TEMPLATE template0")
    try:
        connection = await asyncpg.connect(as_user(template.replace("/postgres?", f"/{name}?"), admin, "admin"))
        assert await migrate(connection) == NAMES
        assert await connection.fetchval("SELECT current_user") == admin
        owners = await connection.fetch(
            "SELECT DISTINCT tableowner FROM pg_tables "
            "WHERE schemaname IN ('appending', 'ledger', 'projection', 'registers', 'payments', 'privacy')"
        )
        assert [row["tableowner"] for row in owners] == ["accord_owner"]
        assert await connection.fetchval("SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'") == 0
        await connection.close()
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.execute(f"DROP OWNED BY {admin}")
        await server.execute(f"DROP ROLE {admin}")
        await server.close()
