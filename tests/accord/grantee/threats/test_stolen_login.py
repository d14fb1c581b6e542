"""Whoever steals the door's login reads forms whose links they see, and hands in what people judge. Nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from asyncpg.pool import PoolConnectionProxy

from domain.submissions.reference import SubmissionReference
from ledger import Ledger, clock
from records.submissions.gate import submission_fault
from records.submissions.seals import faults_of_submissions, seal_submissions
from tests.doors import handed_in, link_to

SUBJECT = "P-2026-0042"
DOOR_FUNCTIONS = {
    "look", "enter", "answers", "save", "choose", "ask_code", "submit", "say", "open", "handed_in", "invite",
    "speak", "colleagues", "revoke", "ask_fresh", "begin_paper", "finish_paper", "drop_paper", "papers_of", "add_part",
}  # fmt: skip
TABLES = """
SELECT n.nspname || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'v', 'm', 'p', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   AND n.nspname NOT LIKE 'pg\\_%'
"""
CALLABLE = """
SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE has_function_privilege('accord_grantee', p.oid, 'EXECUTE')
   AND has_schema_privilege('accord_grantee', n.oid, 'USAGE')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


@asynccontextmanager
async def as_the_door(pool: asyncpg.Pool) -> AsyncIterator[PoolConnectionProxy]:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL ROLE accord_grantee")
        yield connection


async def test_every_table_of_every_schema_is_refused(pool: asyncpg.Pool) -> None:
    tables = [row[0] for row in await pool.fetch(TABLES)]
    assert len(tables) > 40
    for table in tables:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with as_the_door(pool) as connection:
                await connection.execute(f"SELECT * FROM {table}")


async def test_the_door_calls_its_own_functions_and_no_other(pool: asyncpg.Pool) -> None:
    callable_functions = {row[0] for row in await pool.fetch(CALLABLE)}
    own = {f"grantee.{name}" for name in DOOR_FUNCTIONS}
    assert {name for name in callable_functions if not name.startswith("public.")} == own
    async with as_the_door(pool) as connection:
        roles = await connection.fetchval(
            "SELECT array_agg(r.rolname::text) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
            "JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = 'accord_grantee'"
        )
    assert roles is None


async def test_what_a_stolen_console_invents_is_under_no_seal_and_refused(pool: asyncpg.Pool) -> None:
    submission = await handed_in(pool, await link_to(pool, SUBJECT))
    invented = SubmissionReference(sha256=submission.sha256, number=1, seal=1, at=clock.now())
    assert await submission_fault(Ledger(pool), SUBJECT, "report", invented) is not None
    nothing = SubmissionReference(sha256="ab" * 32, number=9, seal=1, at=clock.now())
    assert "nothing was handed in" in str(await submission_fault(Ledger(pool), SUBJECT, "report", nothing))


async def test_a_byte_that_is_changed_is_refused_at_the_gate_and_the_verification_names_its_seal(
    pool: asyncpg.Pool,
) -> None:
    ledger, submission = Ledger(pool), await handed_in(pool, await link_to(pool, SUBJECT))
    await seal_submissions(ledger, pool)
    row = await pool.fetchrow(
        "SELECT s.number, s.at, p.position FROM grantee.submissions s JOIN grantee.proofs p USING (number)"
    )
    reference = SubmissionReference(sha256=submission.sha256, number=row["number"], seal=row["position"], at=row["at"])
    assert await submission_fault(ledger, SUBJECT, "report", reference) is None
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE grantee.submissions DISABLE TRIGGER USER")
        await connection.execute("UPDATE grantee.submissions SET sha256 = set_byte(sha256, 0, 9 # get_byte(sha256, 0))")
        await connection.execute("ALTER TABLE grantee.submissions ENABLE TRIGGER USER")
    assert await submission_fault(ledger, SUBJECT, "report", reference) is not None
    assert "submissions 1 to 1 are not those that were sealed" in str(await faults_of_submissions(pool, ledger))
