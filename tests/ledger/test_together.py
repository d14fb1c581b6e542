"""Streams that are read together: by one query, at one moment, for a task and for those that it starts."""

from __future__ import annotations

import asyncio
from contextvars import Context
from uuid import uuid4

import asyncpg
import pytest

from deploy.database import open_pool
from ledger import AppendRequest, Ledger, NewEvent


def noted(stream: str = "note", after: int = 0) -> AppendRequest:
    return AppendRequest(stream, uuid4(), after, (NewEvent.of("Noted", 1, {"in": stream}, {}),))


async def outside(ledger: Ledger, request: AppendRequest) -> None:
    """Record as somebody else does, who read nothing together."""
    await asyncio.create_task(ledger.append(request), context=Context())  # type: ignore[arg-type]


async def test_what_was_read_together_is_read_once(pool: asyncpg.Pool) -> None:
    """Given two streams, when they are read together, then each is as it was then, whoever records meanwhile."""
    ledger, others = Ledger(pool), Ledger(pool)
    await ledger.append_many([noted("one"), noted("one", 1), noted("two")])
    async with ledger.read_together({"one": 0, "two": 0, "none": 0}):
        for append in (noted("one", 2), noted("none")):
            await outside(others, append)
        versions = [[event.version for event in await ledger.read_stream(name)] for name in ("one", "two", "none")]
        assert versions == [[1, 2], [1], []]
        assert [event.version for event in await ledger.read_stream("one", 1)] == [2]
        assert [len(events) for events in await ledger.read_beside("one", 1, "two", 0)] == [1, 1]
    assert [len(await ledger.read_stream(name)) for name in ("one", "two", "none")] == [3, 1, 1]


async def test_it_costs_one_query(database: str) -> None:
    queries: list[str] = []
    async with await open_pool(database, 1) as pool:
        ledger = Ledger(pool)
        await ledger.append_many([noted("one"), noted("two")])
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda record: queries.append(record.query))
        async with ledger.read_together({"one": 0, "two": 0}):
            await asyncio.gather(ledger.read_stream("one"), ledger.read_stream("two"), ledger.read_stream("one"))
    assert len(queries) == 1


@pytest.mark.slow
async def test_what_was_not_read_is_read_as_it_stands(pool: asyncpg.Pool) -> None:
    """Given a stream read after its first version, when all of it or another one is asked for, then that is read."""
    ledger = Ledger(pool)
    await ledger.append_many([noted("one"), noted("one", 1), noted("two")])
    async with ledger.read_together({"one": 1}), ledger.connection() as connection:
        await outside(Ledger(pool), noted("one", 2))
        assert [event.version for event in await ledger.read_stream("one", 1)] == [2]
        assert [event.version for event in await ledger.read_stream("one")] == [1, 2, 3]
        assert len(await ledger.read_stream("one", 1, connection=connection)) == 2
        assert [len(events) for events in await ledger.read_beside("one", 1, "two", 0)] == [2, 1]
    async with ledger.read_together({"one": 0}), ledger.at_one_moment():
        assert len(await ledger.read_stream("one")) == 3


async def test_nothing_is_recorded_on_what_was_read_before(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    async with ledger.read_together({"note": 0}):
        for append in (ledger.append(noted()), ledger.append_many([noted()]), ledger.append_together([noted()])):
            with pytest.raises(RuntimeError, match="read together before"):
                await append
    assert await ledger.head() == 0


async def test_a_task_that_outlives_it_reads_what_stands_there_then(pool: asyncpg.Pool) -> None:
    ledger, over = Ledger(pool), asyncio.Event()

    async def later() -> int:
        await over.wait()
        await ledger.append(noted())
        return len(await ledger.read_stream("note"))

    async with ledger.read_together({"note": 0}):
        task = asyncio.create_task(later())
    over.set()
    assert await task == 1


async def test_another_database_is_read_as_it_stands(pool: asyncpg.Pool, database: str) -> None:
    await Ledger(pool).append(noted())
    async with await open_pool(database, 1) as another, Ledger(pool).read_together({"note": 0}):
        await outside(Ledger(pool), noted(after=1))
        assert len(await Ledger(another).read_stream("note")) == 2
