"""Nobody on a sanctions list is paid and nobody else is held up: which names meet a listed one, and how surely."""

from __future__ import annotations

import csv
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.parties import Party, PartyKind
from domain.screening.clearance import pair_of
from domain.screening.matches import MatchKind, SanctionsMatch
from registers.history import versions_in_force
from registers.loading.loader import load, override
from registers.matching.recognition import recognition
from registers.screening import lists as screening
from registers.screening.changes import ScreenedName, newly_listed, news_since
from registers.screening.lists import screen, subjects_of
from tests.builders import party, proposal
from tests.registers.files import ARCHIVE, SAMPLE, SDN_NAMES, load_small, sdn_row, switch_while_asking, write_sdn

EXACT, NEAR = MatchKind.EXACT, MatchKind.NEAR


@pytest.fixture
async def listed(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection to a database with the sample list in force."""
    await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in SDN_NAMES])
    return connection


async def met(connection: asyncpg.Connection, *names: str) -> tuple[SanctionsMatch, ...]:
    return (await screen(connection, tuple(party(name) for name in names))).matches


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        pytest.param("ZORVANIA TRADE BUREAU", "9001", id="as listed"),
        pytest.param("zorvania trade bureau", "9001", id="case"),
        pytest.param("Bureau Trade, Zorvania", "9001", id="word order"),
        pytest.param("Zorvánia Tráde Büreau", "9001", id="accents"),
        pytest.param("ЗОРВАНИА ТРАДЕ БУРЕАУ", "9001", id="script"),
        pytest.param("Zorvania Trade Bureau, LLC", "9001", id="legal form added"),
        pytest.param("North Gate Shipping", "9003", id="legal form left out"),
        pytest.param("North Gate Shipping Co., Ltd.", "9003", id="two legal forms"),
        pytest.param("“Zorvania” — Trade/Bureau!", "9001", id="punctuation"),
        pytest.param("Blue Heron Networks", "9001", id="alias"),
        pytest.param("Networks, Blue-Heron Inc.", "9001", id="alias in another order"),
        pytest.param("Quillon Marlow", "9002", id="person, first name first"),
    ],
)
async def test_the_same_name_is_an_exact_match(listed: asyncpg.Connection, name: str, entity: str) -> None:
    (match,) = await met(listed, name)
    assert (match.kind, match.score, match.entity, match.programme) == (EXACT, 100, entity, "SAMPLE")
    assert match.party == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Zorvania Trade Bureua", id="two letters swapped"),
        pytest.param("Zorvania Trad Bureau", id="a letter missing"),
        pytest.param("Zorvaniia Trade Bureau", id="a letter doubled"),
        pytest.param("Zarvania Trade Bureau", id="another vowel"),
        pytest.param("Zor Vania Trade Bureau", id="a word split"),
        pytest.param("ZorvaniaTrade Bureau", id="two words joined"),
    ],
)
async def test_a_name_with_one_typo_is_near(listed: asyncpg.Connection, name: str) -> None:
    (match,) = await met(listed, name)
    assert (match.kind, match.entity) == (NEAR, "9001")
    assert 88 <= match.score <= 100


@pytest.mark.parametrize(
    "name",
    ["Riverbend Library Network", "Lakeside School of Networking", "Trade School", "Blue Ridge Networks", "LLC", "!?"],
)
async def test_unrelated_names_are_clear(listed: asyncpg.Connection, name: str) -> None:
    assert await met(listed, name) == ()


async def test_a_match_says_where_the_listed_name_stands(listed: asyncpg.Connection) -> None:
    (match,) = await met(listed, "Northgate Maritime")
    assert (match.listed_name, match.source.file, match.source.line) == ("NORTHGATE MARITIME", "alt.csv", 2)
    assert match.source.row.startswith('9003,2,"fka","NORTHGATE MARITIME"')
    assert match.source.register_version.register_name == "ofac-sdn"


async def test_every_name_of_every_party_is_screened_once(listed: asyncpg.Connection) -> None:
    known = party("Riverbend", also_known_as=("Blue Heron Networks", "Riverbend"))
    found = await screen(listed, (known, party("Quillon Marlow"), party("Riverbend")))
    assert found.parties == ("Riverbend", "Blue Heron Networks", "Quillon Marlow")
    assert {match.party for match in found.matches} == {"Blue Heron Networks", "Quillon Marlow"}
    assert [v.register_name for v in found.asked] == ["ofac-sdn"]


async def test_the_surest_match_comes_first(connection: asyncpg.Connection, tmp_path: Path) -> None:
    rows = [sdn_row(n, name) for n, name in enumerate(["HERON NETWORKZ", "HERON NETWORKS", "HERRON NETWORKS"])]
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *rows))
    found = await met(connection, "Heron Networks")
    assert [(match.entity, match.kind) for match in found[:1]] == [("1", EXACT)]
    assert [match.kind for match in found[1:]] == [NEAR, NEAR]
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)


async def test_without_a_list_nobody_was_asked(connection: asyncpg.Connection) -> None:
    found = await screen(connection, (party("Zorvania Trade Bureau"),))
    assert (found.asked, found.matches) == ((), ())


@pytest.mark.usefixtures("unguarded")
async def test_a_superseded_list_no_longer_matches(listed: asyncpg.Connection, tmp_path: Path) -> None:
    rows = [sdn_row(n, f"UNRELATED {n}") for n in range(10)]
    await load_small(listed, "ofac-sdn", *write_sdn(tmp_path, *rows), on=date(2026, 12, 1))
    assert await met(listed, "Zorvania Trade Bureau") == ()


async def test_a_list_that_comes_into_force_while_asking_is_not_said_to_have_been_screened_against(
    pool: asyncpg.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [sdn_row(n, f"UNRELATED {n}") for n in range(10)]
    more = iter(("HERON NETWORKS", "HERON NETWORKS, INC."))

    async def switch() -> None:
        async with pool.acquire() as other:
            await load_small(other, "ofac-sdn", *write_sdn(tmp_path, *rows, sdn_row(99, next(more))))

    async with pool.acquire() as connection:
        await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *rows))
        switch_while_asking(monkeypatch, screening, switch)
        found = await screen(connection, (party("Heron Networks"),))
    listed_from_version = 2
    assert found.asked[0].version < listed_from_version or found.matches, "cleared by a list that names the party"


@pytest.mark.parametrize("order", [SDN_NAMES, ("add.csv", "alt.csv", "sdn.csv"), ("alt.csv", "sdn.csv", "add.csv")])
async def test_the_order_in_which_the_files_were_given_does_not_matter(
    connection: asyncpg.Connection, order: tuple[str, ...]
) -> None:
    await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in order])
    (match,) = await met(connection, "Blue Heron Networks")
    assert (match.entity, match.programme, match.source.file) == ("9001", "SAMPLE", "alt.csv")


async def test_a_list_with_a_bad_row_is_refused_and_put_in_force_by_name_its_other_rows_are_screened_against(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    rows = [sdn_row(n, f"UNRELATED {n}") for n in range(200)]
    aliases = ('9001,1,"aka","BLUE HERON NETWORKS",-0- ',)
    paths = write_sdn(tmp_path, *rows, '9001,"ZORVANIA', aliases=aliases)
    report = await load_small(connection, "ofac-sdn", *paths)
    assert (report.loaded, report.bad_count) == (False, 1)
    assert "each may name somebody who may not be dealt with (the first: sdn.csv line 201: " in report.note
    await override(connection, report.version, ARCHIVE, "its publisher confirmed the row")
    assert [match.entity for match in await met(connection, "Blue Heron Networks")] == ["9001"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Société d'Énergie S.A.", "SOCIETE D ENERGIE"),
        ("A.B.C. Trading", "ABC Trading Ltd"),
        ("Müller GmbH & Co. KG", "MULLER"),
        ("The Bank of Sun, Inc.", "sun bank of the"),
        ("Riverbend Library", "Riverbend Library Network of Kansas"),
        ("River Bend Library", "Riverbend Library"),
    ],
)
def test_a_name_is_recognised_whatever_its_form_and_whatever_was_added(one: str, other: str) -> None:
    assert recognition(one, other) == recognition(other, one) == 100


@pytest.mark.parametrize(("one", "other"), [("Riverbend Library", "Lakeside Clinic"), ("Riverbend", "")])
def test_another_name_is_not_recognised(one: str, other: str) -> None:
    assert recognition(one, other) < 60


# A person is told from who bears her name by her birth, and a firm is met as a firm


ROSA, HERS = "Rosalind Quennamor", "QUENNAMOR, Rosalind"


def person_row(n: int, name: str, remarks: str) -> str:
    return sdn_row(n, name).replace('",-0- ,"SAMPLE"', '","individual","SAMPLE"').removesuffix("-0- ") + f'"{remarks}"'


def person(name: str = ROSA, **more: Any) -> Party:
    return party(name, kind=PartyKind.INDIVIDUAL, ein=None, **more)


def behind(**more: Any) -> tuple[Party, ...]:
    """The parties screened with a partner that somebody, or something, of that name owns."""
    return proposal(partner=party(principals=[{"name": ROSA, "role": "OWNER", **more}])).parties


@pytest.fixture
async def people(connection: asyncpg.Connection, tmp_path: Path) -> asyncpg.Connection:
    """A connection to a database with a list of a person and a firm that a person's name could be."""
    rows = [person_row(1, HERS, "DOB 05 Apr 1961; nationality Peru."), sdn_row(2, "MARROWGATE HOLDINGS")]
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *rows))
    return connection


