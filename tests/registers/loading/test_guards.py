"""A damaged or doubtful version never replaces the one in force, says why, and passes the guards by a word only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from registers.history import all_rows
from registers.loading.archive import Archive
from registers.loading.loader import load, override
from registers.loading.texts import UnreadableFile
from registers.loading.versions import version_in_force, versions
from registers.sources.irs import MASTER_FILE_FIELDS
from tests.registers.files import (
    ARCHIVE,
    FIRST_DAY,
    NEXT_DAY,
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

REASON = "the publisher removed closed organisations, see its notice"


# Bad input: each leaves the version in force untouched and answers with a reason

GOOD = {
    "irs-bmf": [MASTER_FILE_FIELDS, *[bmf_row(number) for number in range(100)]],
    "irs-pub78": [pub78_row(number, "Café Olé") for number in range(100)],
    "irs-revocation": [revocation_row(number) for number in range(100)],
}
ENTRY = (
    "<ENTITY><DATAID>{0}</DATAID><FIRST_NAME>OBSIDIAN PIER {0}</FIRST_NAME><UN_LIST_TYPE>Sample</UN_LIST_TYPE></ENTITY>"
)


def joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def united_nations(count: int) -> str:
    return joined(["<LIST>", *[ENTRY.format(number) for number in range(count)], "</LIST>"])


def with_lines(register: str, bad: dict[int, str]) -> bytes:
    """A good file but for these lines."""
    return joined([bad.get(number, line) for number, line in enumerate(GOOD[register], start=1)]).encode()


def columns_swapped(line: str, separator: str, one: int, other: int) -> str:
    fields = line.split(separator)
    fields[one], fields[other] = fields[other], fields[one]
    return separator.join(fields)


class Damage(NamedTuple):
    """A damaged file of a register, and what is said of it: the reason, and lines that are told with theirs."""

    register: str
    content: bytes
    reason: str
    lines: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The reason, with the first line that is bad."""
        first = f" (the first: {self.lines[0]}); see" if self.lines else "; see"
        return self.reason.replace("; see", first)


