"""The UK Sanctions List has a line for each name and address: an entry is its lines, and says what is imposed."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from domain.screening.matches import MatchKind
from registers.loading.loader import day_said, load
from registers.loading.rows import ParsedRow, RejectedRow, read_rows
from registers.loading.texts import UnreadableFile
from registers.matching import Birth, ListedKind, ListedName, Quality
from registers.screening.lists import screen
from registers.sources.kinds import ListedRow
from registers.sources.united_kingdom import SANCTIONS_LIST, UK_FIELDS
from tests.builders import party
from tests.registers.files import ARCHIVE, FIRST_DAY, NEXT_DAY, SAMPLE, load_small

LINES = SANCTIONS_LIST.kinds[0]
REPORT = "Report Date: 08-Oct-2026"


def line(entry: str = "RUS0001", name: str = "VELORIAN BUREAU", **cells: str) -> str:
    known = {
        "Unique ID": entry, "Name 6": name, "Name type": "Primary Name", "Regime Name": "Russia",
        "Designation Type": "Entity", "Sanctions Imposed": "Asset freeze",
    }  # fmt: skip
    known |= cells
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([known.get(field, "") for field in UK_FIELDS.split(",")])
    return out.getvalue()


def file(folder: Path, *lines: str, report: str = REPORT, header: str = UK_FIELDS, end: str = "\r\n") -> Path:
    path = folder / "UK-Sanctions-List.csv"
    path.write_bytes("".join(f"{row}{end}" for row in (report, header, *lines) if row).encode())
    return path


def listed(*lines: str) -> list[ListedName]:
    assert SANCTIONS_LIST.listed is not None
    parsed = [LINES.parse(text) for text in lines]
    return list(SANCTIONS_LIST.listed(ListedRow(10 + n, "lines", row[1], row) for n, row in enumerate(parsed)))


def test_the_lines_of_an_entry_are_one_entry_with_each_name_once() -> None:
    person = {"Designation Type": "Individual", "Name 1": "Edrin", "Name 2": "Tovas", "D.O.B": "00/00/1975"}
    at_home = line("RUS0007", "MARROWAY", **person, **{"Address Country": "Kenya"})
    abroad = line("RUS0007", "MARROWAY", **person, **{"Address Country": "Russia"})
    alias = line("RUS0007", "The Heron", **{"Name type": "ALias", "Alias strength": "Low quality"})
    countries, births = frozenset({"KE", "RU"}), (Birth(1975),)
    assert listed(at_home, abroad, alias) == [
        ListedName(10, "RUS0007", "Edrin Tovas MARROWAY", ListedKind.PERSON, Quality.PRIMARY, countries, births),
        ListedName(12, "RUS0007", "The Heron", ListedKind.ENTITY, Quality.WEAK, countries, births),
    ]


def test_a_name_is_all_its_parts_and_the_surname_is_the_last() -> None:
    parts = {f"Name {part}": f"PART {part}" for part in (5, 4, 3, 2, 1)}
    (name,) = listed(line("RUS0008", "SURNAME", **parts))
    assert name.name == "PART 1 PART 2 PART 3 PART 4 PART 5 SURNAME"


@pytest.mark.parametrize(
    ("written", "strength", "quality"),
    [
        ("Primary Name", "", Quality.PRIMARY),
        ("Primary name", "", Quality.PRIMARY),
        ("Primary Name Variation", "", Quality.ALIAS),
        ("Alias", "Good quality", Quality.ALIAS),
        ("ALias", "", Quality.ALIAS),
        ("Alias", "Low quality", Quality.WEAK),
        ("Alias", "WEAK", Quality.WEAK),
        ("Primary Name", "Low quality", Quality.WEAK),
    ],
)
def test_a_name_is_as_good_as_the_list_says_however_it_is_spelt(written: str, strength: str, quality: Quality) -> None:
    (name,) = listed(line(**{"Name type": written, "Alias strength": strength}))
    assert name.quality is quality


@pytest.mark.parametrize(
    ("written", "births"),
    [
        ("17/05/1968", (Birth(1968, 5, 17),)),
        ("00/05/1968", (Birth(1968, 5),)),
        ("00/00/1968", (Birth(1968),)),
        ("dd/mm/1968", (Birth(1968),)),
        ("dd/05/1968", (Birth(1968, 5),)),
        ("17/mm/1968", (Birth(1968),)),
        ("01/01/1968", (Birth(1968, 1, 1),)),
        ("31/12/1968", (Birth(1968, 12, 31),)),
        ("32/12/1968", (Birth(1968, 12),)),
        ("31/13/1968", (Birth(1968),)),
        ("17/05/1968|00/00/1969", (Birth(1968, 5, 17), Birth(1969))),
        ("about 1968", ()),
    ],
)
def test_a_date_of_birth_is_as_precise_as_it_is_written(written: str, births: tuple[Birth, ...]) -> None:
    (name,) = listed(line(**{"D.O.B": written}))
    assert name.births == births


def test_a_name_in_another_script_is_one_of_its_names_and_a_ship_is_a_ship() -> None:
    names = listed(line(**{"Name non-latin script": "ВЕЛОРИАН", "Designation Type": "Ship"}))
    assert [(name.name, name.kind) for name in names] == [
        ("VELORIAN BUREAU", ListedKind.VESSEL),
        ("ВЕЛОРИАН", ListedKind.VESSEL),
    ]


def test_a_field_may_go_over_several_lines_and_the_next_row_keeps_its_number(tmp_path: Path) -> None:
    long = line("RUS0001", **{"UK Statement of Reasons": 'One,\nTwo "quoted"\nThree'})
    rows = list(read_rows(file(tmp_path, long, line("RUS0002")), LINES))
    assert [(row.line, row.key) for row in rows if isinstance(row, ParsedRow)] == [(3, "RUS0001"), (6, "RUS0002")]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(line(""), "Unique ID '' is none", id="no id"),
        pytest.param(line("RUS 1"), "Unique ID 'RUS 1' is none", id="an odd id"),
        pytest.param(line(name=""), "entry RUS0001 has no name", id="no name"),
        pytest.param(line() + ",", "59 fields where 58 are expected", id="a field more"),
        pytest.param(line()[:40], " fields where 58 are expected", id="cut off"),
    ],
)
def test_a_bad_line_says_why(tmp_path: Path, bad: str, reason: str) -> None:
    bad_row, good_row = read_rows(file(tmp_path, bad, line()), LINES)
    assert isinstance(bad_row, RejectedRow)
    assert (bad_row.line, reason in bad_row.reason) == (3, True)
    assert isinstance(good_row, ParsedRow)


def test_a_quotation_mark_that_is_never_closed_is_told_by_the_line_where_it_stands(tmp_path: Path) -> None:
    path = file(tmp_path, line("RUS0001"), line("RUS0002").replace("VELORIAN", '"VELORIAN'), line("RUS0003"))
    first, bad = read_rows(path, LINES)
    assert isinstance(first, ParsedRow)
    assert isinstance(bad, RejectedRow)
    assert (bad.line, bad.reason) == (4, "a quotation mark is not closed")


def test_a_last_line_without_its_end_is_whole_if_it_has_all_its_fields(tmp_path: Path) -> None:
    path = file(tmp_path, line())
    path.write_bytes(path.read_bytes().rstrip())
    assert [type(row) for row in read_rows(path, LINES)] == [ParsedRow]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        pytest.param("", "the header 'Last Updated,Unique ' ... is missing", id="none"),
        pytest.param(UK_FIELDS + ",Colour", "the publisher added 'Colour'", id="one more column"),
    ],
)
def test_a_header_that_is_another_is_refused(tmp_path: Path, header: str, fault: str) -> None:
    with pytest.raises(UnreadableFile, match=fault):
        list(read_rows(file(tmp_path, line(), header=header), LINES))


def test_a_header_in_quotes_is_the_same_header(tmp_path: Path) -> None:
    quoted = ",".join(f'"{field}"' for field in UK_FIELDS.split(","))
    assert [type(row) for row in read_rows(file(tmp_path, line(), header=quoted), LINES)] == [ParsedRow]


@pytest.mark.parametrize(
    ("report", "day"),
    [(REPORT, date(2026, 10, 8)), (f'"{REPORT}",,', date(2026, 10, 8)), ("Report Date: 31-Feb-2026", None), ("", None)],
)
def test_the_list_says_its_own_day(tmp_path: Path, report: str, day: date | None) -> None:
    path = file(tmp_path, line(), report=report)
    assert day_said("uk-sanctions", (path,)) == day
    assert [type(row) for row in read_rows(path, LINES)] == [ParsedRow]


def test_what_is_imposed_is_told_in_its_parts() -> None:
    row = ListedRow(0, "lines", "RUS0001", LINES.parse(line(**{"Sanctions Imposed": "Asset freeze|Travel Ban "})))
    assert SANCTIONS_LIST.programmes(SANCTIONS_LIST.programme(row)) == ("Asset freeze", "Travel Ban")


async def test_a_dirty_list_leaves_the_one_in_force_and_names_part_line_and_remedy(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    assert (await load_small(connection, "uk-sanctions", file(tmp_path, line("RUS0001"), line("RUS0002")))).loaded
    dirty = file(tmp_path, line("RUS0001"), line("RUS0002", name=""), line("RUS0003"))
    report = await load(connection, "uk-sanctions", (dirty,), NEXT_DAY, ARCHIVE, minimum_rows=1)
    assert report.refused
    assert "UK-Sanctions-List.csv line 4: entry RUS0002 has no name" in report.note
    assert "fetch the file again" in report.note
    found = await screen(connection, (party("Velorian Bureau"),))
    assert [version.source_date for version in found.asked] == [FIRST_DAY]


async def test_a_list_that_lost_a_part_leaves_the_one_in_force(connection: asyncpg.Connection, tmp_path: Path) -> None:
    whole = [line(f"RUS{n:04}", f"VELORIAN BUREAU {n}") for n in range(100)]
    assert (await load_small(connection, "uk-sanctions", file(tmp_path, *whole))).loaded
    lost = await load_small(connection, "uk-sanctions", file(tmp_path, *whole[:90]), on=NEXT_DAY)
    assert lost.refused
    assert "10 of the 100 entries of UK Sanctions List are gone" in lost.note
    assert "two people answer for it" in lost.note


async def test_the_sample_names_whom_it_lists_and_what_is_imposed(connection: asyncpg.Connection) -> None:
    await load_small(connection, "uk-sanctions", SAMPLE / "uk_sanctions.csv")
    names = ("Halverstrom Shipping Bureau", "The Grey Heron of Zorvania")
    found = {one.party: one for one in (await screen(connection, tuple(party(name) for name in names))).matches}
    body, weak = (found[name] for name in names)
    assert (body.entity, body.is_confirmed) == ("SAM0002", True)
    assert body.programmes == ("Asset freeze", "Trust Services Sanctions")
    assert (weak.kind, weak.certain) == (MatchKind.EXACT, False)