@pytest.mark.parametrize(
    ("born", "kind", "said"),
    [
        pytest.param(None, EXACT, "", id="nobody knows"),
        pytest.param("1961-04-05", EXACT, "the same day", id="the same day"),
        pytest.param("1961-09-30", NEAR, "another day of the same year", id="another day"),
        pytest.param("1962-04-05", NEAR, "1 year apart", id="the next year"),
        pytest.param("1990-04-05", NEAR, "29 years apart", id="another generation"),
    ],
)
async def test_who_bears_a_listed_name_and_was_born_another_day_can_be_cleared(
    people: asyncpg.Connection, born: str | None, kind: MatchKind, said: str
) -> None:
    (match,) = (await screen(people, [person(born=born)])).matches
    assert (match.kind, match.entity, match.score == 100) == (kind, "1", kind is EXACT)
    told = f"born {born}, listed as born 1961-04-05: {said}" if born else "not among those listed: PE"
    assert any(told in line for line in match.explanation), match.explanation


@pytest.mark.parametrize(("born", "entities"), [(None, ["1"]), ("1961-04-05", ["1"]), ("1990-04-05", [])])
async def test_a_name_that_is_only_near_is_nobodys_who_was_born_long_before_or_after(
    people: asyncpg.Connection, born: str | None, entities: list[str]
) -> None:
    found = await screen(people, [person("Rosalynd Quennamor", born=born)])
    assert [(match.entity, match.kind) for match in found.matches] == [(entity, NEAR) for entity in entities]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({}, id="nobody says what it is"),
        pytest.param({"kind": "INDIVIDUAL"}, id="a person"),
        pytest.param({"born": "1961-04-05"}, id="who was born"),
    ],
)
async def test_who_owns_a_partner_meets_a_listed_person_once(people: asyncpg.Connection, told: dict[str, str]) -> None:
    found = await screen(people, behind(**told))
    assert [(match.entity, match.kind, match.party) for match in found.matches] == [("1", EXACT, ROSA)]


