"""A row of the European Union's list is an XML element byte for byte. Weak names are marked."""

from __future__ import annotations

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
from registers.sources.european_union import CONSOLIDATED
from registers.sources.kinds import ListedRow
from tests.builders import party
from tests.registers.files import ARCHIVE, FIRST_DAY, NEXT_DAY, SAMPLE, load_small

ENTRIES = CONSOLIDATED.kinds[0]

REGULATION = '<regulation programme="UKR" numberTitle="2022/261 (OJ L42I); amended"/>'
PERSON = f"""<sanctionEntity euReferenceNumber="EU.7.1" logicalId="7">
  {REGULATION}<regulation programme="BLR" numberTitle="765/2006 (OJ L134)"/>
  <subjectType code="person" classificationCode="P"/>
  <nameAlias wholeName="Ossimar  Drevkani" strong="true"/>
  <nameAlias wholeName="" firstName="Osimar" middleName="" lastName="Drevcani" strong="true"/>
  <nameAlias wholeName="The Lamplighter" strong="false"/>
  <nameAlias wholeName="" strong="true"/>
  <citizenship countryIso2Code="RU"/><citizenship countryIso2Code="00"/>
  <birthdate circa="false" birthdate="1968-05-17" countryIso2Code="BY"/>
  <birthdate circa="true" birthdate="1967-01-01" countryIso2Code="00"/>
  <birthdate circa="false" birthdate="" year="1966" countryIso2Code="00"/>
  <address countryIso2Code="ke"/>
</sanctionEntity>"""


def body(number: int = 1, name: str = "Velorian Trust", more: str = "", code: str = "E") -> str:
    alias = f'<nameAlias wholeName="{name}" strong="true"/>'
    subject = f'<subjectType code="enterprise" classificationCode="{code}"/>'
    return f'<sanctionEntity logicalId="{number}">{REGULATION}{subject}{alias}{more}</sanctionEntity>'


def file(folder: Path, *entries: str, before: str = "", generated: str = "2026-11-01T16:47:04.449+01:00") -> Path:
    path = folder / "content"
    space = "http://eu.europa.ec/fpi/fsd/export"
    head = f'{before}<export xmlns="{space}" generationDate="{generated}" globalFileId="1">\n'
    path.write_text(head + "\n".join(entries) + "\n</export>\n", encoding="utf-8", newline="")
    return path


def listed(*entries: str) -> list[ListedName]:
    assert CONSOLIDATED.listed is not None
    parsed = [ENTRIES.parse(text) for text in entries]
    return list(CONSOLIDATED.listed(ListedRow(10 + n, "entries", one[0], one) for n, one in enumerate(parsed)))


def test_a_row_is_the_element_as_published_with_its_number_and_line(tmp_path: Path) -> None:
    rows = list(read_rows(file(tmp_path, body(), PERSON), ENTRIES))
    assert rows == [ParsedRow(2, "1", body()), ParsedRow(3, "7", PERSON)]


def test_a_person_has_every_name_with_its_quality_its_countries_and_its_dates_of_birth() -> None:
    countries, births = frozenset({"RU", "BY", "KE"}), (Birth(1968, 5, 17), Birth(1967), Birth(1966))
    of = [("Ossimar Drevkani", Quality.PRIMARY), ("Osimar Drevcani", Quality.ALIAS), ("The Lamplighter", Quality.WEAK)]
    expected = [ListedName(10, "7", name, ListedKind.PERSON, quality, countries, births) for name, quality in of]
    assert listed(PERSON) == expected


def test_who_has_a_weak_name_alone_has_no_primary_one() -> None:
    weak = body().replace('strong="true"', 'strong="false"')
    assert [name.quality for name in listed(weak)] == [Quality.WEAK]


def misfits(text: str) -> list[tuple[str, str]]:
    """The columns of an entry that have another form than published, each with its value."""
    fields = ENTRIES.parse(text)
    return [(shape.title, shape.value(fields)) for shape in ENTRIES.shapes if not shape.fits(fields)]


def test_each_column_is_told_by_its_own_value() -> None:
    weak = body().replace('strong="true"', 'strong="false"')
    assert [misfits(text) for text in (body(), PERSON, weak)] == [[], [], []]
    assert misfits(body(code="X")) == [("the classification code", "X")]
    assert misfits(body(name="123")) == [("the name", "123")]
    assert misfits(body().replace(REGULATION, "")) == [("the regulation", "")]


