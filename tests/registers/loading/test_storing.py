"""Twelve versions cost little more than one, and yet each of them answers for ever as it did on its own day."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registers.history import all_rows, news_of
from registers.loading.loader import LoadReport
from registers.sources.irs import MASTER_FILE_FIELDS
from tests.registers.files import bmf_row, load_small, pub78_row, sdn_row, write, write_sdn

A, B, C, D, E, F = (pub78_row(number) for number in range(1, 7))
NOTHING_CHANGED = (True, 0, 0)
few = settings(max_examples=25)


async def published(connection: asyncpg.Connection, folder: Path, *rows: str) -> LoadReport:
    return await load_small(connection, "irs-pub78", write(folder, "pub78.txt", *rows))


async def listed(connection: asyncpg.Connection, version: int) -> list[str]:
    return sorted(row["row"] for row in await all_rows(connection, version))


async def kept(connection: asyncpg.Connection) -> tuple[int, int]:
    """The numbers of kept rows and of kept ends of rows."""
    rows, ends = [await connection.fetchval(f"SELECT count(*) FROM registers.{table}") for table in ("rows", "ended")]
    return rows, ends


def change(report: LoadReport) -> tuple[bool, int, int]:
    return report.loaded, report.came, report.left


async def test_of_a_second_version_only_what_came_is_kept_and_the_ends_of_what_left(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    first = await published(connection, tmp_path, A, B, C, D, E)
    second = await published(connection, tmp_path, A, F, B, C, D)
    assert (change(first), change(second)) == ((True, 5, 0), (True, 1, 1))
    came = await connection.fetch("SELECT file, line, row FROM registers.rows WHERE version = $1", second.version)
    left = await connection.fetch("SELECT version, file, line, ended_in FROM registers.ended")
    assert [tuple(row) for row in came] == [(1, 2, F)]
    assert [tuple(row) for row in left] == [(first.version, 1, 5, second.version)]


async def test_what_is_kept_grows_with_what_changed_only(connection: asyncpg.Connection, tmp_path: Path) -> None:
    for edition in range(5):
        changed = [pub78_row(number, f"Riverbend Edition {edition}") for number in range(3)]
        await published(connection, tmp_path, *changed, *[pub78_row(number) for number in range(3, 200)])
    assert await kept(connection) == (200 + 4 * 3, 4 * 3)


async def test_a_row_is_known_by_the_version_file_and_line_that_listed_it_first(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    first = await published(connection, tmp_path, A, B, C, D, E)
    second = await published(connection, tmp_path, F, E, D, C, B, A)
    places = {row["row"]: (row["listed_since"], row["line"]) for row in await all_rows(connection, second.version)}
    assert (places[A], places[E], places[F]) == ((first.version, 1), (first.version, 5), (second.version, 1))
    news = await news_of(connection, second.version, first.version)
    assert set(news.values()) == {second.version}
    assert [row["row"] for row in await all_rows(connection, second.version) if row["key"] in news] == [F]


@pytest.mark.usefixtures("unguarded")
async def test_a_row_that_comes_back_is_listed_since_it_came_back(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    contents = ((A, B, C, D, E), (A, B, C, D), (A, B, C, D, E))
    versions = [(await published(connection, tmp_path, *rows)).version for rows in contents]
    assert [await listed(connection, version) for version in versions] == [list(rows) for rows in contents]
    since = [row["listed_since"] for row in await all_rows(connection, versions[2]) if row["row"] == E]
    assert since == [versions[2]]


async def test_rows_written_twice_leave_one_at_a_time(connection: asyncpg.Connection, tmp_path: Path) -> None:
    contents = ((A, A, A, B, C, D), (A, A, B, C, D), (A, B, C, D), (B, C, D, E))
    reports = [await published(connection, tmp_path, *rows) for rows in contents]
    assert [(one.came, one.left) for one in reports] == [(6, 0), (0, 1), (0, 1), (1, 1)]
    assert [await listed(connection, one.version) for one in reports] == [list(rows) for rows in contents]


async def test_rows_written_twice_come_one_at_a_time(connection: asyncpg.Connection, tmp_path: Path) -> None:
    contents = ((A, B, C, D), (A, A, B, C, D), (A, A, A, B, C, D))
    reports = [await published(connection, tmp_path, *rows) for rows in contents]
    assert [(one.came, one.left) for one in reports] == [(4, 0), (1, 0), (1, 0)]
    assert [await listed(connection, one.version) for one in reports] == [list(rows) for rows in contents]


async def test_a_row_that_differs_in_a_space_is_another_row(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await published(connection, tmp_path, A, B, C, D, E)
    assert change(await published(connection, tmp_path, A, B, C, D, E + " ")) == (True, 1, 1)


async def test_the_order_of_rows_does_not_matter(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await published(connection, tmp_path, A, A, B, C, D)
    again = await published(connection, tmp_path, D, A, C, B, A)
    assert change(again) == NOTHING_CHANGED
    assert await kept(connection) == (5, 0)
    assert await listed(connection, again.version) == [A, A, B, C, D]


async def test_it_does_not_matter_which_file_a_row_is_in(connection: asyncpg.Connection, tmp_path: Path) -> None:
    def part(name: str, *numbers: int) -> Path:
        return write(tmp_path, name, MASTER_FILE_FIELDS, *[bmf_row(number) for number in numbers])

    await load_small(connection, "irs-bmf", part("eo1.csv", 1, 2, 3), part("eo2.csv", 4, 5))
    again = await load_small(connection, "irs-bmf", part("eo2.csv", 5, 1), part("eo1.csv", 4, 3, 2))
    assert change(again) == NOTHING_CHANGED
    assert len(await all_rows(connection, again.version)) == 5


async def test_rows_of_companion_files_come_and_leave_by_themselves(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    main = sdn_row(9001, "ZORVANIA TRADE BUREAU")
    aliases = [f'9001,{number},"aka","BLUE HERON {number}",-0- ' for number in range(3)]
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, main, aliases=tuple(aliases[:2])))
    again = await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, main, aliases=tuple(aliases[1:])))
    assert change(again) == (True, 1, 1)
    rows = await all_rows(connection, again.version)
    assert sorted((row["kind"], row["row"]) for row in rows) == [
        ("addresses", '9001,1,-0- ,-0- ,"Zorvania",-0- '),
        ("main", main),
        ("names", aliases[1]),
        ("names", aliases[2]),
    ]


async def test_a_refused_version_is_nothing_to_compare_with(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await published(connection, tmp_path, A, B, C, D, E)
    assert (await published(connection, tmp_path, F)).refused
    assert change(await published(connection, tmp_path, A, B, C, D, E, F)) == (True, 1, 0)
    assert await kept(connection) == (6, 0)


async def test_registers_are_compared_each_with_itself(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await published(connection, tmp_path, A, B, C, D, E)
    await load_small(connection, "irs-bmf", write(tmp_path, "bmf.csv", MASTER_FILE_FIELDS, bmf_row(1)))
    assert change(await published(connection, tmp_path, E, D, C, B, A)) == NOTHING_CHANGED


# The law: whatever a publisher writes in whatever order, a version lists what its file lists

ROWS = [pub78_row(number, codes=codes) for number in (1, 2, 3) for codes in ("PC", "SO")]
contents = st.lists(st.sampled_from(ROWS), min_size=5, max_size=6)  # so that none is 20 per cent smaller than another


@pytest.mark.slow
@pytest.mark.usefixtures("unguarded")
@few
@given(st.lists(contents, min_size=2, max_size=5))
async def test_every_past_version_lists_exactly_what_its_file_listed(
    connection: asyncpg.Connection, tmp_path: Path, editions: list[list[str]]
) -> None:
    await connection.execute("TRUNCATE registers.versions, registers.rows, registers.ended CASCADE")
    expected = {(await published(connection, tmp_path, *rows)).version: sorted(rows) for rows in editions}
    assert {version: await listed(connection, version) for version in expected} == expected
    rows, ends = await kept(connection)
    assert rows - ends == len(editions[-1])