@pytest.mark.parametrize(
    ("told", "entities"),
    [
        pytest.param({}, ["2"], id="nobody says what it is"),
        pytest.param({"kind": "PRIVATE_COMPANY"}, ["2"], id="a firm"),
        pytest.param({"kind": "INDIVIDUAL"}, [], id="a person"),
    ],
)
async def test_a_firm_that_owns_a_partner_meets_a_listed_firm(
    people: asyncpg.Connection, told: dict[str, str], entities: list[str]
) -> None:
    found = await screen(people, behind(name="Marrowgate Holdinggs", **told))
    assert [(match.entity, match.kind) for match in found.matches] == [(entity, NEAR) for entity in entities]


async def test_a_name_that_a_person_and_a_firm_bear_on_the_list_is_one_match_with_each(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    rows = [person_row(1, HERS, "DOB 1961."), sdn_row(2, ROSA.upper()), sdn_row(3, "QUARTZ PIER SHIPPING")]
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *rows))
    found = await screen(connection, behind())
    assert [(match.entity, match.kind) for match in found.matches] == [("1", EXACT), ("2", EXACT)]
    assert found.parties.count(ROSA) == 1


async def test_one_who_is_screened_as_either_is_the_same_match_whoever_comes_first(people: asyncpg.Connection) -> None:
    forward, backward = [(await screen(people, some)).matches for some in (behind(), behind()[::-1])]
    assert forward == backward


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(party(ein="001000001"), party(ein="001000002"), id="two organisations of one name"),
        pytest.param(party(), party(ein=None), id="one that has no number"),
        pytest.param(person(born="1961-04-05"), person(born="1990-04-05"), id="two persons of one name"),
        pytest.param(person(), person(born="1990-04-05"), id="one whose birth nobody knows"),
        pytest.param(person(), party(ROSA, kind=PartyKind.PRIVATE_COMPANY, ein=None), id="a person and a firm"),
    ],
)
def test_what_tells_two_of_one_name_apart_makes_two_pairs(one: Party, other: Party) -> None:
    pairs = {pair_of(some, "ofac-sdn", "1", [person_row(1, HERS, "DOB 1961.")]) for some in (one, other)}
    assert len(pairs) == 2


