"""The access log is sealed into the ledger once a day, and a line that somebody changes or drops is found."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.streams import ACCESS_LOG_STREAM
from ledger import Ledger
from records.access_log import AccessLogBroken, faults_of_log, looks, seal, seals_of

FIRST = date(2031, 3, 3)


async def look_on(pool: asyncpg.Pool, day: int, staff_id: str, *subjects: str) -> None:
    """Somebody looks at something at noon of a day."""
    noon = datetime.combine(FIRST + timedelta(days=day), time(12), UTC)
    made = "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
    await pool.execute(f"{made} $$ SELECT '{noon.isoformat()}'::timestamptz $$")
    for subject in subjects:
        await pool.execute("SELECT console.look($1, $2)", staff_id, subject)


@pytest.fixture
async def house(furnished: Desk) -> Desk:
    """An organisation in whose console people looked on three days."""
    await look_on(furnished.pool, 0, "ana.silva", "P-2026-0001", "P-2026-0002")
    await look_on(furnished.pool, 1, "femi.ade", "the queue — all of it", "P-2026-0001")
    await look_on(furnished.pool, 3, "ana.silva", "P-2026-0003")
    return furnished


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


async def test_each_day_that_is_over_and_has_lines_is_sealed_once(house: Desk) -> None:
    """Given looks on three days, when the log is sealed on the last of them, then only the days before are."""
    ledger = Ledger(house.pool)
    assert await seal(ledger, house.pool, after(3)) == 2
    assert await seal(ledger, house.pool, after(3)) == 0
    lines = [line async for line in looks(house.pool)]
    seals = await seals_of(ledger)
    assert [(one.day, one.last, one.digest) for one in seals] == [
        (after(0), 2, lines[1].digest.hex()),
        (after(1), 4, lines[3].digest.hex()),
    ]
    assert await seal(ledger, house.pool, after(9)) == 1
    assert await faults_of_log(house.pool, await seals_of(ledger)) == []


async def test_workers_that_seal_at_the_same_moment_seal_the_same(house: Desk) -> None:
    ledger = Ledger(house.pool)
    await asyncio.gather(*(seal(ledger, house.pool, after(9)) for _ in range(4)))
    assert [one.last for one in await seals_of(ledger)] == [2, 4, 5]
    assert len(await ledger.read_stream(ACCESS_LOG_STREAM)) == 3


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
    [fault] = await faults_of_log(house.pool, [])
    assert fault.startswith("line ")
    with pytest.raises(AccessLogBroken):
        await seal(Ledger(house.pool), house.pool, after(9))
    assert await seals_of(Ledger(house.pool)) == []


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
    ledger = Ledger(house.pool)
    await seal(ledger, house.pool, after(9))
    await house.pool.execute(FORGERIES.get(what, _WRITTEN_ANEW))
    faults = await faults_of_log(house.pool, await seals_of(ledger))
    assert any("was sealed with another line" in fault for fault in faults), faults
