"""Reading at one moment: one snapshot over one connection. Nothing is recorded meanwhile, and nobody shares it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from deploy.database import open_pool
from ledger import AppendRequest, Ledger, LedgerUnavailable, NewEvent


def noted(stream: str = "note", after: int = 0) -> AppendRequest:
    return AppendRequest(stream, uuid4(), after, (NewEvent.of("Noted", 1, {"in": stream}, {}),))


async def test_what_others_record_meanwhile_is_seen_afterwards(pool: asyncpg.Pool) -> None:
    ledger, others = Ledger(pool), Ledger(pool)
    async with ledger.at_one_moment():
        assert await ledger.read_stream("note") == []
        await asyncio.create_task(others.append(noted()))  # type: ignore[arg-type]
        assert (await ledger.read_stream("note"), await ledger.head()) == ([], 0)
    assert (len(await ledger.read_stream("note")), await ledger.head()) == (1, 1)


async def test_all_that_a_task_asks_goes_over_one_connection(database: str) -> None:
    """Given a pool of one connection, when a task asks several things, then none waits for another connection."""
    async with await open_pool(database, 1) as pool:
        ledger, another = Ledger(pool), Ledger(pool)
        async with ledger.at_one_moment(), ledger.connection() as first, another.connection() as second:
            assert first is second
            assert await another.read_stream("note") == []


async def test_a_moment_within_a_moment_is_the_same(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    async with ledger.at_one_moment():
        outer = ledger.moment
        async with Ledger(pool).at_one_moment():
            assert ledger.moment is outer
        assert ledger.moment is outer
    assert ledger.moment is None


async def test_a_task_that_is_started_meanwhile_reads_what_stands_there_now(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    async with ledger.at_one_moment():
        await ledger.head()
        await asyncio.create_task(ledger.append(noted()))  # type: ignore[arg-type]
        assert await asyncio.create_task(ledger.head()) == 1  # type: ignore[arg-type]
        assert await ledger.head() == 0


async def test_nothing_is_recorded_at_a_moment(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    async with ledger.at_one_moment():
        for append in (ledger.append(noted()), ledger.append_many([noted()]), ledger.append_together([noted()])):
            with pytest.raises(RuntimeError, match="nothing is recorded while"):
                await append
    assert await ledger.head() == 0


async def test_another_database_is_read_as_it_stands(pool: asyncpg.Pool, database: str) -> None:
    async with await open_pool(database, 1) as another, Ledger(pool).at_one_moment():
        assert Ledger(another).moment is None


async def test_a_server_that_goes_away_meanwhile_is_an_outage(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)

    async def cut_off() -> None:
        async with ledger.at_one_moment(), ledger.connection() as connection:
            pid = connection.get_server_pid()
            await asyncio.create_task(pool.execute("SELECT pg_terminate_backend($1)", pid))  # type: ignore[arg-type]
            await ledger.head()

    with pytest.raises(LedgerUnavailable, match="did not answer"):
        await cut_off()
    assert await ledger.head() == 0
