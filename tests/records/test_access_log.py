"""The access log is sealed into the ledger once a day, and a line that somebody changes or drops is found."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.organisation.access_log import AccessLogSealed
from domain.streams import ACCESS_LOG_STREAM
from ledger import AppendRequest, Ledger
from records.access_log import AccessLogBroken, faults_of_log, looks, seal, seals_of
from records.codec import to_ledger

FIRST = date(2031, 3, 3)


async def set_clock(pool: asyncpg.Pool, moment: datetime) -> None:
    """Let the database's clock stand at a moment."""
    made = "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
    await pool.execute(f"{made} $$ SELECT '{moment.isoformat()}'::timestamptz $$")


def at(day: int, hour: int = 12) -> datetime:
    return datetime.combine(FIRST + timedelta(days=day), time(hour), UTC)


async def look_on(pool: asyncpg.Pool, moment: datetime, staff_id: str, *subjects: str) -> None:
    """Somebody looks at something at a moment."""
    await set_clock(pool, moment)
    for subject in subjects:
        await pool.execute("SELECT console.look($1, $2)", staff_id, subject)


async def sealed_on(house: Desk, day: int) -> int:
    """The number of days sealed in the morning of a day."""
    await set_clock(house.pool, at(day, 1))
    return await seal(Ledger(house.pool), house.pool)


async def faults(house: Desk, day: int = 9) -> list[str]:
    return await faults_of_log(house.pool, await seals_of(Ledger(house.pool)), FIRST + timedelta(days=day))


@pytest.fixture
async def house(furnished: Desk) -> Desk:
    """An organisation in whose console people looked on three days."""
    await look_on(furnished.pool, at(0), "ana.silva", "P-2026-0001", "P-2026-0002")
    await look_on(furnished.pool, at(1), "femi.ade", "the queue — all of it", "P-2026-0001")
    await look_on(furnished.pool, at(3), "ana.silva", "P-2026-0003")
    return furnished


async def told(house: Desk) -> list[tuple[date, int]]:
    return [(one.seal.day, one.seal.last) for one in await seals_of(Ledger(house.pool))]


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


async def test_each_day_that_is_over_and_has_lines_is_sealed_once(house: Desk) -> None:
    """Given looks on three days, when the log is sealed on the last of them, then only the days before are."""
    assert (await sealed_on(house, 3), await sealed_on(house, 3)) == (2, 0)
    assert await told(house) == [(day(0), 2), (day(1), 4)]
    lines = [line async for line in looks(house.pool)]
    [first, second] = await seals_of(Ledger(house.pool))
    assert (first.seal.digest, second.seal.digest) == (lines[1].digest.hex(), lines[3].digest.hex())
    assert await sealed_on(house, 9) == 1
    assert await faults(house) == []


async def test_a_day_is_sealed_some_minutes_after_its_end(house: Desk) -> None:
    await set_clock(house.pool, at(4, 0) + timedelta(minutes=9))
    assert (await seal(Ledger(house.pool), house.pool), await sealed_on(house, 4)) == (2, 1)


async def test_workers_that_seal_at_the_same_moment_seal_the_same(house: Desk) -> None:
    await set_clock(house.pool, at(9))
    ledger = Ledger(house.pool)
    await asyncio.gather(*(seal(ledger, house.pool) for _ in range(4)))
    await seal(ledger, house.pool)
    assert await told(house) == [(day(0), 2), (day(1), 4), (day(3), 5)]


async def test_a_line_that_comes_after_its_days_seal_is_under_the_next_one(house: Desk) -> None:
    """Given a look that waited over midnight and the seal, when later days are sealed, then it and they are."""
    assert await sealed_on(house, 4) == 3
    await look_on(house.pool, at(3, 23), "femi.ade", "P-2026-0007")
    assert await sealed_on(house, 5) == 0
    await look_on(house.pool, at(5), "femi.ade", "P-2026-0008")
    assert await sealed_on(house, 6) == 1
    assert (await told(house))[-1] == (day(5), 7)
    assert await faults(house) == []
    await house.pool.execute("DELETE FROM console.looks WHERE number > 5")
    assert any("was sealed with another line 7" in one for one in await faults(house))


