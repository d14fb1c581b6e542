"""A list that lost a part never replaces the one in force: what is missing is told with its file, line and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from registers.history import all_rows
from registers.loading.loader import LoadReport, load
from registers.loading.texts import UnreadableFile
from registers.loading.versions import version_in_force
from registers.sources.catalogue import REGISTERS
from registers.sources.irs import MASTER_FILE_FIELDS
from tests.registers.files import (
    ARCHIVE,
    FIRST_DAY,
    NEXT_DAY,
    bmf_row,
    load_small,
    pub78_row,
    revocation_row,
)

ENTRY = (
    "<ENTITY><DATAID>{0}</DATAID><FIRST_NAME>OBSIDIAN PIER {0}</FIRST_NAME><UN_LIST_TYPE>Sample</UN_LIST_TYPE></ENTITY>"
)


def main_row(n: int, name: str = "", kind: str = "individual", programme: str = "SAMPLE") -> str:
    return f'{n},"{name or f"MARLOW, Quillon {n}"}","{kind}","{programme}",' + "-0- ," * 7 + "-0- "


def alias_row(n: int) -> str:
    return f'{n},{n + 5000},"aka","BLUE HERON {n}",-0- '


def address_row(n: int) -> str:
    return f'{n},{n + 7000},"{n} Quay","Port Zorvan {n}","Zorvania",-0- '


def joined(rows: list[str], end: str = "\r\n") -> bytes:
    return "".join(f"{row}{end}" for row in rows).encode()


def listed(*numbers: int, closed: bytes = b"\x1a", names: tuple[str, ...] = ("sdn", "alt", "add")) -> dict[str, bytes]:
    """The three files of an OFAC list with these entries."""
    rows = ([main_row(n) for n in numbers], [alias_row(n) for n in numbers], [address_row(n) for n in numbers])
    return {f"{name}.csv": joined(each) + closed for name, each in zip(names, rows, strict=True)}


CONS = ("cons_prim", "cons_alt", "cons_add")
WHOLE = {
    "ofac-sdn": listed(*range(1, 101)),
    "ofac-consolidated": listed(*range(1, 101), closed=b"", names=CONS),
    "un-consolidated": {
        "un.xml": f"<LIST>{''.join(ENTRY.format(n) for n in range(100))}</LIST>".encode(),
    },
    "irs-bmf": {
        f"eo{part}.csv": joined([MASTER_FILE_FIELDS, *[bmf_row(100 * part + n) for n in range(50)]]) for part in (1, 2)
    },
    "irs-pub78": {"pub78.txt": joined([pub78_row(n) for n in range(100)])},
    "irs-revocation": {"revocation.txt": joined([revocation_row(n) for n in range(100)])},
}


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


async def load_files(
    connection: asyncpg.Connection, folder: Path, register: str, files: dict[str, bytes], **days: object
) -> LoadReport:
    return await load_small(connection, register, *written(folder, files), **days)  # type: ignore[arg-type]


async def in_force(connection: asyncpg.Connection, register: str) -> list[tuple[object, ...]]:
    """The rows of the version in force: kind, key and row."""
    version = await version_in_force(connection, register)
    assert version is not None
    return sorted((row["kind"], row["key"], row["row"]) for row in await all_rows(connection, version["version"]))


async def refusal(connection: asyncpg.Connection, folder: Path, register: str, files: dict[str, bytes]) -> str:
    """The reason why files are refused. The version in force stays."""
    before = await in_force(connection, register)
    try:
        report = await load_files(connection, folder, register, files, on=NEXT_DAY)
    except UnreadableFile as fault:
        told = str(fault)
    else:
        assert report.refused, report
        told = report.note
    assert await in_force(connection, register) == before
    return told


class Loss(NamedTuple):
    """The part that a register's files lost."""

    register: str
    files: dict[str, bytes]
    told: str
    """The file, the line and what is missing there."""


def emptied(register: str, name: str, content: bytes = b"") -> dict[str, bytes]:
    return {**WHOLE[register], name: content}


def exchanged(rows: list[str], one: int, other: int, separator: str = ",") -> list[str]:
    split = [row.split(separator) for row in rows]
    for fields in split:
        fields[one], fields[other] = fields[other], fields[one]
    return [separator.join(fields) for fields in split]


def blank(rows: list[str], column: int, separator: str) -> list[str]:
    split = [row.split(separator) for row in rows]
    return [separator.join("" if place == column else field for place, field in enumerate(row)) for row in split]