REFUSED = {
    "truncated in a line": Damage(
        "irs-pub78",
        joined(GOOD["irs-pub78"][:60]).encode()[:-20],
        "1 of 60 lines are bad, more than 1%; see the reasons and fetch the file again",
        ("new line 60: 4 fields where 6 are expected",),
    ),
    "cut off where the last row still has all its fields": Damage(
        "irs-pub78",
        joined(GOOD["irs-pub78"]).encode()[:-2],
        "new line 100: the file ends in the middle of this line; fetch the file again",
    ),
    "bytes that are not UTF-8 among letters that are": Damage(
        "irs-pub78",
        with_lines("irs-pub78", {5: "bad \x01", 8: "bad \x01"}).replace(b"\x01", b"\xff"),
        "2 of 100 lines are bad, more than 1%; see the reasons and fetch the file again",
        ("new line 5: not UTF-8 at byte 5 (0xFF)", "new line 8: not UTF-8 at byte 5 (0xFF)"),
    ),
    "40 per cent smaller": Damage(
        "irs-revocation",
        joined(GOOD["irs-revocation"][:60]).encode(),
        "60 rows, 40% fewer than the 100 in force; fetch the file again",
    ),
    "40 per cent smaller, as XML": Damage(
        "un-consolidated",
        united_nations(60).encode(),
        "40 of the 100 entries of Consolidated list are gone, more than 5%; fetch the files again; "
        "if the publisher really removed them, two people answer for it: `accord registers override`",
    ),
    "a web page that does not say so": Damage(
        "irs-pub78",
        b"<p>Too many requests</p>\n" * 5,
        "5 of 5 lines are bad, more than 1%; see the reasons and fetch the file again",
        ("new line 1: 1 fields where 6 are expected",),
    ),
    "XML of another kind": Damage(
        "un-consolidated",
        b"<p>Too many requests</p>",
        "new line 1: there is no row in it; fetch the publisher's own files again, all of one day",
    ),
    "UTF-16 without a mark": Damage(
        "irs-pub78",
        joined(GOOD["irs-pub78"]).encode("utf-16-le"),
        "101 of 101 lines are bad, more than 1%; see the reasons and fetch the file again",
        ("new line 1: a NUL character", "new line 101: a NUL character"),
    ),
    "columns in another order": Damage(
        "irs-pub78",
        joined([columns_swapped(line, "|", 0, 1) for line in GOOD["irs-pub78"]]).encode(),
        "100 of 100 lines are bad, more than 1%; see the reasons and fetch the file again",
        ("new line 1: EIN 'Café Olé' is not nine digits",),
    ),
    "embedded pipes": Damage(
        "irs-pub78",
        with_lines("irs-pub78", {7: pub78_row(7, "Books | Bytes"), 9: pub78_row(9, "A|B|C")}),
        "2 of 100 lines are bad, more than 1%; see the reasons and fetch the file again",
        ("new line 7: 7 fields where 6 are expected", "new line 9: 8 fields where 6 are expected"),
    ),
    "embedded quotes": Damage(
        "irs-bmf",
        with_lines("irs-bmf", {5: bmf_row(5, '"BITS" AND BYTES'), 8: bmf_row(8, '"UNCLOSED')}),
        "2 of 100 lines are bad, more than 1%; see the reasons and fetch the file again",
        ("new line 5: quoting: ',' expected after '\"'", "new line 8: quoting: unexpected end of data"),
    ),
    "31-FEB": Damage(
        "irs-revocation",
        with_lines("irs-revocation", {3: revocation_row(3, "31-FEB-2017"), 4: revocation_row(4, posted="")}),
        "2 of 100 lines are bad, more than 1%; see the reasons and fetch the file again",
        (
            "new line 3: date '31-FEB-2017' is not a day of the calendar written DD-MON-YYYY",
            "new line 4: revocation or posting date is missing",
        ),
    ),
}
UNREADABLE = {
    "UTF-16": Damage(
        "irs-bmf",
        joined(GOOD["irs-bmf"]).encode("utf-16"),
        "new line 1: the header 'EIN,NAME,ICO,STREET,' ... is missing; fetch the publisher's own file",
    ),
    "no header": Damage(
        "irs-bmf",
        joined(GOOD["irs-bmf"][1:]).encode(),
        "new line 1: the header 'EIN,NAME,ICO,STREET,' ... is missing; fetch the publisher's own file",
    ),
    "columns in another order": Damage(
        "irs-bmf",
        joined([columns_swapped(line, ",", 0, 1) for line in GOOD["irs-bmf"]]).encode(),
        "new line 1: the columns are in another order than published; fetch the publisher's own file",
    ),
    "a web page in place of XML": Damage(
        "un-consolidated",
        b"<html><body><p>Too many requests</p></body></html>",
        "new is a web page, not the register's data; download the data file",
    ),
    "XML cut off": Damage(
        "un-consolidated",
        united_nations(100).removesuffix("</LIST>\n").encode(),
        "new is not whole XML (no element found: line 102, column 0); fetch the file again",
    ),
    "empty, where XML is expected": Damage(
        "un-consolidated",
        b"",
        "new is not whole XML (no element found: line 1, column 0); fetch the file again",
    ),
}


async def in_force(connection: asyncpg.Connection, register: str) -> tuple[int, list[tuple[object, ...]]]:
    """The version in force, with everything that it lists."""
    version = await version_in_force(connection, register)
    assert version is not None
    return version["version"], [tuple(row.values()) for row in await all_rows(connection, version["version"])]


async def load_good(
    connection: asyncpg.Connection, folder: Path, register: str
) -> tuple[int, list[tuple[object, ...]]]:
    content = united_nations(100) if register == "un-consolidated" else joined(GOOD[register])
    path = folder / "good"
    path.write_text(content, encoding="utf-8", newline="")
    assert (await load_small(connection, register, path)).loaded
    return await in_force(connection, register)


