"""OFAC's entry on one entity stands in up to four files. Together they name it, and with which certainty."""

from __future__ import annotations

import pytest

from registers.matching import Birth, ListedKind, ListedName, Quality
from registers.sources.kinds import BadRow, ListedRow
from registers.sources.ofac import CONSOLIDATED, SDN
from tests.registers.files import sdn_row


def main(number: int, name: str, remarks: str = "-0- ", kind: str = "-0- ") -> str:
    return f'{number},"{name}",{kind},"SAMPLE",' + "-0- ," * 7 + f'"{remarks}"'


def alias(number: int, name: str, place: int = 1) -> str:
    return f'{number},{place},"aka","{name}",-0- '


def address(number: int, country: str) -> str:
    return f'{number},1,"1 Quay","Port Zorvan","{country}",-0- '


def listed(**files: list[str]) -> list[ListedName]:
    """The entities that the rows list, numbered from 0 in the order given."""
    assert SDN.listed is not None
    rows = [(kind, row) for kind, contents in files.items() for row in contents]
    parsed = [(kind, SDN.kind(kind).parse(row)) for kind, row in rows]
    return list(SDN.listed(ListedRow(place, kind, one[0], one) for place, (kind, one) in enumerate(parsed)))


def said(remarks: str) -> ListedName:
    """The entity's own name, with what its remarks say of it."""
    return next(one for one in listed(main=[main(1, "ORLEN, Vask", remarks)]) if one.quality is Quality.PRIMARY)


# Rows


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("sdn.csv", "main"),
        ("alt.csv", "names"),
        ("add.csv", "addresses"),
        ("sdn_comments.csv", "comments"),
    ],
)
def test_the_files_of_the_sdn_list_are_told_apart_by_name(file: str, kind: str) -> None:
    assert SDN.kind_of(file).name == kind


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("cons_prim.csv", "main"),
        ("cons_alt.csv", "names"),
        ("cons_add.csv", "addresses"),
        ("cons_comments.csv", "comments"),
    ],
)
def test_the_files_of_the_consolidated_list_are_told_apart_by_name(file: str, kind: str) -> None:
    assert CONSOLIDATED.kind_of(file).name == kind


@pytest.mark.parametrize("register", [SDN, CONSOLIDATED], ids=lambda one: one.name)
def test_only_the_main_file_says_how_long_a_list_is_and_only_long_remarks_may_be_absent(register: object) -> None:
    kinds = register.kinds  # type: ignore[attr-defined]
    assert [one.name for one in kinds if one.main] == ["main"]
    assert [one.name for one in kinds if one.optional] == ["comments"]


@pytest.mark.parametrize(
    ("kind", "row", "reason"),
    [
        pytest.param("names", alias(1, "A") + ",", "6 fields where 5 are expected", id="alias too long"),
        pytest.param("names", "x" + alias(1, "A"), "entity number 'x1' is not a number", id="alias of nobody"),
        pytest.param("addresses", alias(1, "A"), "5 fields where 6 are expected", id="an alias among addresses"),
        pytest.param("comments", sdn_row(1, "A"), "12 fields where 2 are expected", id="an entity among remarks"),
        pytest.param("names", '1,1,"aka","A', "quoting: unexpected end of data", id="cut off"),
    ],
)
def test_a_bad_line_says_why(kind: str, row: str, reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        SDN.kind(kind).parse(row)


def test_quoted_commas_belong_to_the_name() -> None:
    assert SDN.kind("names").parse(alias(1, 'MARLOW, Q. ""THE QUAY""'))[3] == 'MARLOW, Q. "THE QUAY"'


# Whom it lists


def test_an_entity_is_listed_under_its_own_name_and_its_aliases_each_by_its_row() -> None:
    found = listed(main=[main(1, "ZORVANIA TRADE BUREAU")], names=[alias(1, "BLUE HERON"), alias(1, "GREY HERON", 2)])
    assert {(one.reference, one.name, one.quality) for one in found} == {
        (0, "ZORVANIA TRADE BUREAU", Quality.PRIMARY),
        (1, "BLUE HERON", Quality.ALIAS),
        (2, "GREY HERON", Quality.ALIAS),
    }
    assert {(one.entity, one.kind) for one in found} == {("1", ListedKind.ENTITY)}


def test_rows_of_different_entities_do_not_speak_of_each_other() -> None:
    found = listed(
        main=[main(1, "ZORVANIA TRADE BUREAU", "DOB 1961."), main(2, "OBSIDIAN PIER")],
        names=[alias(2, "OBSIDIAN QUAY")],
        addresses=[address(1, "Kenya"), address(2, "Iran")],
    )
    assert {(one.name, *one.countries, *one.births) for one in found} == {
        ("ZORVANIA TRADE BUREAU", "KE", Birth(1961)),
        ("OBSIDIAN PIER", "IR"),
        ("OBSIDIAN QUAY", "IR"),
    }


def test_an_alias_whose_entity_is_not_in_the_main_file_is_listed_all_the_same() -> None:
    assert listed(names=[alias(7, "BLUE HERON")]) == [
        ListedName(0, "7", "BLUE HERON", ListedKind.ENTITY, Quality.ALIAS)
    ]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ('"individual"', ListedKind.PERSON),
        ('"vessel"', ListedKind.VESSEL),
        ('"aircraft"', ListedKind.AIRCRAFT),
        ("-0- ", ListedKind.ENTITY),
    ],
)
def test_what_is_listed_is_told_by_its_type(written: str, kind: ListedKind) -> None:
    found = listed(main=[main(1, "ORLEN", kind=written)], names=[alias(1, "ORLANE")])
    assert [one.kind for one in found] == [kind, kind]