def ofac(main: list[str] | None = None, alt: list[str] | None = None, add: list[str] | None = None) -> dict[str, bytes]:
    rows = (("sdn.csv", main), ("alt.csv", alt), ("add.csv", add))
    return {**WHOLE["ofac-sdn"], **{name: joined(each) + b"\x1a" for name, each in rows if each is not None}}


NUMBERS = range(1, 101)
MASTER = [bmf_row(100 + n) for n in range(50)]
PLAIN = [f'{n},"PLAIN",-0- ,"SAMPLE",' + "-0- ," * 7 + "-0- " for n in NUMBERS]

LOSSES = {
    "an empty part": Loss("irs-bmf", emptied("irs-bmf", "eo2.csv"), "eo2.csv line 1: no row follows the header"),
    "a header alone": Loss(
        "irs-bmf", emptied("irs-bmf", "eo2.csv", joined([MASTER_FILE_FIELDS])),
        "eo2.csv line 1: no row follows the header",
    ),
    "half a part, to the end of a row": Loss(
        "irs-bmf", emptied("irs-bmf", "eo2.csv", joined([MASTER_FILE_FIELDS, *[bmf_row(200 + n) for n in range(35)]])),
        "eo2.csv line 36: it ends after 35 rows, and 50 are in force",
    ),
    "the last row of a part": Loss(
        "irs-bmf", emptied("irs-bmf", "eo2.csv", joined([MASTER_FILE_FIELDS, *[bmf_row(200 + n) for n in range(49)]])),
        "eo2.csv line 50: it ends before 1000249, with which the one in force ends",
    ),
    "half a part, in a row": Loss(
        "irs-bmf", emptied("irs-bmf", "eo2.csv", WHOLE["irs-bmf"]["eo2.csv"][:4000]), "eo2.csv line"
    ),
    "a list's alternate names": Loss("ofac-sdn", ofac(alt=[]), "alt.csv line 1: there is no row in it"),
    "a list's alternate names, and their mark": Loss(
        "ofac-sdn", emptied("ofac-sdn", "alt.csv"), "alt.csv line 1: the file ends here without its closing 0x1A"
    ),
    "a list's alternate names, but for a header": Loss(
        "ofac-sdn", ofac(alt=["ent_num,alt_num,alt_type,alt_name,alt_remarks"]),
        "alt.csv line 1: entity number 'ent_num' is not a number",
    ),
    "a list's addresses": Loss("ofac-sdn", ofac(add=[]), "add.csv line 1: there is no row in it"),
    "the end of a list's names": Loss(
        "ofac-sdn", ofac(main=[main_row(n) for n in range(1, 98)]),
        "alt.csv line 98: entry 98 is not in the main file, which is of another day or cut off",
    ),
    "the end of a list of which only its alternate names tell": Loss(
        "ofac-consolidated",
        {**WHOLE["ofac-consolidated"], "cons_alt.csv": joined([alias_row(n) for n in range(1, 100)])},
        "cons_alt.csv line 99: it ends before 100, with which the one in force ends",
    ),
    "names under the header of the types": Loss(
        "ofac-sdn", ofac(main=exchanged(PLAIN, 1, 2)), "sdn.csv line 1: the name is '', and 100 of 100 rows"
    ),
    "programmes under the types": Loss(
        "ofac-sdn", ofac(main=exchanged(PLAIN, 2, 3)), "sdn.csv line 1: the type is 'SAMPLE', and 100 of 100 rows"
    ),
    "the programmes": Loss(
        "ofac-sdn", ofac(main=[main_row(n, programme="-0-") for n in NUMBERS]),
        "sdn.csv line 1: the programme is '', and 100 of 100 rows",
    ),
    "alternate names under their types": Loss(
        "ofac-sdn", ofac(alt=exchanged([alias_row(n) for n in NUMBERS], 2, 3)),
        "alt.csv line 1: the type is 'BLUE HERON 1', and 100 of 100 rows",
    ),
    "towns under the countries": Loss(
        "ofac-sdn", ofac(add=exchanged([address_row(n) for n in NUMBERS], 3, 4)),
        "add.csv line 1: the country is 'Port Zorvan 1', and 100 of 100 rows",
    ),
    "another column under a right header": Loss(
        "irs-bmf", emptied("irs-bmf", "eo1.csv", joined([MASTER_FILE_FIELDS, *exchanged(MASTER, 11, 16)])),
        "eo1.csv line 2: RULING is '01', and 50 of 50 rows",
    ),
    "all statuses": Loss(
        "irs-bmf", emptied("irs-bmf", "eo1.csv", joined([MASTER_FILE_FIELDS, *blank(MASTER, 16, ",")])),
        "eo1.csv line 2: STATUS is '', and 50 of 50 rows",
    ),
    "all deductibility statuses": Loss(
        "irs-pub78", {"pub78.txt": joined(blank([pub78_row(n) for n in range(100)], 5, "|"))},
        "pub78.txt line 1: the deductibility status is '', and 100 of 100 rows",
    ),
    "the days of revocation under those of posting": Loss(
        "irs-revocation", {"revocation.txt": joined(exchanged([revocation_row(n) for n in range(100)], 9, 10, "|"))},
        "revocation.txt line 1: the day of posting is '15-NOV-2017', and 100 of 100 rows",
    ),
    "the types of a list": Loss(
        "un-consolidated", {"un.xml": WHOLE["un-consolidated"]["un.xml"].replace(b"Sample", b"")},
        "un.xml line 1: UN_LIST_TYPE is '', and 100 of 100 rows",
    ),
    "six entries of a list": Loss(
        "ofac-sdn", listed(*range(1, 95)), "6 of the 100 entries of SDN list: main file are gone, more than 5%"
    ),
    "six entries, for which six others came": Loss(
        "ofac-sdn", listed(*range(7, 107)), "6 of the 100 entries of SDN list: main file are gone, more than 5%"
    ),
    "six alternate names": Loss(
        "ofac-sdn", ofac(alt=[alias_row(n) for n in range(7, 101)]),
        "6 of the 100 entries of SDN list: alternate names are gone, more than 5%",
    ),
    "six addresses": Loss(
        "ofac-sdn", ofac(add=[address_row(n) for n in range(7, 101)]),
        "6 of the 100 entries of SDN list: addresses are gone, more than 5%",
    ),
    "six entries of the United Nations": Loss(
        "un-consolidated", {"un.xml": f"<LIST>{''.join(ENTRY.format(n) for n in range(6, 100))}</LIST>".encode()},
        "6 of the 100 entries of Consolidated list are gone, more than 5%",
    ),
}  # fmt: skip