def test_the_programmes_are_those_of_every_regulation_that_lists_it() -> None:
    row = ListedRow(0, "entries", "7", ENTRIES.parse(PERSON))
    programmes = CONSOLIDATED.programmes(CONSOLIDATED.programme(row))
    assert programmes == ("UKR 2022/261 (OJ L42I)", "BLR 765/2006 (OJ L134)")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(body().replace('logicalId="1"', ""), "logicalId '' is not a number", id="no number"),
        pytest.param(body().replace('logicalId="1"', 'logicalId="x1"'), "logicalId 'x1' is not", id="no digits"),
        pytest.param(body(name=" "), "entry 1 has no name", id="no name"),
    ],
)
def test_a_bad_entry_says_why_and_the_others_stay_good(tmp_path: Path, bad: str, reason: str) -> None:
    one, other = read_rows(file(tmp_path, bad, PERSON), ENTRIES)
    assert isinstance(one, RejectedRow)
    assert (one.line, reason in one.reason) == (2, True)
    assert isinstance(other, ParsedRow)


@pytest.mark.slow
def test_an_entry_of_very_many_names_is_whole_and_one_without_end_is_none(tmp_path: Path) -> None:
    alias = '<nameAlias wholeName="Velorian {0}" strong="true"/>'
    many = body(more="".join(alias.format(n) for n in range(5_000)))
    endless = body(2, more="".join(alias.format(n) for n in range(40_000)))
    whole, long = read_rows(file(tmp_path, many, endless), ENTRIES)
    assert whole == ParsedRow(2, "1", many)
    assert isinstance(long, RejectedRow)
    assert "bytes, and no row has more than 1048576" in long.reason


@pytest.mark.parametrize(
    ("before", "fault"),
    [
        pytest.param('<!DOCTYPE export [<!ENTITY a "b">]>', "declares a document type", id="entities of its own"),
        pytest.param("<html><body>Service unavailable</body></html>", "is a web page", id="a web page"),
        pytest.param("<export><sanctionEntity>", "is not whole XML", id="cut off"),
    ],
)
def test_what_is_no_list_is_refused_with_its_remedy(tmp_path: Path, before: str, fault: str) -> None:
    with pytest.raises(UnreadableFile, match=fault):
        list(read_rows(file(tmp_path, before=before), ENTRIES))


def test_the_list_says_its_own_day(tmp_path: Path) -> None:
    assert day_said("eu-consolidated", (file(tmp_path, body()),)) == date(2026, 11, 1)
    assert day_said("eu-consolidated", (file(tmp_path, body(), generated="soon"),)) is None
    assert day_said("eu-consolidated", (file(tmp_path, body(), generated="2026-13-01"),)) is None


async def test_a_dirty_list_leaves_the_one_in_force_and_names_part_line_and_remedy(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    assert (await load_small(connection, "eu-consolidated", file(tmp_path, body(1), body(2)))).loaded
    dirty = file(tmp_path, body(1), body(2, name=" "), body(3))
    report = await load(connection, "eu-consolidated", (dirty,), NEXT_DAY, ARCHIVE, minimum_rows=1)
    assert report.refused
    assert "content line 3: entry 2 has no name" in report.note
    assert "fetch the file again" in report.note
    found = await screen(connection, (party("Velorian Trust"),))
    assert [version.source_date for version in found.asked] == [FIRST_DAY]


async def test_a_weak_name_that_a_party_bears_is_a_question_and_a_strong_one_a_match(
    connection: asyncpg.Connection,
) -> None:
    await load_small(connection, "eu-consolidated", SAMPLE / "eu_consolidated.xml")
    weak, strong = "The Lamplighter of Zorvania", "Velorian Maritime Trust"
    found = {one.party: one for one in (await screen(connection, (party(weak), party(strong)))).matches}
    assert (found[weak].kind, found[weak].certain) == (MatchKind.EXACT, False)
    assert (found[strong].kind, found[strong].is_confirmed) == (MatchKind.EXACT, True)
    assert found[strong].programmes == ("SAMPLE 0000/2020 (invented)",)


async def test_a_weak_name_of_a_body_is_a_question_though_it_is_borne_to_the_letter(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """Of a body the letters alone decide otherwise: here they do not, since its publisher doubts them."""
    weak = '<nameAlias wholeName="Sea Lantern Bureau" strong="false"/>'
    await load_small(connection, "eu-consolidated", file(tmp_path, body(more=weak)))
    found = {one.party: one for one in (await screen(connection, (party("Sea Lantern Bureau"),))).matches}
    match = found["Sea Lantern Bureau"]
    assert (match.kind, match.certain, match.is_confirmed) == (MatchKind.EXACT, False, False)
    assert (await screen(connection, (party("Velorian Trust"),))).matches[0].is_confirmed