def new(folder: Path, content: bytes) -> Path:
    path = folder / "new"
    path.write_bytes(content)
    return path


@pytest.mark.sampled(4)
@pytest.mark.parametrize("damage", REFUSED.values(), ids=REFUSED)
async def test_a_damaged_file_is_refused_with_the_reason_and_its_lines_with_theirs(
    connection: asyncpg.Connection, tmp_path: Path, damage: Damage
) -> None:
    good = await load_good(connection, tmp_path, damage.register)
    report = await load_small(connection, damage.register, new(tmp_path, damage.content), on=NEXT_DAY)
    assert (report.loaded, report.refused, report.note) == (False, True, damage.told)
    assert set(damage.lines) <= set(report.quarantined)
    assert await in_force(connection, damage.register) == good


@pytest.mark.sampled(2)
@pytest.mark.parametrize("damage", UNREADABLE.values(), ids=UNREADABLE)
async def test_a_file_that_cannot_be_read_is_refused_in_one_line(
    connection: asyncpg.Connection, tmp_path: Path, damage: Damage
) -> None:
    good = await load_good(connection, tmp_path, damage.register)
    with pytest.raises(UnreadableFile) as caught:
        await load_small(connection, damage.register, new(tmp_path, damage.content), on=NEXT_DAY)
    assert str(caught.value) == damage.reason
    assert await in_force(connection, damage.register) == good
    refused, _ = await versions(connection)
    assert (refused["state"], refused["note"], refused["source_date"]) == ("REFUSED", damage.reason, NEXT_DAY)


async def test_what_could_not_be_read_cannot_be_read_by_an_override_either(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    damage = UNREADABLE["no header"]
    with pytest.raises(UnreadableFile):
        await load_small(connection, damage.register, new(tmp_path, damage.content))
    (refused,) = await versions(connection)
    with pytest.raises(UnreadableFile) as caught:
        await override(connection, refused["version"], ARCHIVE, REASON)
    assert str(caught.value).endswith(damage.reason.removeprefix("new"))
    assert [one["state"] for one in await versions(connection)] == ["REFUSED"]


async def test_an_older_file_is_refused(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 100), on=NEXT_DAY)
    good = await in_force(connection, "irs-bmf")
    report = await load_small(connection, "irs-bmf", write_bmf(tmp_path, 101), on=FIRST_DAY)
    assert report.note == "true of 2026-11-01, and the version in force of 2026-12-01; fetch a newer file"
    assert await in_force(connection, "irs-bmf") == good


