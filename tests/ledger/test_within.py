"""Appending within a transaction of somebody else's: it stands or falls with it, and nobody appends meanwhile."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from ledger import AppendRequest, AppendStatus, Ledger, NewEvent


def noted(stream: str, after: int = 0, events: int = 1) -> AppendRequest:
    return AppendRequest(stream, uuid4(), after, (NewEvent.of("Noted", 1, {"in": stream}, {}),) * events)


class Stopped(Exception):
    """Something fails after the append, in the same transaction."""


async def test_what_is_appended_within_a_transaction_is_recorded_when_it_commits(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    async with pool.acquire() as connection, connection.transaction():
        first, second = await ledger.append_within(connection, [noted("a", events=2), noted("b")])
        assert await ledger.read_stream("a") == []
        assert len(await ledger.read_stream("a", connection=connection)) == 2
    assert (first.status, second.status) == (AppendStatus.OK, AppendStatus.OK)
    assert [event.version for event in await ledger.read_stream("a")] == [1, 2]
    assert [event.position for event in await ledger.read_stream("b")] == [second.first_position]


async def test_what_is_appended_within_a_transaction_that_fails_never_was_and_leaves_no_gap(
    pool: asyncpg.Pool,
) -> None:
    ledger = Ledger(pool)

    async def append_and_stop() -> None:
        async with pool.acquire() as connection, connection.transaction():
            await ledger.append_within(connection, [noted("a")])
            raise Stopped

    with pytest.raises(Stopped):
        await append_and_stop()
    answer = await ledger.append(noted("a"))
    assert (answer.status, answer.first_position) == (AppendStatus.OK, 1)


async def test_each_request_is_answered_on_its_own(pool: asyncpg.Pool) -> None:
    ledger, same = Ledger(pool), noted("a")
    await ledger.append(same)
    reused = AppendRequest("a", same.command_id, 0, (NewEvent.of("Heard", 1, {}, {}),))
    async with pool.acquire() as connection, connection.transaction():
        answers = await ledger.append_within(connection, [same, reused, noted("a"), noted("a", after=1)])
    assert [str(answer.status) for answer in answers] == ["REPLAY", "KEY_REUSE", "CONFLICT", "OK"]
    assert len(await ledger.read_stream("a")) == 2


async def test_while_appends_are_held_everybody_else_waits_and_then_meets_what_was_recorded(
    pool: asyncpg.Pool,
) -> None:
    ledger = Ledger(pool)
    async with pool.acquire() as connection, connection.transaction():
        await ledger.hold_appends(connection)
        waits = asyncio.ensure_future(ledger.append(noted("a")))
        await until_somebody_waits(connection)
        assert not waits.done()
        (mine,) = await ledger.append_within(connection, [noted("a")])
    assert mine.recorded
    assert (await waits).status is AppendStatus.CONFLICT


async def test_holding_appends_records_nothing(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await Ledger(pool).hold_appends(connection)
    assert await Ledger(pool).head() == 0


async def test_versions_are_those_of_the_streams_as_they_stand_in_the_transaction(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    await ledger.append(noted("a", events=3))
    async with pool.acquire() as connection, connection.transaction():
        await ledger.append_within(connection, [noted("b", events=2)])
        assert await ledger.versions(["a", "b", "none"], connection) == {"a": 3, "b": 2, "none": 0}
        assert await ledger.versions([], connection) == {}
    async with pool.acquire() as connection:
        assert await ledger.versions(["b"], connection) == {"b": 2}


async def until_somebody_waits(connection: asyncpg.Connection) -> None:
    """Wait for another connection of this database to wait for a lock."""
    query = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    while not await connection.fetchval(query):
        await asyncio.sleep(0.01)
