"""A finding is judged by what could be known: what was true of a day, what was known at a moment, and both at once."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from registers.history import NOW, RegisterAsOf, files_of, rows_of, versions_in_force
from registers.loading.archive import Archived
from registers.loading.loader import load, override
from registers.loading.texts import digest
from registers.lookup import status_of
from registers.screening.lists import screen
from tests.builders import party
from tests.registers.files import ARCHIVE, ein, load_small, pub78_row, sdn_row, write, write_bmf, write_sdn

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
CODES = {NOVEMBER: "PC", DECEMBER: "SO", JANUARY: "POF"}


class Loaded(NamedTuple):
    """A version of each month, and moments between: the first before any of them, the last after all."""

    connection: asyncpg.Connection
    versions: tuple[int, ...]
    moments: tuple[datetime, ...]

    async def speaking(self, as_of: RegisterAsOf) -> int | None:
        """Return the number of the version that speaks, counted from 0."""
        found = await versions_in_force(self.connection, ("irs-pub78",), as_of)
        return next((self.versions.index(one.version) for one in found), None)


async def now(connection: asyncpg.Connection) -> datetime:
    moment: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return moment


async def load_month(connection: asyncpg.Connection, folder: Path, month: date) -> int:
    rows = [pub78_row(1, codes=CODES[month]), *[pub78_row(number) for number in range(2, 10)]]
    report = await load_small(connection, "irs-pub78", write(folder, "pub78.txt", *rows), on=month)
    assert report.loaded
    return report.version


@pytest.fixture
async def months(connection: asyncpg.Connection, tmp_path: Path) -> Loaded:
    """Three months of Publication 78, in each of which one organisation has another code."""
    versions, moments = [], [await now(connection)]
    for month in CODES:
        versions.append(await load_month(connection, tmp_path, month))
        moments.append(await now(connection))
    return Loaded(connection, tuple(versions), tuple(moments))


async def test_without_a_date_the_version_in_force_speaks(months: Loaded) -> None:
    assert await months.speaking(NOW) == 2


@pytest.mark.parametrize(
    ("day", "speaks"),
    [
        pytest.param(date(2026, 10, 31), None, id="before anything was true"),
        pytest.param(NOVEMBER, 0, id="the very day"),
        pytest.param(date(2026, 11, 30), 0, id="the day before the next"),
        pytest.param(DECEMBER, 1, id="the day of the next"),
        pytest.param(date(2030, 1, 1), 2, id="long after the last"),
    ],
)
async def test_of_a_day_the_newest_version_speaks_that_was_true_by_then(
    months: Loaded, day: date, speaks: int | None
) -> None:
    assert await months.speaking(RegisterAsOf(true_on=day)) == speaks


@pytest.mark.parametrize(("moment", "speaks"), [(0, None), (1, 0), (2, 1), (3, 2)])
async def test_of_a_moment_the_version_speaks_that_was_in_force_here_then(
    months: Loaded, moment: int, speaks: int | None
) -> None:
    assert await months.speaking(RegisterAsOf(known_at=months.moments[moment])) == speaks


@pytest.mark.parametrize(
    ("day", "moment", "speaks"),
    [
        pytest.param(JANUARY, 1, 0, id="true of January, when only November was known"),
        pytest.param(NOVEMBER, 3, 0, id="true of November, when everything was known"),
        pytest.param(DECEMBER, 2, 1, id="true of December, when December was known"),
        pytest.param(NOVEMBER, 0, None, id="true of November, when nothing was known"),
    ],
)
async def test_of_a_day_and_a_moment_what_was_known_then_of_that_day_speaks(
    months: Loaded, day: date, moment: int, speaks: int | None
) -> None:
    assert await months.speaking(RegisterAsOf(day, months.moments[moment])) == speaks


async def test_a_version_is_told_with_its_digest_and_date(months: Loaded) -> None:
    (told,) = await versions_in_force(months.connection, ("irs-pub78", "irs-bmf"), RegisterAsOf(true_on=DECEMBER))
    (row,) = await months.connection.fetch("SELECT * FROM registers.versions WHERE version = $1", told.version)
    assert (told.register_name, told.source_date) == ("irs-pub78", DECEMBER)
    assert told.sha256 == row["sha256"]


async def test_what_was_loaded_last_of_one_day_speaks_for_it(months: Loaded, tmp_path: Path) -> None:
    mended = write(tmp_path, "pub78.txt", *[pub78_row(number, codes="GROUP") for number in range(1, 10)])
    report = await load_small(months.connection, "irs-pub78", mended, on=JANUARY)
    for as_of in (NOW, RegisterAsOf(true_on=JANUARY), RegisterAsOf(known_at=await now(months.connection))):
        (told,) = await versions_in_force(months.connection, ("irs-pub78",), as_of)
        assert told.version == report.version
    assert await months.speaking(RegisterAsOf(JANUARY, months.moments[3])) == 2


async def test_a_refused_version_never_speaks(months: Loaded, tmp_path: Path) -> None:
    refused = await load_small(months.connection, "irs-pub78", write(tmp_path, "pub78.txt", pub78_row(1)), on=JANUARY)
    assert refused.refused
    for as_of in (NOW, RegisterAsOf(true_on=JANUARY), RegisterAsOf(known_at=await now(months.connection))):
        assert await months.speaking(as_of) == 2


async def test_an_older_file_that_was_put_in_force_late_speaks_of_its_day_and_only_since_then(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    december = await load_month(connection, tmp_path, DECEMBER)
    before = await now(connection)
    path = write(tmp_path, "pub78.txt", *[pub78_row(number, codes="PC") for number in range(1, 10)])
    refused = await load_small(connection, "irs-pub78", path, on=NOVEMBER)
    november = await override(connection, refused.version, ARCHIVE, "the month before was asked for")
    loaded = Loaded(connection, (december, november.version), (before,))
    assert await loaded.speaking(NOW) == 1
    assert await loaded.speaking(RegisterAsOf(true_on=NOVEMBER)) == 1
    assert await loaded.speaking(RegisterAsOf(true_on=DECEMBER)) == 0
    assert await loaded.speaking(RegisterAsOf(known_at=before)) == 0
    assert await loaded.speaking(RegisterAsOf(NOVEMBER, before)) is None


async def test_each_register_speaks_for_itself(months: Loaded, tmp_path: Path) -> None:
    master = await load_small(months.connection, "irs-bmf", write_bmf(tmp_path, 3), on=DECEMBER)
    asked = ("irs-pub78", "irs-bmf", "irs-revocation")
    found = await versions_in_force(months.connection, asked, RegisterAsOf(true_on=DECEMBER))
    assert [(one.register_name, one.version) for one in found] == [
        ("irs-bmf", master.version),
        ("irs-pub78", months.versions[1]),
    ]
    (only,) = await versions_in_force(months.connection, asked, RegisterAsOf(true_on=NOVEMBER))
    assert only.version == months.versions[0]


async def test_the_rows_of_a_past_version_are_those_that_it_listed(months: Loaded) -> None:
    for number, month in enumerate(CODES):
        asked = await versions_in_force(months.connection, ("irs-pub78",), RegisterAsOf(true_on=month))
        changed = (await rows_of(months.connection, asked, ein(1)))["irs-pub78"]
        stayed = (await rows_of(months.connection, asked, ein(2)))["irs-pub78"]
        version = months.versions[number]
        assert [(row["row"], row["version"], row["listed_since"], row["line"]) for row in changed] == [
            (pub78_row(1, codes=CODES[month]), version, version, 1)
        ]
        assert [(row["version"], row["listed_since"]) for row in stayed] == [(version, months.versions[0])]


async def test_a_key_that_no_version_lists_has_no_rows_in_any_register_asked(months: Loaded) -> None:
    asked = await versions_in_force(months.connection, ("irs-pub78",))
    assert await rows_of(months.connection, asked, "999999999") == {"irs-pub78": []}
    assert await rows_of(months.connection, (), ein(1)) == {}


@pytest.mark.slow
async def test_the_status_of_an_organisation_is_what_it_was(months: Loaded) -> None:
    known = party(ein=ein(1))
    for number, (month, code) in enumerate(CODES.items()):
        for as_of in (RegisterAsOf(true_on=month), RegisterAsOf(known_at=months.moments[number + 1])):
            found = await status_of(months.connection, known, as_of)
            assert found is not None
            assert found.codes == {code}
            (asked,) = found.asked
            assert (asked.version, asked.source_date) == (months.versions[number], month)
            assert found.publication78[0].source.register_version == asked


async def test_before_anything_was_loaded_nobody_was_asked(months: Loaded) -> None:
    found = await status_of(months.connection, party(ein=ein(1)), RegisterAsOf(known_at=months.moments[0]))
    assert found is not None
    assert (found.asked, found.found) == ((), False)


async def test_a_name_meets_the_list_of_the_day_that_is_asked_for(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    listed = [sdn_row(number, name) for number, name in enumerate(("ZORVANIA TRADE BUREAU", "OBSIDIAN PIER"))]
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *listed), on=NOVEMBER)
    renamed = write_sdn(tmp_path, sdn_row(0, "QUILLMARK FREIGHT"), listed[1])
    await load_small(connection, "ofac-sdn", *renamed, on=DECEMBER)
    known = (party("Zorvania Trade Bureau"), party("Quillmark Freight"))
    for as_of, name in ((NOW, "QUILLMARK FREIGHT"), (RegisterAsOf(true_on=NOVEMBER), "ZORVANIA TRADE BUREAU")):
        assert [match.listed_name for match in (await screen(connection, known, as_of)).matches] == [name]


async def test_the_files_of_a_version_are_told_as_they_are_archived(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    paths = [write_bmf(tmp_path, 3, "eo2.csv"), write_bmf(tmp_path, 2, "eo1.csv")]
    report = await load(connection, "irs-bmf", paths, NOVEMBER, ARCHIVE, minimum_rows=1)
    assert await files_of(connection, report.version) == tuple(Archived(path.name, digest(path)) for path in paths)