async def test_a_long_register_whose_columns_were_swapped_unseen_is_refused_as_changed_too_much(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    rows = [pub78_row(number) for number in range(1000)]
    await load_small(connection, "irs-pub78", write(tmp_path, "pub78.txt", *rows))
    swapped = write(tmp_path, "new.txt", *[columns_swapped(row, "|", 1, 2) for row in rows])
    report = await load_small(connection, "irs-pub78", swapped, on=NEXT_DAY)
    assert (report.refused, report.came, report.left) == (True, 1000, 1000)
    assert report.note.startswith("1000 of 1000 rows in force left or changed, more than 50%; ")


@pytest.mark.parametrize(
    "rewritten",
    [
        pytest.param(lambda text: text.encode("latin-1"), id="Latin-1"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="a byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="other line ends"),
        pytest.param(lambda text: joined(sorted(text.splitlines(), reverse=True)).encode(), id="rows reordered"),
    ],
)
async def test_the_same_rows_in_another_dress_change_nothing(
    connection: asyncpg.Connection, tmp_path: Path, rewritten: Callable[[str], bytes]
) -> None:
    _, good = await load_good(connection, tmp_path, "irs-pub78")
    path = new(tmp_path, rewritten(joined(GOOD["irs-pub78"])))
    report = await load_small(connection, "irs-pub78", path, on=NEXT_DAY)
    assert (report.loaded, report.bad_count, report.came, report.left) == (True, 0, 0, 0)
    assert len(await all_rows(connection, report.version)) == len(good)


async def test_a_list_that_ends_at_the_end_of_a_row_but_not_where_ofac_ends_it_is_refused(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    names = [sdn_row(n, f"ZORVANIA TRADE BUREAU {n}") for n in range(100)]
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *names))
    good = await in_force(connection, "ofac-sdn")
    paths = write_sdn(tmp_path, *names)
    paths[0].write_bytes("".join(f"{row}\r\n" for row in names[:90]).encode())
    report = await load_small(connection, "ofac-sdn", *paths, on=NEXT_DAY)
    assert (report.refused, report.row_count) == (True, 90)
    assert report.note == "sdn.csv line 90: the file ends here without its closing 0x1A; fetch the file again"
    assert await in_force(connection, "ofac-sdn") == good
    assert (await override(connection, report.version, ARCHIVE, REASON)).loaded


async def test_a_register_whose_part_is_missing_is_refused_whatever_the_parts_hold(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    parts = [write(tmp_path, f"eo{part}.csv", MASTER_FILE_FIELDS, bmf_row(100 + part)) for part in range(1, 5)]
    await load_small(connection, "irs-bmf", *parts)
    larger = write(tmp_path, "eo1.csv", MASTER_FILE_FIELDS, *[bmf_row(n) for n in range(10)], bmf_row(101))
    title = "Exempt Organizations Business Master File"
    report = await load_small(connection, "irs-bmf", larger, *parts[2:], on=NEXT_DAY)
    assert (report.refused, report.note) == (True, f"3 files of {title}, and 4 in force; give all parts together")
    more = write(tmp_path, "eo5.csv", MASTER_FILE_FIELDS, bmf_row(200))
    assert (await load_small(connection, "irs-bmf", *parts, more, on=NEXT_DAY)).loaded


# Overrides


@pytest.fixture
async def refused(connection: asyncpg.Connection, tmp_path: Path) -> int:
    """A version that was refused: 40 per cent smaller, and with a bad line. The files themselves are gone."""
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 100))
    smaller = write(tmp_path, "new.csv", MASTER_FILE_FIELDS, *[bmf_row(number) for number in range(60)], "bad")
    report = await load_small(connection, "irs-bmf", smaller, on=NEXT_DAY)
    assert report.refused
    smaller.unlink()
    return report.version


async def test_an_override_puts_in_force_what_was_refused_out_of_the_archive(
    connection: asyncpg.Connection, refused: int
) -> None:
    report = await override(connection, refused, ARCHIVE, REASON)
    note = f"in force by override of version {refused}: {REASON}"
    assert (report.loaded, report.refused, report.note) == (True, False, note)
    assert (report.row_count, report.bad_count, report.source_date) == (60, 1, NEXT_DAY)
    assert report.quarantined == ("new.csv line 62: 1 fields where 28 are expected",)
    version, rows = await in_force(connection, "irs-bmf")
    assert (version, len(rows)) == (report.version, 60)


async def test_an_override_is_a_version_of_its_own_and_the_refused_one_stays_refused(
    connection: asyncpg.Connection, refused: int
) -> None:
    report = await override(connection, refused, ARCHIVE, REASON)
    known = await versions(connection)
    assert [(one["state"], one["version"] == report.version) for one in known] == [
        ("IN_FORCE", True),
        ("REFUSED", False),
        ("SUPERSEDED", False),
    ]
    assert known[0]["note"] == f"in force by override of version {refused}: {REASON}"
    assert known[0]["sha256"] == known[1]["sha256"]
    assert len(await all_rows(connection, known[2]["version"])) == 100


