"""The index finds what a comparison with every name would find, best first."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, ListedKind, NameIndex
from tests.registers.matching.names import listed, listed_person, organisation, person

LISTED = (
    listed_person("MARLOW, Quillon Ray", reference=1),
    listed_person("Quillon Marlow", reference=2),
    listed_person("AL-TARQANI, Abdulrahman", reference=3),
    listed_person("Mohamed Hussein", reference=4),
    listed("North Gate Shipping Co., Ltd.", reference=5),
    listed("Zorvania Brigade 5", reference=6),
    listed("Zorvania Brigade 6", reference=7),
    listed("ZORVANIA PEARL", ListedKind.VESSEL, reference=8),
    listed("Hope", reference=9),
)
INDEX = NameIndex(LISTED)


@pytest.mark.parametrize(
    ("name", "references"),
    [
        pytest.param("Quillon Marlow", [2, 1], id="the same name before a longer one"),
        pytest.param("Q. Marlow", [2, 1], id="by the surname and an initial"),
        pytest.param("Abd al Rahman Tarkani", [3], id="by joined words"),
        pytest.param("محمد حسين", [4], id="by the sound"),
        pytest.param("Bertram Tarrant", [], id="nobody"),
        pytest.param("...", [], id="no name"),
    ],
)
def test_persons_are_found_among_persons(name: str, references: list[int]) -> None:
    assert [one.listed.reference for one in INDEX.find(person(name), DEFAULT_THRESHOLD)] == references


@pytest.mark.parametrize(
    ("name", "references"),
    [
        pytest.param("Northgate Shipping", [5], id="a lost space"),
        pytest.param("Zorvania Brigade 5", [6], id="by number"),
        pytest.param("Zorvannia Pearl", [8], id="a ship"),
        pytest.param("Quillon Marlow LLC", [2], id="the name of a person, and only the same"),
        pytest.param("Hope", [9], id="a single word"),
        pytest.param("Hope International Ministries of Mercia", [], id="a common word among others"),
    ],
)
def test_organisations_are_found_among_all_that_is_listed(name: str, references: list[int]) -> None:
    assert [one.listed.reference for one in INDEX.find(organisation(name), DEFAULT_THRESHOLD)] == references


def test_a_higher_threshold_leaves_out_what_is_less_alike() -> None:
    assert [one.listed.reference for one in INDEX.find(person("Quillon Marlow"), 99.5)] == [2]


def test_the_order_of_the_rows_does_not_change_what_is_found() -> None:
    backwards = NameIndex(reversed(LISTED))
    for name in ("Quillon Marlow", "Q. Marlow", "Abdul Rahman al Tarqani"):
        assert backwards.find(person(name), 50) == INDEX.find(person(name), 50)


def test_a_word_that_many_names_hold_tells_less() -> None:
    many = [
        listed(f"Zorvania {word}", reference=place) for place, word in enumerate(map("Unit{}".format, "abcdefghijkl"))
    ]
    common = NameIndex([*many, listed("Zorvania Heron", reference=99)])
    alone = NameIndex([listed("Zorvania Heron", reference=99)])
    (rarely,) = alone.find(organisation("Zorvania Bittern"), 10)
    often = next(one for one in common.find(organisation("Zorvania Bittern"), 10) if one.listed.reference == 99)
    assert often.score < rarely.score