@pytest.mark.sampled(6)
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
async def test_what_lost_a_part_is_refused_with_file_line_and_remedy(
    connection: asyncpg.Connection, tmp_path: Path, loss: Loss
) -> None:
    assert (await load_files(connection, tmp_path, loss.register, WHOLE[loss.register])).loaded
    told = await refusal(connection, tmp_path, loss.register, loss.files)
    assert loss.told in told
    assert "fetch the" in told


@pytest.mark.parametrize("register", WHOLE)
async def test_the_first_load_is_not_spared(connection: asyncpg.Connection, tmp_path: Path, register: str) -> None:
    """Given nothing in force, an emptied file is refused all the same, and so is one with a column of another form."""
    for loss in LOSSES.values():
        if loss.register == register and ("line 1: " in loss.told or "of another form" in loss.told):
            try:
                report = await load_files(connection, tmp_path, register, loss.files)
            except UnreadableFile:
                continue
            assert report.refused, loss


ORDINARY = {
    "one entry less of a hundred": ("ofac-sdn", listed(*range(2, 101))),
    "five entries less, and three new ones": ("ofac-sdn", listed(*range(6, 104))),
    "an entry whose names changed": (
        "ofac-sdn",
        ofac(main=[main_row(1, "MARLOW, Quillon Renamed"), *[main_row(n) for n in range(2, 101)]]),
    ),
    "an entry that has no other name any more": ("ofac-sdn", ofac(alt=[alias_row(n) for n in range(2, 101)])),
    "a programme of a new kind": (
        "ofac-sdn",
        ofac(main=[main_row(1, programme="NEW PROGRAMME (2027)"), *[main_row(n) for n in range(2, 101)]]),
    ),
    "two organisations less": (
        "irs-bmf",
        emptied("irs-bmf", "eo1.csv", joined([MASTER_FILE_FIELDS, *MASTER[:20], *MASTER[22:]])),
    ),
}


@pytest.mark.parametrize(("register", "files"), ORDINARY.values(), ids=ORDINARY)
async def test_a_publishers_ordinary_change_is_taken(
    connection: asyncpg.Connection, tmp_path: Path, register: str, files: dict[str, bytes]
) -> None:
    await load_files(connection, tmp_path, register, WHOLE[register])
    report = await load_files(connection, tmp_path, register, files, on=NEXT_DAY)
    assert report.loaded, report.note


ADDED = {
    "with a header": (
        "irs-bmf",
        {"eo1.csv": joined([f"{MASTER_FILE_FIELDS},WEBSITE", *[f"{row}," for row in MASTER]])},
        "eo1.csv line 1: the publisher added 'WEBSITE'; this needs a newer Accord",
    ),
    "without one": (
        "ofac-sdn",
        ofac(main=[f"{main_row(n)},-0- " for n in NUMBERS]),
        "(the first: sdn.csv line 1: 13 fields where 12 are expected)",
    ),
}