async def test_an_override_said_again_does_nothing(connection: asyncpg.Connection, refused: int) -> None:
    first = await override(connection, refused, ARCHIVE, REASON)
    again = await override(connection, refused, ARCHIVE, REASON)
    assert (again.loaded, again.refused, again.version) == (False, False, first.version)
    assert len(await versions(connection)) == 3


async def test_the_guards_hold_again_after_an_override(
    connection: asyncpg.Connection, tmp_path: Path, refused: int
) -> None:
    await override(connection, refused, ARCHIVE, REASON)
    report = await load_small(connection, "irs-bmf", write_bmf(tmp_path, 30), on=NEXT_DAY)
    assert report.note == "30 rows, 50% fewer than the 60 in force; fetch the file again"


async def test_only_a_refused_version_can_be_overridden(connection: asyncpg.Connection, refused: int) -> None:
    old, _ = await in_force(connection, "irs-bmf")
    overriding = await override(connection, refused, ARCHIVE, REASON)
    for version in (old, overriding.version, 999_999):
        reason = f"^version {version} was not refused; see `accord registers status`$"
        with pytest.raises(UnreadableFile, match=reason):
            await override(connection, version, ARCHIVE, REASON)
    assert (await in_force(connection, "irs-bmf"))[0] == overriding.version


async def test_what_the_archive_lost_or_changed_cannot_be_put_in_force(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "archive")
    await load(connection, "irs-bmf", (write_bmf(tmp_path, 100),), FIRST_DAY, archive, 1)
    path = write_bmf(tmp_path, 60)
    report = await load(connection, "irs-bmf", (path,), NEXT_DAY, archive, 1)
    good, kept = await in_force(connection, "irs-bmf"), archive.open(archive.keep(path))
    kept.write_bytes(path.read_bytes() + bmf_row(61).encode())
    with pytest.raises(UnreadableFile, match=r"^bmf\.csv \(.{16}\) was changed in the archive; restore it$"):
        await override(connection, report.version, archive, REASON)
    kept.unlink()
    with pytest.raises(UnreadableFile, match=r"^bmf\.csv \(.{16}\) is not in the archive "):
        await override(connection, report.version, archive, REASON)
    assert await in_force(connection, "irs-bmf") == good


async def test_a_second_row_of_an_organisation_is_bad_and_the_first_one_answers(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    rows = [MASTER_FILE_FIELDS, *[bmf_row(n) for n in range(200)], bmf_row(7, "ANOTHER OF THE SAME NUMBER")]
    report = await load_small(connection, "irs-bmf", new(tmp_path, joined(rows).encode()))
    assert (report.loaded, report.row_count, report.bad_count) == (True, 200, 1)
    assert report.quarantined[0].endswith(f"line 202: {ein(7)} stands in another row already")


async def test_a_list_that_lost_its_aliases_is_refused(connection: asyncpg.Connection, tmp_path: Path) -> None:
    names = [sdn_row(n, f"ZORVANIA TRADE BUREAU {n}") for n in range(100)]
    aliases = tuple(f'{n},{n},"aka","BLUE HERON {n}",-0- ' for n in range(100))
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *names, aliases=aliases))
    report = await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *names), on=NEXT_DAY)
    assert report.note == (
        "99 of the 100 entries of SDN list: alternate names are gone, more than 5%; fetch the files again; "
        "if the publisher really removed them, two people answer for it: `accord registers override`"
    )


async def test_numbers_that_a_spreadsheet_shortened_are_refused_by_name(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """C39: 124 EINs of the master file begin with a zero, and 1 bad row in a hundred passed unseen."""
    rows = [bmf_row(number) for number in range(1, 300)]
    shortened = bmf_row(300).replace(ein(300), "10123456", 1)
    report = await load_small(connection, "irs-bmf", write(tmp_path, "bmf.csv", MASTER_FILE_FIELDS, *rows, shortened))
    assert not report.loaded
    assert "bmf.csv line 301: EIN 10123456 lost its leading zeros in a spreadsheet; fetch the file again" in report.note
