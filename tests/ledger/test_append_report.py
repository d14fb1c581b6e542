"""An append reports what it recorded, as it stands under the append lock: what it cannot prove must be read."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ledger import AppendReport, AppendRequest, AppendStatus, Ledger, NewEvent
from tests.ledger.test_within import until_somebody_waits

BESIDE = "directory"


def noted(stream: str = "note", after: int = 0, events: int = 1, beside: str = BESIDE) -> AppendRequest:
    made = tuple(NewEvent.of("Noted", 1, {"in": stream, "n": n}, {"by": "pia.berg"}) for n in range(events))
    return AppendRequest(stream, uuid4(), after, made, beside=beside)


def report(answer: Any) -> AppendReport:
    assert isinstance(answer.report, AppendReport)
    return answer.report


async def test_what_is_told_is_what_is_read(pool: asyncpg.Pool) -> None:
    """Given several requests in one statement, when they are recorded, then each is told its own events."""
    ledger = Ledger(pool)
    await ledger.append(noted("other", beside=""))
    first, second = await asyncio.gather(ledger.append(noted("a", events=3)), ledger.append(noted("b")))
    assert list(report(first).events) == await ledger.read_stream("a")
    assert list(report(second).events) == await ledger.read_stream("b")


async def test_who_does_not_ask_is_told_nothing(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    asks, asks_not = await ledger.append_many([noted("a"), noted("b", beside="")])
    assert (asks.report is None, asks_not.report) == (False, None)
    assert list(report(asks).events) == await ledger.read_stream("a")


async def test_the_newest_event_beside_is_that_of_the_moment_of_the_append(pool: asyncpg.Pool) -> None:
    """Given an append that waits for the lock, when another stream grows meanwhile, then it is told the later event."""
    ledger, late = Ledger(pool), Ledger(pool)
    assert report(await ledger.append(noted("a"))).newest is None
    async with pool.acquire() as connection, connection.transaction():
        await ledger.hold_appends(connection)
        waits = asyncio.ensure_future(late.append(noted("b")))
        await until_somebody_waits(connection)
        await ledger.append_within(connection, [noted(BESIDE, beside="")])
    [newest] = await ledger.read_stream(BESIDE)
    assert report(await waits).newest == newest.leaf


async def test_it_is_told_within_a_transaction_that_nobody_else_sees_yet(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)

    async def undisturbed(_: object) -> bool:
        return False

    [answer] = await ledger.append_unless([noted("a", events=2)], undisturbed)
    assert list(report(answer).events) == await ledger.read_stream("a")


async def test_what_was_not_all_new_is_told_to_nobody(pool: asyncpg.Pool) -> None:
    """Given a batch with a replay or a conflict in it, when it is answered, then its events must be read."""
    ledger, same = Ledger(pool), noted("a")
    await ledger.append(same)
    answers = await ledger.append_many([same, noted("a"), noted("b")])
    assert [answer.status for answer in answers] == [AppendStatus.REPLAY, AppendStatus.CONFLICT, AppendStatus.OK]
    assert [answer.report for answer in answers] == [None] * 3


@pytest.mark.parametrize("changed", ["payload = '{}'", "event_type = 'Heard'", "meta = '{}'", "leaf = sha256('')"])
async def test_what_is_stored_otherwise_than_it_was_sent_is_not_reported(pool: asyncpg.Pool, changed: str) -> None:
    """Given a server that stores something else, when the append is answered, then no leaf proves it."""
    await pool.execute(
        "CREATE FUNCTION ledger.other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"NEW.{changed}; "
        "NEW.leaf := CASE WHEN NEW.leaf = sha256('') THEN NEW.leaf ELSE ledger.leaf(NEW.position, NEW.stream_id, "
        "NEW.version, NEW.event_id, NEW.command_id, NEW.event_type, NEW.schema_version, NEW.payload, NEW.meta, "
        "NEW.recorded_at) END; RETURN NEW; END $$; "
        "CREATE TRIGGER other BEFORE INSERT ON ledger.events FOR EACH ROW EXECUTE FUNCTION ledger.other()"
    )
    answer = await Ledger(pool).append(noted("a"))
    assert (answer.status, answer.report) == (AppendStatus.OK, None)


async def test_a_ledger_behind_another_door_knows_the_same_standby(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    behind = ledger.through(ledger._door._replace(lets_through=lambda _stream, _type: False))
    assert behind._standby is ledger._standby
    with pytest.raises(RuntimeError, match="lets no Noted through"):
        await behind.append(noted())
    assert (await ledger.append(noted())).recorded


async def test_a_version_has_a_place_or_none(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    await ledger.append_many([noted("a"), noted("b", events=2)])
    assert [await ledger.place_of("b", version) for version in (0, 1, 2, 3)] == [None, 2, 3, None]
    assert await ledger.place_of("c", 1) is None
