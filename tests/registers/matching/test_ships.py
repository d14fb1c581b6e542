"""A ship is met by its name, whatever stands before and behind it, and whoever is asked for under that name."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, ListedKind, compare
from tests.registers.matching.names import listed, organisation

PEARL = listed("ZORVANIA PEARL", ListedKind.VESSEL)


@pytest.mark.parametrize(
    "name",
    ["MV Zorvania Pearl", "M/V Zorvania Pearl", "M.V. Zorvania Pearl", "SS Zorvania Pearl", "S.S. Zorvania Pearl",
     "N/M Zorvania Pearl",
     "MV Zorvania Pearl (Mercia)", "M/V Zorvania Pearl, Port Mercia"],
)  # fmt: skip
def test_a_ship_is_met_with_what_surrounds_its_name(name: str) -> None:
    assert compare(organisation(name), PEARL).exact
    assert compare(organisation("Zorvania Pearl"), PEARL._replace(name=name)).exact


@pytest.mark.parametrize("name", ["MV Zorvania Pearl 3", "SS Zorvania", "MV Mercia Pearl"])
def test_what_surrounds_the_name_does_not_make_it_another_ship(name: str) -> None:
    assert compare(organisation(name), PEARL).score < DEFAULT_THRESHOLD


def test_before_the_name_of_an_organisation_the_same_letters_are_a_word() -> None:
    assert not compare(organisation("SS Zorvania Pearl"), listed("Zorvania Pearl")).exact


@pytest.mark.parametrize("name", ["Pearl, Heron and Gate Foundation", "Pearl (Mercia Chapter)", "MV"])
def test_what_announces_no_ship_is_not_shortened_to_the_name_of_one(name: str) -> None:
    assert compare(organisation(name), listed("PEARL", ListedKind.VESSEL)).score < DEFAULT_THRESHOLD