@pytest.mark.parametrize(("register", "files", "told"), ADDED.values(), ids=ADDED)
async def test_a_new_column_is_told_as_one(
    connection: asyncpg.Connection, tmp_path: Path, register: str, files: dict[str, bytes], told: str
) -> None:
    await load_files(connection, tmp_path, register, WHOLE[register])
    assert told in await refusal(connection, tmp_path, register, {**WHOLE[register], **files})


CAPITALS = {
    "in capitals": {"sdn.csv": "SDN.CSV", "alt.csv": "ALT.CSV", "add.csv": "ADD.CSV"},
    "mixed": {"sdn.csv": "Sdn.csv", "alt.csv": "ALT.csv", "add.csv": "add.CSV"},
}


@pytest.mark.parametrize("names", CAPITALS.values(), ids=CAPITALS)
async def test_ofacs_names_are_read_in_any_case(
    connection: asyncpg.Connection, tmp_path: Path, names: dict[str, str]
) -> None:
    await load_files(connection, tmp_path, "ofac-sdn", {names[n]: c for n, c in WHOLE["ofac-sdn"].items()})
    kinds = {kind for kind, _, _ in await in_force(connection, "ofac-sdn")}
    assert kinds == {"main", "names", "addresses"}


async def test_a_file_of_another_name_is_told_the_publishers_names(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    files = {**WHOLE["ofac-sdn"], "names.csv": b"1"}
    with pytest.raises(
        UnreadableFile, match=r"^names\.csv is no file of ofac-sdn: keep the publisher's names \(sdn\.csv, "
    ):
        await load_files(connection, tmp_path, "ofac-sdn", files)


SMALL = {
    "ofac-sdn": listed(1, 2, 3),
    "ofac-consolidated": listed(1, 2, 3, closed=b"", names=CONS),
    "un-consolidated": {"un.xml": f"<LIST>{''.join(ENTRY.format(n) for n in range(3))}</LIST>\n".encode()},
    "irs-bmf": {"eo1.csv": joined([MASTER_FILE_FIELDS, *[bmf_row(n) for n in range(3)]], "\n")},
    "irs-pub78": {"pub78.txt": joined([pub78_row(n) for n in range(3)])},
    "irs-revocation": {"revocation.txt": joined([revocation_row(n) for n in range(3)], "\n")},
}


def cuts(content: bytes) -> list[int]:
    """The places where a file is cut: around the ends of its rows, and at each seventh byte between."""
    ends = [place for place, byte in enumerate(content) if byte in b"\r\n>\x1a"]
    near = {place + step for place in ends for step in (0, 1)}
    return sorted({*near, *range(0, len(content), 7), len(content) - 1} & {*range(len(content))})


@pytest.mark.slow
@pytest.mark.parametrize(("register", "name"), [(one, name) for one, files in SMALL.items() for name in files])
async def test_a_file_that_is_cut_at_any_byte_is_refused_or_is_the_whole(
    connection: asyncpg.Connection, tmp_path: Path, register: str, name: str
) -> None:
    await load_files(connection, tmp_path, register, SMALL[register])
    whole, content = await in_force(connection, register), SMALL[register][name]
    for place in cuts(content):
        files = {**SMALL[register], name: content[:place]}
        try:
            report = await load(connection, register, written(tmp_path, files), FIRST_DAY, ARCHIVE, minimum_rows=1)
        except UnreadableFile:
            report = None
        assert await in_force(connection, register) == whole, (place, content[:place][-40:])
        assert report is None or report.refused or place >= len(content.rstrip(b"\r\n")), place


async def test_the_real_lists_have_the_columns_that_are_expected(
    connection: asyncpg.Connection, shared_data: Path
) -> None:
    paths = sorted((shared_data / "ofac" / "2021-07").glob("*.csv"))
    assert (await load(connection, "ofac-sdn", paths, FIRST_DAY, ARCHIVE)).loaded
    path = next((shared_data / "un").glob("*.xml"))
    assert (await load(connection, "un-consolidated", [path], FIRST_DAY, ARCHIVE)).loaded


@pytest.mark.parametrize("register", [name for name, known in REGISTERS.items() if known.listed is not None])
def test_each_file_of_a_list_says_what_its_columns_look_like(register: str) -> None:
    assert all(kind.shapes or kind.optional for kind in REGISTERS[register].kinds)