# The real list beside the project


@pytest.fixture
async def real(connection: asyncpg.Connection, shared_data: Path) -> asyncpg.Connection:
    """A connection to a database with the real list of 2021 in force."""
    paths = tuple(shared_data / "ofac" / "2021-07" / name for name in SDN_NAMES)
    await load(connection, "ofac-sdn", paths, date(2021, 7, 1), ARCHIVE)
    return connection


def _column(path: Path, column: int, start: int, step: int) -> list[str]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return [row[column] for row in islice(csv.reader(file), start, None, step) if len(row) > column]


async def test_every_two_hundredth_listed_name_finds_itself_and_few_charities_find_anything(
    real: asyncpg.Connection, shared_data: Path
) -> None:
    names = _column(shared_data / "ofac" / "2021-07" / "sdn.csv", 1, 0, 200)
    assert len(names) > 40
    exact = {match.party for match in await met(real, *names) if match.kind is EXACT and match.score == 100}
    assert exact == set(names)

    charities = _column(shared_data / "irs" / "bmf" / "eo_vt.csv", 1, 1, 20)[:300]
    found = await met(real, *charities)
    share = len({match.party for match in found}) / len(charities)
    print(f"{share:.1%} of {len(charities)} charities meet a listed name: {[(m.party, m.listed_name) for m in found]}")  # noqa: T201
    assert share <= 0.05


@pytest.mark.usefixtures("unguarded")
async def test_whom_a_list_says_less_of_is_news_too(connection: asyncpg.Connection, tmp_path: Path) -> None:
    """Another country spoke against the name as long as the list had that address."""
    rows = [sdn_row(n, f"FILLER QORV{n} ZUMB{n}") for n in range(50, 90)]
    mains, address = (*rows, sdn_row(1, "ZORVANIA TRADING BUREAU KELMIR")), '1,1,"1 Quay","Port Zorvan","Peru",-0- '
    other = '50,2,"1 Quay","Port Zorvan","Peru",-0- '
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *mains, addresses=(address, other)))
    known = party("Zorvonia Trading Kelmir Agency", country="KE", ein=None)
    before = await screen(connection, (known,))
    assert before.matches == ()
    asked = {version.register_name: version.version for version in before.asked}
    await load_small(connection, "ofac-sdn", *write_sdn(tmp_path, *mains, addresses=(other,)))
    in_force = await versions_in_force(connection, ("ofac-sdn",))
    assert len((await screen(connection, (known,))).matches) == 1
    news = await news_since(connection, in_force, asked)
    screened = [ScreenedName("P-2026-0042", subject, asked) for subject in subjects_of(known)]
    assert await newly_listed(connection, news, screened, 82) == {"P-2026-0042"}


async def test_every_programme_of_an_entry_is_kept(connection: asyncpg.Connection, tmp_path: Path) -> None:
    rows = (
        sdn_row(1, "OBSIDIAN PIER").replace("SAMPLE", "CMIC-EO13959] [UKRAINE-EO13662"),
        sdn_row(1, "OBSIDIAN PIER").replace("SAMPLE", "FSE-IR"),
    )
    names = {"sdn.csv": "cons_prim.csv", "alt.csv": "cons_alt.csv", "add.csv": "cons_add.csv"}
    paths = [path.rename(tmp_path / names[path.name]) for path in write_sdn(tmp_path, *rows)]
    for path in paths:
        path.write_bytes(path.read_bytes().removesuffix(b"\x1a"))
    await load_small(connection, "ofac-consolidated", *paths)
    (match,) = await met(connection, "Obsidian Pier")
    assert match.programmes == ("CMIC-EO13959", "UKRAINE-EO13662", "FSE-IR")


async def test_the_united_nations_write_one_programme(connection: asyncpg.Connection) -> None:
    await load_small(connection, "un-consolidated", SAMPLE / "un_consolidated.xml")
    listed = await screening.keeper().ask(
        connection, await versions_in_force(connection, ("un-consolidated",)), _every_programme
    )
    assert listed
    assert all(len(one) == 1 for one in listed.values())


def _every_programme(lists: screening.Lists) -> dict[tuple[str, str], tuple[str, ...]]:
    return dict(lists.every_programme)
