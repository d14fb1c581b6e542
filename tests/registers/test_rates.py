"""A sum is converted by the newest rates that are not too old, and what was recorded is read again years later."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import asyncpg
import pytest

from domain.screening.conversion import ReferenceRates
from registers.history import RegisterAsOf
from registers.rates import are_published, rates_on
from registers.replay import replay_rates
from tests.registers.files import ARCHIVE, load_small

FRIDAY = date(2026, 11, 27)
MONDAY = FRIDAY + timedelta(days=3)


def file(folder: Path, **dollars: str) -> Path:
    """A file of the ECB's form with the dollar alone: its days, the newest first, as d20261127."""
    lines = (f"{day[1:5]}-{day[5:7]}-{day[7:]},{rate}" for day, rate in sorted(dollars.items(), reverse=True))
    path = folder / "eurofxref-hist.csv"
    path.write_text("\n".join(("Date,USD", *lines)) + "\n", "utf-8")
    return path


async def loaded(connection: asyncpg.Connection, folder: Path, on: date, **dollars: str) -> int:
    return (await load_small(connection, "ecb-rates", file(folder, **dollars), on=on)).version


async def asked(connection: asyncpg.Connection, on: date, days: int = 7) -> ReferenceRates:
    evidence = await rates_on(connection, on, days)
    assert evidence is not None
    return evidence


async def test_on_a_day_without_rates_those_of_the_last_day_before_count(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    version = await loaded(connection, tmp_path, FRIDAY, d20261126="1.15", d20261127="1.16")
    evidence = await asked(connection, FRIDAY + timedelta(days=1))
    assert evidence.rates.day == FRIDAY
    source = evidence.source
    assert (source.register_version.version, source.line, source.row) == (version, 2, "2026-11-27,USD=1.16")


async def test_rates_of_a_later_day_are_not_asked(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await loaded(connection, tmp_path, MONDAY, d20261127="1.16", d20261130="1.2")
    assert (await asked(connection, FRIDAY + timedelta(days=1))).rates.day == FRIDAY


@pytest.mark.parametrize(("age", "there"), [(0, True), (7, True), (8, False)])
async def test_rates_that_are_too_old_are_none(
    connection: asyncpg.Connection, tmp_path: Path, age: int, there: bool
) -> None:
    await loaded(connection, tmp_path, FRIDAY, d20261127="1.16")
    assert (await rates_on(connection, FRIDAY + timedelta(days=age), 7) is not None) is there


async def test_without_a_register_of_rates_there_are_none(connection: asyncpg.Connection) -> None:
    assert await rates_on(connection, FRIDAY, 35) is None


async def test_what_was_recorded_stays_the_rate_of_its_version(connection: asyncpg.Connection, tmp_path: Path) -> None:
    """The ECB corrects a day afterwards: who asks now is told the new rate, and the recorded one is still published."""
    await loaded(connection, tmp_path, FRIDAY, d20261127="1.16")
    recorded = await asked(connection, FRIDAY)
    moment = await connection.fetchval("SELECT max(loaded_at) FROM registers.versions")
    await loaded(connection, tmp_path, MONDAY, d20261127="1.17", d20261130="1.2")
    assert (await asked(connection, FRIDAY)).source.row == "2026-11-27,USD=1.17"
    assert await are_published(connection, recorded)
    assert await rates_on(connection, FRIDAY, 7, RegisterAsOf(known_at=moment)) == recorded


async def test_a_rate_that_no_version_lists_is_not_published(connection: asyncpg.Connection, tmp_path: Path) -> None:
    version = await loaded(connection, tmp_path, FRIDAY, d20261126="1.15", d20261127="1.16")
    recorded = await asked(connection, FRIDAY)
    named = recorded.source.register_version
    for row, told in (
        ("2026-11-27,USD=9.16", named),
        ("2026-11-25,USD=1.16", named),
        ("2026-11-27,USD=1.16", named.model_copy(update={"version": version + 1})),
        ("2026-11-27,USD=1.16", named.model_copy(update={"sha256": "0" * 64})),
    ):
        source = recorded.source.model_copy(update={"row": row, "register_version": told})
        assert not await are_published(connection, recorded.model_copy(update={"source": source}))


async def test_recorded_rates_are_made_anew_from_the_archived_file(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await loaded(connection, tmp_path, FRIDAY, d20261126="1.15", d20261127="1.16")
    recorded = await asked(connection, FRIDAY)
    await loaded(connection, tmp_path, MONDAY, d20261127="1.17", d20261130="1.2")
    replay = await replay_rates(connection, ARCHIVE, recorded)
    assert (replay.what, replay.faults) == ("reference rates of 2026-11-27 in ecb-rates version 1", ())
    source = recorded.source.model_copy(update={"row": "2026-11-27,USD=9.16"})
    replay = await replay_rates(connection, ARCHIVE, recorded.model_copy(update={"source": source}))
    assert replay.faults == ("row: recorded '2026-11-27,USD=9.16', the archive says '2026-11-27,USD=1.16'",)


async def test_rates_of_a_version_that_was_never_loaded_are_told(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await loaded(connection, tmp_path, FRIDAY, d20261127="1.16")
    recorded = await asked(connection, FRIDAY)
    version = recorded.source.register_version.model_copy(update={"version": 99})
    source = recorded.source.model_copy(update={"register_version": version})
    replay = await replay_rates(connection, ARCHIVE, recorded.model_copy(update={"source": source}))
    assert replay.faults == ("ecb-rates version 99 was never in force",)
