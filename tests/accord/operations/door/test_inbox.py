"""The inbox costs what it shows: what was judged is looked at no more, and what the ledger lost waits again."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest

from accord.client.door import inbox
from accord.client.reading import LedgerAccess
from accord.operations.seals.submissions import SubmissionSeals
from deploy.database import open_pool
from domain.partnership import events as e
from domain.submissions.content import SubmissionContent
from ledger import Ledger
from records.opening import open_ledger
from tests.accord.audit.test_takeovers import recorded, returned
from tests.domain.partnership.specification import REFERENCE
from tests.doors import handed_in, link_to
from tests.records.submissions.test_seals import reference_of


async def minute(pool: asyncpg.Pool) -> None:
    await SubmissionSeals(Ledger(pool), pool)._look()


async def numbers(pool: asyncpg.Pool) -> list[int]:
    return [line.number for line in await inbox.inbox_lines(LedgerAccess(pool))]


async def judged(pool: asyncpg.Pool, count: int) -> list[SubmissionContent]:
    """So many submissions, sealed and returned, and one more that waits."""
    secrets = [await link_to(pool, REFERENCE, about=str(place)) for place in range(count + 1)]
    submissions = [await handed_in(pool, secret) for secret in secrets]
    await minute(pool)
    events = [returned(await reference_of(pool, submission.sha256)) for submission in submissions[:-1]]
    if events:
        await recorded(pool, *events)
    return submissions


async def rows_read(pool: asyncpg.Pool) -> int:
    """The rows that the parts of the inbox's query read, where tables are large."""
    plans = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan", "enable_material")
    async with pool.acquire() as connection, connection.transaction():
        for plan in plans:  # a few rows are read as a whole, whatever indexes there are
            await connection.execute(f"SET LOCAL {plan} = off")
        query = f"EXPLAIN (ANALYZE, FORMAT JSON) {inbox._LINES}"
        explained = await connection.fetchval(query, 0, inbox.BANK_WORDS, inbox.PAGE)
    return _rows(json.loads(explained)[0]["Plan"])


def _rows(plan: dict[str, Any]) -> int:
    removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Join Filter", 0)
    own = (plan["Actual Rows"] + removed) * plan["Actual Loops"] if "Relation Name" in plan else 0
    return int(own) + sum(_rows(part) for part in plan.get("Plans", ()) if "events" not in str(part))


async def queries_of_a_look(database: str) -> int:
    """The queries by which the inbox is read again: the first look asks of the database how it is set up."""
    queries = list[str]()
    async with await open_pool(database, 1) as only_one:
        access = LedgerAccess(only_one)
        await inbox.inbox_lines(access)
        async with only_one.acquire() as connection:
            connection.add_query_logger(lambda record: queries.append(record.query))
        await inbox.inbox_lines(access)
    return len(queries)


@pytest.mark.parametrize("count", [2, 12])
async def test_the_inbox_reads_as_much_however_many_were_judged(database: str, pool: asyncpg.Pool, count: int) -> None:
    await judged(pool, count)
    assert await numbers(pool) == [count + 1], "also before it was noted"
    await minute(pool)
    assert await rows_read(pool) <= 4, "the one that waits: its number, itself, its form and its proof"
    assert await queries_of_a_look(database) == 2


async def test_the_partnerships_of_a_page_are_read_together(database: str, pool: asyncpg.Pool) -> None:
    for others in (2, 8):
        for place in range(others):
            await handed_in(pool, await link_to(pool, f"P-2026-{8000 + others * 10 + place}"))
        assert await queries_of_a_look(database) == 2


async def test_what_the_ledger_lost_with_a_restore_waits_again(pool: asyncpg.Pool) -> None:
    await judged(pool, 1)
    await minute(pool)
    query = "SELECT number FROM grantee.inbox WHERE judged IS NULL ORDER BY number"
    assert [row[0] for row in await pool.fetch(query)] == [2]
    await pool.execute("UPDATE grantee.inbox SET judged = judged + 1000 WHERE judged IS NOT NULL")
    await minute(pool)
    assert [row[0] for row in await pool.fetch(query)] == [2], "the ledger has it, at its own position"
    assert await pool.fetchval("SELECT judged FROM grantee.inbox WHERE number = 1") == await open_ledger(pool).head()


async def test_a_comment_that_repeats_a_digest_judges_nothing(pool: asyncpg.Pool) -> None:
    [submission] = await judged(pool, 0)
    await recorded(pool, e.CommentMade(at=submission.at, actor="pia.berg", text=f"See {submission.sha256}"))
    await minute(pool)
    assert await numbers(pool) == [1]


async def test_a_worker_notes_what_was_judged_and_writes_nothing_there_itself(
    database: str, pool: asyncpg.Pool
) -> None:
    await judged(pool, 1)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL ROLE accord_worker")
        await connection.execute("SELECT grantee.settle($1)", inbox.JUDGING)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE grantee.inbox SET judged = 1")
