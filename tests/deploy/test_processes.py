"""The rights of the logins that processes with pages have of their own, in full: docs/threats.md says them in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

import asyncpg
import pytest

from deploy.embedded.stack import Stack
from deploy.logins import Login
from deploy.migrate import pending
from tests.conftest import MIGRATED, Office, copy_of
from tests.logins import let_in

WRITES: Final = """
WITH things AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
       AND has_schema_privilege(n.oid, 'USAGE'))
SELECT name || CASE WHEN has_table_privilege(oid, act) THEN '' ELSE ' (' || columns || ')' END || ': ' || act
  FROM things, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) act,
       LATERAL (SELECT string_agg(attname, ', ' ORDER BY attname) AS columns FROM pg_attribute
                 WHERE attrelid = oid AND attnum > 0 AND act IN ('INSERT', 'UPDATE')
                   AND CASE WHEN act IN ('INSERT', 'UPDATE') THEN has_column_privilege(oid, attnum, act) END) c
 WHERE has_table_privilege(oid, act) OR columns IS NOT NULL ORDER BY 1
"""
"""Every table that the login may write to, with the columns where it may not write to all."""
READS: Final = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') ORDER BY 1
"""
"""Every table of which it may read anything."""
CALLS: Final = """
SELECT p.oid::regproc::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.prosecdef AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1
"""
"""Every function that it may call and that acts with another's rights."""
KEPT: Final = ("console.batches", "console.columns", "console.drafts", "console.views")
ALLOWED: Final[dict[Login, set[str]]] = {
    Login.CONSOLE: {
        "console.sessions: INSERT", "console.sessions: UPDATE",
        "console.prepared: INSERT", "console.prepared: DELETE",
        "console.enrolments: INSERT", "console.enrolments: DELETE",
        "console.kept_tables: INSERT", "console.kept_tables: DELETE",
        "counter.errands (signature): UPDATE",
        *(f"{table}: {act}" for table in KEPT for act in ("INSERT", "UPDATE", "DELETE")),
    },
    Login.COUNTER: {
        "counter.sessions: INSERT", "counter.sessions: UPDATE",
        "counter.errands: INSERT", "counter.errands: DELETE", "counter.errands (begun_at, outcome): UPDATE",
    },
    Login.POST: {
        "post.outbox: INSERT", "post.outbox (next_at, reason, state, token, tried): UPDATE",
        "post.followed: INSERT", "post.followed: UPDATE", "post.choices: DELETE",
        "grantee.forms: INSERT", "grantee.forms (closed_at, closes_at): UPDATE", "grantee.keys: INSERT",
        "grantee.shown: INSERT", "grantee.shown (content, pushed_at): UPDATE", "grantee.links: INSERT",
        "grantee.links (digest, revoked_at, sent_at, until): UPDATE", "grantee.codes (mac): UPDATE",
    },
    Login.WEBHOOKS: {"webhooks.cursors (next_at, position, reason, stopped_at, taken_at, tried): UPDATE"},
    Login.API: {"followers.words (key, kind, note, place, reason, text_sha256): INSERT"},
}  # fmt: skip


CALLED: Final[dict[Login, set[str]]] = {
    Login.CONSOLE: {
        "console.look",
        "editions.keep",
        "payments.references_of_same",
        "payments.stored_files",
        "papers.begin",
        "papers.finish",
        "papers.mention",
        "papers.open",
        "post.choose",
        "post.settle",
        "grantee.read",
        "grantee.links_of",
    },
    Login.COUNTER: {"console.look"},
    Login.POST: {"post.partnerships_of_account"},
    Login.WEBHOOKS: {"webhooks.seal_again"},
    Login.API: {"console.look"},
}
"""One says which references are one account, and no more; one says of a payment file its name, digest and payments, and
no bytes; the last keeps what is asked for."""


@pytest.fixture(scope="module")
async def house(stack: Stack, template: str) -> AsyncIterator[Office]:
    async with copy_of(MIGRATED, template) as name:
        made = Office(stack.postgres, name)
        await let_in(made.url)
        yield made


@pytest.mark.parametrize("login", ALLOWED)
async def test_the_login_of_pages_writes_what_is_said_of_it_and_nothing_else(house: Office, login: Login) -> None:
    connection = await asyncpg.connect(house.url_of(login))
    try:
        written = {row[0] for row in await connection.fetch(WRITES)}
        called = {row[0] for row in await connection.fetch(CALLS)}
    finally:
        await connection.close()
    assert (written, called) == (ALLOWED[login], CALLED[login])


SECRET: Final = {
    "papers.keys": "key",
    "payments.accounts": "details",
    "payments.files": "content",
    "counter.errands": "errand",
    "privacy.people": "key",
    "webhooks.secrets": "sealed",
    "console.kept_tables": "content",
}
OWN: Final = {
    Login.CONSOLE: {"privacy.people", "console.kept_tables"},
    Login.COUNTER: {"counter.errands"},
    Login.POST: {"privacy.people"},
    Login.WEBHOOKS: {"webhooks.secrets"},
    Login.API: {"privacy.people"},
}
"""By login: the secrets that it reads. Names are read by what shows them, or judges signatures on texts with names."""


@pytest.mark.parametrize("login", ALLOWED)
async def test_it_reads_no_bank_details_no_file_no_errand_and_no_key_but_its_own(house: Office, login: Login) -> None:
    connection, read = await asyncpg.connect(house.url_of(login)), set[str]()
    try:
        for table, column in SECRET.items():
            with suppress(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT {column} FROM {table}")
                read.add(table)
    finally:
        await connection.close()
    assert read == OWN[login]


READ_BY_THE_API: Final = (
    "accord.migrations", "appending.rights", "followers.words", "ledger.events", "ledger.nodes", "payments.bank_files",
    "privacy.mentions", "privacy.people", "privacy.salt", "projection.checkpoints", "projection.documents",
    "projection.forgotten",
    "projection.late", "projection.lines", "projection.quarantine", "projection.words",
)  # fmt: skip


async def test_the_login_of_the_api_reads_what_it_answers_with_and_nothing_else(house: Office) -> None:
    connection = await asyncpg.connect(house.url_of(Login.API))
    try:
        read = [row[0] for row in await connection.fetch(READS)]
        assert await pending(connection) == ()  # what the process asks before it starts
    finally:
        await connection.close()
    assert read == [*READ_BY_THE_API]
