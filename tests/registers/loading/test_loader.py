"""A decision rests on the version in force, so a bad file must never replace a good one, and never half of it."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from registers.history import all_rows, files_of, versions_in_force
from registers.loading.loader import day_said, load, override
from registers.loading.texts import UnreadableFile
from registers.loading.versions import version_in_force, versions
from registers.lookup import status_of
from registers.sources.irs import MASTER_FILE_FIELDS
from tests.builders import party
from tests.registers.files import (
    ARCHIVE,
    FIRST_DAY,
    NEXT_DAY,
    SAMPLE,
    SDN_NAMES,
    bmf_row,
    ein,
    load_small,
    pub78_row,
    revocation_row,
    sdn_row,
    write,
    write_bmf,
    write_sdn,
)


@pytest.mark.parametrize(
    ("register", "files", "rows"),
    [
        ("irs-bmf", ("bmf.csv",), 12),
        ("irs-pub78", ("pub78.txt",), 9),
        ("irs-revocation", ("revocation.txt",), 2),
        ("ofac-sdn", SDN_NAMES, 4),
    ],
)
async def test_a_load_is_a_version_with_digest_source_date_and_row_count(
    connection: asyncpg.Connection, register: str, files: tuple[str, ...], rows: int
) -> None:
    report = await load_small(connection, register, *[SAMPLE / name for name in files])
    digests = [f"{name}\n{hashlib.sha256((SAMPLE / name).read_bytes()).hexdigest()}\n" for name in sorted(files)]
    assert report.sha256 == hashlib.sha256("".join(digests).encode()).hexdigest()
    assert (report.source_date, report.row_count, report.bad_count) == (date(2026, 11, 1), rows, 0)
    assert (report.loaded, report.refused, report.note) == (True, False, "in force")
    row = await version_in_force(connection, register)
    assert row is not None
    known = ("version", "sha256", "source_date", "row_count", "bad_count")
    assert [row[name] for name in known] == [getattr(report, name) for name in known]
    assert [one.name for one in await files_of(connection, report.version)] == list(files)


async def test_the_same_file_again_does_nothing_and_says_so(connection: asyncpg.Connection, tmp_path: Path) -> None:
    path = write_bmf(tmp_path, 5)
    first = await load_small(connection, "irs-bmf", path)
    again = await load_small(connection, "irs-bmf", path)
    assert (again.loaded, again.refused, again.version) == (False, False, first.version)
    assert again.note == f"the same file is in force as version {first.version}; nothing to do"
    assert len(await versions(connection)) == 1


async def test_the_three_sdn_files_are_the_same_in_any_order(connection: asyncpg.Connection) -> None:
    first = await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in SDN_NAMES])
    again = await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in sorted(SDN_NAMES)])
    assert (again.loaded, again.version) == (False, first.version)


async def test_a_new_file_supersedes_the_old_one_and_both_are_remembered(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 5))
    second = await load_small(connection, "irs-bmf", write_bmf(tmp_path, 6), on=NEXT_DAY)
    known = await versions(connection)
    assert [(v["state"], v["row_count"], v["source_date"]) for v in known] == [
        ("IN_FORCE", 6, NEXT_DAY),
        ("SUPERSEDED", 5, FIRST_DAY),
    ]
    assert known[0]["version"] == second.version


async def test_registers_do_not_supersede_each_other(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 2))
    await load_small(connection, "irs-pub78", write(tmp_path, "pub78.txt", pub78_row(1)))
    assert [v["state"] for v in await versions(connection)] == ["IN_FORCE", "IN_FORCE"]


async def test_bad_rows_are_quarantined_with_file_line_and_reason(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    good = [revocation_row(n) for n in range(400)]
    bad = {3: revocation_row(900, "31-FEB-2017"), 9: "000|a|b", 404: revocation_row(901) + "|"}
    lines = ["", "", *good]
    for line, text in bad.items():
        lines.insert(line - 1, text)
    report = await load_small(connection, "irs-revocation", write(tmp_path, "r.txt", *lines, end="\r\n"))
    assert (report.loaded, report.row_count, report.bad_count) == (True, 400, 3)
    assert report.quarantined == (
        "r.txt line 3: date '31-FEB-2017' is not a day of the calendar written DD-MON-YYYY",
        "r.txt line 9: 3 fields where 12 are expected",
        "r.txt line 404: 13 fields where 12 are expected",
    )
    kept = await connection.fetch("SELECT version, file, line, row FROM registers.quarantine ORDER BY line")
    assert [tuple(row) for row in kept] == [(report.version, 1, line, text) for line, text in bad.items()]


async def test_one_bad_line_in_a_hundred_is_still_plausible(connection: asyncpg.Connection, tmp_path: Path) -> None:
    path = write(tmp_path, "p.txt", *[pub78_row(n) for n in range(99)], "bad")
    assert (await load_small(connection, "irs-pub78", path)).loaded


async def test_progress_is_told(connection: asyncpg.Connection, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    path = write_bmf(tmp_path, 10_001)
    await load(connection, "irs-bmf", (path,), FIRST_DAY, ARCHIVE, 1, lambda file, rows: told.append((file, rows)))
    assert told == [("bmf.csv", 5000), ("bmf.csv", 10_000)]


# Refusals: each leaves the version in force as it was


def _too_many_bad(folder: Path) -> Path:
    return write(folder, "new.csv", MASTER_FILE_FIELDS, *[bmf_row(n) for n in range(98)], "bad", "bad")


def _shrunk(folder: Path) -> Path:
    return write_bmf(folder, 60, "new.csv")


def _empty(folder: Path) -> Path:
    return write(folder, "new.csv")


def _header_only(folder: Path) -> Path:
    return write_bmf(folder, 0, "new.csv")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            _too_many_bad,
            "2 of 100 lines are bad, more than 1% (the first: new.csv line 100: 1 fields where 28 are expected); "
            "see the reasons and fetch the file again",
        ),
        (_shrunk, "60 rows, 40% fewer than the 100 in force; fetch the file again"),
        (_empty, "new.csv line 1: no row follows the header; fetch the publisher's own files again, all of one day"),
        (
            _header_only,
            "new.csv line 1: no row follows the header; fetch the publisher's own files again, all of one day",
        ),
    ],
)
async def test_an_implausible_file_is_refused_and_the_version_in_force_still_answers(
    connection: asyncpg.Connection, tmp_path: Path, make: object, reason: str
) -> None:
    """C38: a new file that is 40 per cent smaller."""
    old = await load_small(connection, "irs-bmf", write_bmf(tmp_path, 100))
    report = await load_small(connection, "irs-bmf", make(tmp_path), on=NEXT_DAY)  # type: ignore[operator]
    assert (report.loaded, report.refused, report.note) == (False, True, reason)
    await _still_answers(connection, old.version)
    refused = (await versions(connection))[0]
    assert (refused["version"], refused["state"], refused["note"]) == (report.version, "REFUSED", reason)
    rows = await connection.fetchval("SELECT count(*) FROM registers.rows WHERE version = $1", report.version)
    assert rows == 0, "nothing of a refused file is kept but its quarantine"


async def test_the_bad_lines_of_a_refused_file_are_kept_with_their_reasons(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    report = await load_small(connection, "irs-bmf", _too_many_bad(tmp_path))
    kept = await connection.fetch("SELECT version, line, reason, row FROM registers.quarantine ORDER BY line")
    reason = "1 fields where 28 are expected"
    assert [tuple(row) for row in kept] == [(report.version, line, reason, "bad") for line in (100, 101)]
    assert len(report.quarantined) == 2


async def test_a_refused_file_does_not_stand_in_the_way_of_a_good_one(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 100))
    await load_small(connection, "irs-bmf", _shrunk(tmp_path))
    assert (await load_small(connection, "irs-bmf", write_bmf(tmp_path, 101))).loaded


@pytest.mark.parametrize(
    ("register", "floor"), [("irs-bmf", 100_000), ("irs-pub78", 100_000), ("irs-revocation", 100_000)]
)
async def test_without_a_word_from_the_operator_the_registers_own_floor_holds(
    connection: asyncpg.Connection, tmp_path: Path, register: str, floor: int
) -> None:
    make = {"irs-bmf": bmf_row, "irs-pub78": pub78_row, "irs-revocation": revocation_row}[register]
    header = [MASTER_FILE_FIELDS] if register == "irs-bmf" else []
    path = write(tmp_path, "file", *header, *[make(n) for n in range(20)])
    report = await load(connection, register, (path,), FIRST_DAY, ARCHIVE)
    assert report.note == f"20 rows, and the whole register never has fewer than {floor}; fetch the file again"


async def test_a_cut_off_sdn_file_is_not_made_up_for_by_its_companions(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    addresses = tuple(f'9001,{n},"1 Quay","Port Zorvan","Zorvania",-0- ' for n in range(6000))
    paths = write_sdn(tmp_path, sdn_row(9001, "ZORVANIA TRADE BUREAU"), addresses=addresses)
    report = await load(connection, "ofac-sdn", tuple(paths), FIRST_DAY, ARCHIVE)
    assert report.refused, "one listed name is not the SDN list"


async def test_an_sdn_file_that_lost_half_its_names_is_refused(connection: asyncpg.Connection, tmp_path: Path) -> None:
    names = [sdn_row(n, f"ZORVANIA TRADE BUREAU {n}") for n in range(100)]
    addresses = tuple(f'{n % 100},{n},"1 Quay","Port Zorvan","Zorvania",-0- ' for n in range(300))
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *names, addresses=addresses))
    report = await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *names[:50], addresses=addresses))
    assert report.refused, "half of the listed names are gone"


HTML = "<!DOCTYPE html>\n<html><body>Too many requests</body></html>\n"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bmf.csv", HTML.encode(), "bmf.csv is a web page or XML, not the register's data; download the data file"),
        ("bmf.csv", b"\n\n  <HTML>", "bmf.csv is a web page or XML, not the register's data; download the data file"),
        ("bmf.csv", b"\xef\xbb\xbf" + HTML.encode(), "bmf.csv is a web page or XML, not the register's data; .*"),
        ("bmf.csv", b'<?xml version="1.0"?><Error/>', "bmf.csv is a web page or XML, not the register's data; .*"),
        ("bmf.csv.gz", gzip.compress(b"data"), "bmf.csv.gz is compressed; unpack it first"),
        ("pub78.zip", b"PK\x03\x04rest", "pub78.zip is compressed; unpack it first"),
        ("bmf.csv", None, "no such file: .*bmf.csv"),
    ],
    ids=["HTML", "HTML after blank lines", "HTML after a byte order mark", "XML", "gzip", "zip", "missing"],
)
async def test_what_is_no_data_at_all_is_refused_in_one_clear_line(
    connection: asyncpg.Connection, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    old = await load_small(connection, "irs-bmf", write_bmf(tmp_path, 100, "old.csv"))
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match=f"^{reason}$"):
        await load_small(connection, "irs-bmf", tmp_path / name)
    await _still_answers(connection, old.version)
    refused = [(one["state"], one["row_count"]) for one in await versions(connection)][:-1]
    assert refused == ([("REFUSED", 0)] if content is not None else []), "what came is on record"


async def test_a_file_cut_off_inside_a_character_is_refused_with_its_last_line(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    old = await load_small(connection, "irs-bmf", write_bmf(tmp_path, 100, "old.csv"))
    cut_off = tmp_path / "new.csv"
    rows = "\n".join([MASTER_FILE_FIELDS, *[bmf_row(n) for n in range(101)], "001000999,CAF"])
    cut_off.write_bytes(rows.encode() + b"\xc3")
    report = await load_small(connection, "irs-bmf", cut_off, on=NEXT_DAY)
    assert (report.refused, report.bad_count) == (True, 1)
    assert report.note == "new.csv line 103: the file ends in the middle of this line; fetch the file again"
    await _still_answers(connection, old.version)


@pytest.mark.parametrize(
    "given", [("sdn.csv",), ("sdn.csv", "alt.csv"), ("sdn.csv", "add.csv"), ("alt.csv", "add.csv")]
)
async def test_the_sdn_list_without_all_three_files_is_refused(
    connection: asyncpg.Connection, given: tuple[str, ...]
) -> None:
    reason = "^ofac-sdn is several files, and this one is missing: .*; give them together$"
    with pytest.raises(UnreadableFile, match=reason):
        await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in given])


async def test_an_unknown_register_is_refused_with_the_known_ones(connection: asyncpg.Connection) -> None:
    with pytest.raises(UnreadableFile, match=r"^no register 'irs'; there are irs-bmf, irs-pub78, irs-revocation, "):
        await load_small(connection, "irs", SAMPLE / "bmf.csv")


async def test_a_load_that_is_cut_off_leaves_nothing(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with pool.acquire() as connection:
        await load_small(connection, "irs-bmf", write_bmf(tmp_path, 100))

        def cut_off(_file: str, _rows: int) -> None:
            raise RuntimeError("cut off")

        with pytest.raises(RuntimeError, match="cut off"):
            await load(connection, "irs-bmf", (write_bmf(tmp_path, 6000, "new.csv"),), NEXT_DAY, ARCHIVE, 1, cut_off)
    async with pool.acquire() as connection:
        assert [v["state"] for v in await versions(connection)] == ["IN_FORCE"]
        assert await connection.fetchval("SELECT count(*) FROM registers.rows") == 100


@pytest.mark.slow
async def test_nobody_sees_a_version_before_it_is_whole(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with pool.acquire() as loading, pool.acquire() as asking:
        old = await load_small(loading, "irs-bmf", write_bmf(tmp_path, 5000))
        new = asyncio.create_task(load_small(loading, "irs-bmf", write_bmf(tmp_path, 5001), on=NEXT_DAY))
        seen = set()
        while not new.done():
            found = await status_of(asking, party(ein=ein(1)))
            assert found is not None
            assert found.master_file is not None
            seen.add(found.master_file.source.register_version.version)
        assert seen <= {old.version, (await new).version}


async def test_two_loads_at_once_leave_one_whole_version_in_force(pool: asyncpg.Pool, tmp_path: Path) -> None:
    files = [write_bmf(tmp_path, 2000 + n, f"{n}.csv") for n in range(2)]
    async with pool.acquire() as one, pool.acquire() as other:
        loads = [load_small(one, "irs-bmf", files[0]), load_small(other, "irs-bmf", files[1])]
        await asyncio.gather(*loads, return_exceptions=True)
        (in_force,) = [v for v in await versions(one) if v["state"] == "IN_FORCE"]
        rows = await all_rows(one, in_force["version"])
    assert len(rows) == in_force["row_count"]


async def _still_answers(connection: asyncpg.Connection, version: int) -> None:
    found = await status_of(connection, party(ein=ein(1)))
    assert found is not None
    assert found.master_file is not None
    assert found.master_file.source.register_version.version == version


# The real files beside the project


async def test_a_real_state_file_loads_whole(connection: asyncpg.Connection, shared_data: Path) -> None:
    report = await load_small(connection, "irs-bmf", shared_data / "irs" / "bmf" / "eo_vt.csv")
    assert (report.loaded, report.row_count, report.bad_count) == (True, 6183, 0)


async def test_real_revocations_keep_their_repeats(connection: asyncpg.Connection, shared_data: Path) -> None:
    folder = shared_data / "irs" / "revocation"
    report = await load_small(connection, "irs-revocation", folder / "revocation-sample.txt")
    assert (report.loaded, report.bad_count) == (True, 0)
    report = await load_small(connection, "irs-pub78", folder / "pub78-sample.txt")
    assert (report.loaded, report.bad_count) == (True, 0)


async def test_real_rows_with_embedded_pipes_are_not_misread(connection: asyncpg.Connection, shared_data: Path) -> None:
    path = shared_data / "irs" / "revocation" / "epostcard-embedded-pipes.txt"
    report = await load_small(connection, "irs-revocation", path)
    assert (report.refused, report.row_count) == (True, 0)


async def test_the_real_sdn_list_loads_by_the_registers_own_floor(
    connection: asyncpg.Connection, shared_data: Path
) -> None:
    paths = tuple(shared_data / "ofac" / "2021-07" / name for name in SDN_NAMES)
    report = await load(connection, "ofac-sdn", paths, date(2021, 7, 1), ARCHIVE)
    assert (report.loaded, report.bad_count) == (True, 0)
    assert report.row_count > 8_000


async def test_the_same_file_of_a_later_day_confirms_the_version_in_force(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    path = write_bmf(tmp_path, 20)
    first = await load_small(connection, "irs-bmf", path, on=date(2026, 9, 1))
    again = await load_small(connection, "irs-bmf", path, on=date(2026, 11, 1))
    assert (again.loaded, again.refused, again.version) == (False, False, first.version)
    assert again.note == f"the same file is in force as version {first.version}, now confirmed as of 2026-11-01"
    (version,) = await versions_in_force(connection, ("irs-bmf",))
    assert (version.source_date, version.current_on) == (date(2026, 9, 1), date(2026, 11, 1))


async def test_a_version_that_was_dated_in_the_future_is_mended_by_somebodys_word(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    path, day = write_bmf(tmp_path, 20), date(2026, 11, 1)
    await load_small(connection, "irs-bmf", path, on=date(2999, 11, 1))
    refused = await load_small(connection, "irs-bmf", path, on=day)
    assert (refused.refused, refused.note.partition(";")[0]) == (
        True, "true of 2026-11-01, and the version in force of 2999-11-01",
    )  # fmt: skip
    mended = await override(connection, refused.version, ARCHIVE, "the date was mistyped")
    assert (mended.loaded, mended.came, mended.left) == (True, 0, 0)
    (version,) = await versions_in_force(connection, ("irs-bmf",))
    assert version.source_date == day


def test_a_file_that_says_its_own_day_is_of_that_day_and_others_say_none(tmp_path: Path) -> None:
    said = write(tmp_path, "list.xml", '<CONSOLIDATED_LIST dateGenerated="2026-10-30T00:00:00.000Z">')
    never = write(tmp_path, "other.xml", '<CONSOLIDATED_LIST dateGenerated="2026-02-31">')
    assert day_said("un-consolidated", (said,)) == date(2026, 10, 30)
    assert day_said("un-consolidated", (never,)) is None
    assert day_said("irs-bmf", (write_bmf(tmp_path, 1),)) is None