@pytest.mark.parametrize("last", [1, 5, 10**9])
async def test_a_seal_that_the_log_does_not_bear_out_stops_nothing_and_is_told(house: Desk, last: int) -> None:
    """Given a false seal by the worker's login, when days are sealed, then they are, and the false one is named."""
    false = AccessLogSealed(at=at(2), day=day(1), last=last, digest="ab" * 32)
    command = uuid4()
    request = AppendRequest(ACCESS_LOG_STREAM, command, 0, to_ledger((false,), "accord", command))
    assert (await Ledger(house.pool).append(request)).recorded
    assert await sealed_on(house, 9) == 3
    [fault] = await faults(house)
    assert fault.startswith(f"the access log of {day(1)} was sealed with another line {last}, or too early (event ")


async def test_a_seal_of_a_day_that_was_not_over_stops_nothing_and_is_told(house: Desk) -> None:
    """Given a seal with a line's own digest, but of a far day, by the worker's login, then sealing goes on."""
    [first, *_] = [line async for line in looks(house.pool)]
    false = AccessLogSealed(at=at(2), day=date(9999, 12, 31), last=first.number, digest=first.digest.hex())
    command = uuid4()
    request = AppendRequest(ACCESS_LOG_STREAM, command, 0, to_ledger((false,), "accord", command))
    assert (await Ledger(house.pool).append(request)).recorded
    assert await sealed_on(house, 9) == 3
    [fault] = await faults(house)
    assert fault.startswith("the access log of 9999-12-31 was sealed ")


async def test_days_that_nobody_seals_are_told(house: Desk) -> None:
    assert await faults(house, 4) == [f"nobody sealed the access log since {day(0)}: is a worker running?"]
    assert await sealed_on(house, 4) == 3
    assert await faults(house, 4) == []


EDITS = {
    "who": "UPDATE console.looks SET staff_id = 'dora.kim' WHERE number = 2",
    "what": "UPDATE console.looks SET subject = 'P-2026-0009' WHERE number = 2",
    "when": "UPDATE console.looks SET at = at + interval '1 second' WHERE number = 2",
    "a line in the middle is gone": "DELETE FROM console.looks WHERE number = 2",
    "the first line is gone": "DELETE FROM console.looks WHERE number = 1",
}


@pytest.mark.parametrize("what", EDITS)
async def test_a_line_that_was_changed_is_found_and_nothing_is_sealed_over_it(house: Desk, what: str) -> None:
    await house.pool.execute(EDITS[what])
    [fault] = await faults(house)
    assert fault.startswith("line ")
    with pytest.raises(AccessLogBroken):
        await sealed_on(house, 9)
    assert await told(house) == []


FORGERIES = {
    "the newest day is cut off": "DELETE FROM console.looks WHERE number > 2",
    "all of it is gone": "DELETE FROM console.looks",
}
_WRITTEN_ANEW = """
DO $$ DECLARE one record; BEGIN
    CREATE TEMP TABLE before AS SELECT * FROM console.looks ORDER BY number;
    DELETE FROM console.looks;
    FOR one IN SELECT * FROM before WHERE subject <> 'P-2026-0001' ORDER BY number LOOP
        PERFORM console.look(one.staff_id, one.subject);
    END LOOP;
END $$
"""


@pytest.mark.parametrize("what", [*FORGERIES, "written anew with a chain of its own"])
async def test_what_was_sealed_stays_what_it_was(house: Desk, what: str) -> None:
    """Given sealed days, when the owner of the database makes another log, then the seals tell."""
    await sealed_on(house, 9)
    await house.pool.execute(FORGERIES.get(what, _WRITTEN_ANEW))
    assert any("was sealed with another line" in fault for fault in await faults(house))