@pytest.mark.parametrize(
    "remarks",
    [
        pytest.param("a.k.a. 'FERRYMAN'.", id="also known as"),
        pytest.param("DOB 1961; f.k.a. 'FERRYMAN'; Linked To: QUILLMARK.", id="formerly"),
        pytest.param("n.k.a. 'FERRYMAN'.", id="now"),
        pytest.param('a.k.a. ""FERRYMAN"".', id="in double quotes"),
    ],
)
def test_a_quoted_name_in_the_remarks_is_a_weak_one(remarks: str) -> None:
    found = listed(main=[main(1, "ORLEN, Vask", remarks)])
    assert [(one.name, one.reference) for one in found if one.quality is Quality.WEAK] == [("FERRYMAN", 0)]


@pytest.mark.parametrize(
    ("remarks", "births"),
    [
        pytest.param("DOB 04 Mar 1961; nationality Kenya.", (Birth(1961, 3, 4),), id="a day"),
        pytest.param("DOB 4 Mar 1961.", (Birth(1961, 3, 4),), id="a day of one digit"),
        pytest.param("DOB Mar 1961.", (Birth(1961, 3),), id="a month"),
        pytest.param("DOB 1961.", (Birth(1961),), id="a year"),
        pytest.param("DOB circa 1961.", (Birth(1961),), id="about a year"),
        pytest.param("DOB 04 Mar 1961; alt. DOB 1962.", (Birth(1961, 3, 4), Birth(1962)), id="two"),
        pytest.param("Passport A1961 (Kenya).", (), id="none"),
    ],
)
def test_births_are_as_exact_as_the_remarks_say(remarks: str, births: tuple[Birth, ...]) -> None:
    assert said(remarks).births == births


@pytest.mark.parametrize(
    ("remarks", "countries"),
    [
        pytest.param("nationality Kenya.", {"KE"}, id="nationality"),
        pytest.param("citizen Iran; alt. citizen Kenya.", {"IR", "KE"}, id="citizenships"),
        pytest.param("POB Port Zorvan, Kenya; DOB 1961.", {"KE"}, id="place of birth"),
        pytest.param("POB Quay 1, Port Zorvan, Kenya.", {"KE"}, id="place of birth in parts"),
        pytest.param("nationality Zorvania.", set(), id="no country"),
        pytest.param("Invented for the sample.", set(), id="none"),
    ],
)
def test_countries_are_those_that_the_remarks_name(remarks: str, countries: set[str]) -> None:
    assert said(remarks).countries == countries


def test_addresses_add_their_countries() -> None:
    found = listed(main=[main(1, "ORLEN", "citizen Iran.")], addresses=[address(1, "Kenya"), address(1, "-0- ")])
    assert [one.countries for one in found] == [{"IR", "KE"}]


def test_long_remarks_go_on_in_the_file_of_comments() -> None:
    (one,) = listed(main=[main(1, "ORLEN", "DOB 1961; alt. D")], comments=['1,"OB 04 Mar 1962; nationality Kenya."'])
    assert one.births == (Birth(1961), Birth(1962, 3, 4))
    assert one.countries == {"KE"}


def test_every_main_row_of_an_entity_names_it_and_what_they_say_is_said_of_it() -> None:
    person = main(1, "ORLEN, Vask", "DOB 1961; nationality Kenya; a.k.a. 'FERRYMAN'.", '"individual"')
    firm = main(1, "OBSIDIAN PIER", "DOB 1962; citizen Iran.")
    found = listed(main=[person, firm], names=[alias(1, "BLUE HERON")])
    assert {(one.reference, one.name, one.kind, one.quality) for one in found} == {
        (0, "ORLEN, Vask", ListedKind.PERSON, Quality.PRIMARY),
        (0, "FERRYMAN", ListedKind.PERSON, Quality.WEAK),
        (1, "OBSIDIAN PIER", ListedKind.ENTITY, Quality.PRIMARY),
        (2, "BLUE HERON", ListedKind.PERSON, Quality.ALIAS),
        (2, "BLUE HERON", ListedKind.ENTITY, Quality.ALIAS),
    }
    assert {(one.births, one.countries) for one in found} == {((Birth(1961), Birth(1962)), frozenset({"KE", "IR"}))}


def test_a_number_too_long_for_one_is_a_bad_row_that_is_told_in_short() -> None:
    with pytest.raises(BadRow, match=r"^entity number '7{56}\.\.\. is not a number$"):
        SDN.kind("main").parse(main(int("7" * 4000), "ORLEN"))


def test_the_programme_is_that_of_the_main_row() -> None:
    rows = {"main": main(1, "ORLEN"), "names": alias(1, "ORLANE")}
    told = {kind: SDN.programme(ListedRow(0, kind, "1", SDN.kind(kind).parse(row))) for kind, row in rows.items()}
    assert told == {"main": "SAMPLE", "names": ""}


def test_of_a_birth_that_no_calendar_knows_the_year_is_believed() -> None:
    assert said("DOB 31 Feb 1970; POB Port Zorvan.").births == (Birth(1970),)
