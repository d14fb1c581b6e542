"""A field that holds several names is met by each of them, and the explanation says by which."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, NameIndex, compare
from registers.matching.words.aliases import names_in
from tests.registers.matching.names import listed, listed_person, organisation, person

BUREAU = listed("Zorvania Trade Bureau")


@pytest.mark.parametrize(
    "field",
    [
        "Mercia Heron, formerly Zorvania Trade Bureau", "Mercia Heron (formerly known as Zorvania Trade Bureau)",
        "Mercia Heron (ex-Zorvania Trade Bureau)", "Mercia Heron, previously Zorvania Trade Bureau LLC",
        "Zorvania Trade Bureau d/b/a Mercia Heron", "Zorvania Trade Bureau, doing business as Mercia Heron",
        "Mercia Heron t/a Zorvania Trade Bureau", "Mercia Heron trading as Zorvania Trade Bureau",
        "Mercia Heron a.k.a. Zorvania Trade Bureau", "Mercia Heron AKA: Zorvania Trade Bureau",
        "Mercia Heron f/k/a Zorvania Trade Bureau",
    ],
)  # fmt: skip
def test_each_of_several_names_is_met(field: str) -> None:
    found = compare(organisation(field), BUREAU)
    assert (found.exact, found.score) == (False, 99), "a sentence may be taken for several names, so a person looks"
    assert found.explanation[0].startswith("of several names in one: Zorvania Trade Bureau")
    assert NameIndex([BUREAU]).find(organisation(field), DEFAULT_THRESHOLD) == [found]


def test_a_person_is_met_by_another_name_too() -> None:
    assert compare(person("Quillon Marlow aka Bertram Tarrant"), listed_person("TARRANT, Bertram")).score == 99


def test_a_listed_name_that_both_names_meet_is_found_once_and_by_the_better() -> None:
    (found,) = NameIndex([BUREAU]).find(organisation("Zorwania Trade Bureau dba Zorvania Trade Bureau"), 50)
    assert found.score == 99


@pytest.mark.parametrize(
    "name",
    ["Zorvania Trade Bureau", "Mercia Ex-Soldiers Fund", "Fund for Formerly Homeless Youth",
     "Zorvania (Mercia) Limited", "Children Also Matter",
     "Aka Zorvania", "Dakar Heron", "Previouslyville Heron"],
)  # fmt: skip
def test_what_announces_no_other_name_is_one_name(name: str) -> None:
    assert names_in(name) == (name,)
