"""A name is met where spaces were lost and where figures stand for letters, by accident or to deceive."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, NameIndex, compare
from tests.registers.matching.names import listed, listed_person, organisation, person


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("ZorvaniaTradeBureau", "Zorvania Trade Bureau", id="all spaces lost"),
        pytest.param("Zor Vania Tra De Bureau", "Zorvania Trade Bureau", id="spaces too many"),
        pytest.param("ZorvaniaAG", "Zorvania AG", id="the legal form joined"),
        pytest.param("11,420.2-7 Corp.", "1142027 corp", id="a number with signs"),
    ],
)
def test_other_spaces_and_signs_are_near_and_not_exact(name: str, other: str) -> None:
    found = compare(organisation(name), listed(other))
    assert (found.score, found.exact) == (99, False)
    assert found.explanation[0] == "the same letters, with other spaces or signs"
    assert NameIndex([listed(other)]).find(organisation(name), DEFAULT_THRESHOLD) == [found]


def test_a_person_is_met_where_the_space_was_lost() -> None:
    assert compare(person("QuillonMarlow"), listed_person("Quillon Marlow")).score >= DEFAULT_THRESHOLD


def test_a_person_and_an_organisation_do_not_meet_by_lost_spaces() -> None:
    assert compare(organisation("QuillonMarlow"), listed_person("Quillon Marlow")).score == 0


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Z0rvania Tr4de Bureau", "Zorvania Trade Bureau", id="one to a word"),
        pytest.param("Z0rvan1a Trade Bureau", "Zorvania Trade Bureau", id="two in a word"),
    ],
)
def test_figures_that_look_like_letters_are_near(name: str, other: str) -> None:
    assert DEFAULT_THRESHOLD <= compare(organisation(name), listed(other)).score < 100


def test_a_number_is_not_read_as_letters() -> None:
    assert compare(organisation("Zorvania 101"), listed("Zorvania Ioi")).score < DEFAULT_THRESHOLD
