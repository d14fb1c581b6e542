"""The logins of the door: one reads no table at all, the other opens what came in, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest

from deploy.embedded.stack import Stack
from deploy.logins import Login
from tests.conftest import MIGRATED, Office, copy_of
from tests.deploy.test_processes import CALLS, WRITES
from tests.logins import let_in

TABLES: Final = """
SELECT n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS reads
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
"""
SCHEMAS: Final = """
SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
   AND has_schema_privilege(oid, 'USAGE') ORDER BY 1
"""
DOOR: Final = {
    *(
        "add_part",
        "answers",
        "ask_code",
        "ask_fresh",
        "begin_paper",
        "choose",
        "speak",
        "colleagues",
        "drop_paper",
        "enter",
    ),
    *("finish_paper", "handed_in", "invite", "look", "open", "papers_of", "revoke", "save", "say", "submit"),
}
"""The functions of the door. Each takes the digest of a link's secret first."""
OPENED: Final = {"grantee.forms", "grantee.keys", "grantee.papers", "papers.kept"}
LEDGER: Final = (
    "SELECT ledger.take_append_lock()",
    "TABLE ledger.events",
    "SELECT * FROM grantee.keys",
    "SELECT * FROM grantee.links",
    "SELECT * FROM grantee.read(1, 'ana.silva')",
    "SELECT grantee.erase(gen_random_uuid(), 'DRAFT')",
    "SELECT grantee.erase_of(gen_random_uuid(), gen_random_uuid())",
    "SELECT * FROM grantee.keys_of('P-2026-0042', 'ana.silva')",
    "SELECT papers.open(sha256('p'), 'ana.silva')",
    "SELECT papers.take(sha256('p'), 'ana.silva')",
    "SELECT papers.destroy(sha256('p'), '{}')",
    "SELECT console.look('ana.silva', 'P-2026-0042')",
    "TABLE privacy.people",
    "TABLE payments.accounts",
    "CREATE TABLE here (a int)",
)


@pytest.fixture(scope="module")
async def house(stack: Stack, template: str) -> AsyncIterator[Office]:
    async with copy_of(MIGRATED, template) as name:
        made = Office(stack.postgres, name)
        await let_in(made.url)
        yield made


@pytest.fixture(params=[Login.GRANTEE, Login.EXAMINER])
async def login(house: Office, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Login, asyncpg.Connection]]:
    connection = await asyncpg.connect(house.url_of(request.param))
    yield request.param, connection
    await connection.close()


async def test_the_door_reads_no_table_and_the_examiner_those_of_what_came_in(
    login: tuple[Login, asyncpg.Connection],
) -> None:
    name, connection = login
    rows = await connection.fetch(TABLES)
    assert len(rows) > 40
    read = {f"{schema}.{table}" for schema, table, reads in rows if reads}
    assert read == (set() if name is Login.GRANTEE else OPENED)


async def test_the_door_writes_nothing_and_the_examiner_its_verdicts(login: tuple[Login, asyncpg.Connection]) -> None:
    name, connection = login
    written = {row[0] for row in await connection.fetch(WRITES)}
    verdicts = {"grantee.papers (dropped_at, removed_at, verdict, why): UPDATE"}
    assert written == (set() if name is Login.GRANTEE else verdicts)


async def test_each_calls_its_own_functions(login: tuple[Login, asyncpg.Connection]) -> None:
    name, connection = login
    called = {row[0] for row in await connection.fetch(CALLS)}
    examines = {"grantee.forget_old", "grantee.rewrite", "papers.begin", "papers.finish", "papers.mention"}
    assert called == ({f"grantee.{function}" for function in DOOR} if name is Login.GRANTEE else examines)


async def test_each_sees_no_other_schema(login: tuple[Login, asyncpg.Connection]) -> None:
    name, connection = login
    seen = {row[0] for row in await connection.fetch(SCHEMAS)} - {"public"}
    assert seen == ({"grantee"} if name is Login.GRANTEE else {"grantee", "papers"})


@pytest.mark.parametrize("statement", LEDGER)
async def test_what_is_no_business_of_theirs_is_refused(
    login: tuple[Login, asyncpg.Connection], statement: str
) -> None:
    name, connection = login
    if name is Login.EXAMINER and "grantee.keys" in statement and "keys_of" not in statement:
        return
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)


async def test_every_function_of_the_door_is_keyed_by_a_links_secret(house: Office) -> None:
    connection = await asyncpg.connect(house.url)
    try:
        keyed = "SELECT proname FROM pg_proc WHERE pronamespace = 'grantee'::regnamespace AND proargnames[1] = 'secret'"
        assert {row[0] for row in await connection.fetch(keyed)} - {"link_of"} == DOOR
    finally:
        await connection.close()
