"""A slip in a short word is a slip where nobody bears what it makes, and another's name where somebody does."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, ListedName, Manner, NameIndex, Subject, compare
from registers.matching.words.short_words import short_words
from tests.registers.matching.names import listed, listed_person, organisation, person


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        pytest.param(person("Umvr Zorvani Tarqan"), listed_person("Umar Zorvani Tarqan"), id="another letter"),
        pytest.param(person("Umar Zorvani Tarqan"), listed_person("Umvr Zorvani Tarqan"), id="on the list"),
        pytest.param(person("Uar Zorvani Tarqan"), listed_person("Umar Zorvani Tarqan"), id="a letter lost"),
        pytest.param(person("Umqar Zorvani Tarqan"), listed_person("Umar Zorvani Tarqan"), id="a letter more"),
        pytest.param(person("Jonh Zorvani Tarqan"), listed_person("John Zorvani Tarqan"), id="two letters exchanged"),
        pytest.param(person("sxmi Zorvani Tarqan"), listed_person("Sami Zorvani Tarqan"), id="beside a first letter"),
        pytest.param(organisation("Zorvania Prt Tarqani Bureau"), listed("Zorvania Port Tarqani Bureau"), id="a kind"),
    ],
)
def test_a_slip_that_makes_nobodys_word_is_near(subject: Subject, name: ListedName) -> None:
    assert DEFAULT_THRESHOLD <= compare(subject, name).score < 100
    assert NameIndex([name]).find(subject, DEFAULT_THRESHOLD) == [compare(subject, name)]


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        pytest.param(person("Lai Zorvani Tarqan"), listed_person("Ali Zorvani Tarqan"), id="Lai and Ali"),
        pytest.param(person("Rod Zorvani Tarqan"), listed_person("Ron Zorvani Tarqan"), id="Rod and Ron"),
        pytest.param(person("Dora Zorvani Tarqan"), listed_person("Nora Zorvani Tarqan"), id="Dora and Nora"),
        pytest.param(organisation("Zorvania Post Bureau"), listed("Zorvania Port Bureau"), id="a port and a post"),
        pytest.param(person("Ri Zorvani Tarqan"), listed_person("Rij Zorvani Tarqan"), id="two letters are too few"),
    ],
)
def test_a_slip_that_makes_anothers_word_is_another(subject: Subject, name: ListedName) -> None:
    """Given words that somebody bears, a letter apart, then no likeness of theirs joins the names."""
    alike = compare(subject, name)
    assert alike.score < DEFAULT_THRESHOLD
    assert any("stands only in the party's name" in line for line in alike.explanation)


def test_short_words_that_differ_in_a_vowel_are_near_though_both_are_borne() -> None:
    assert {"tad", "ted"} <= short_words()
    assert compare(person("Tad Zorvani Tarqan"), listed_person("Ted Zorvani Tarqan")).score >= DEFAULT_THRESHOLD


def test_the_first_manner_knows_no_short_words() -> None:
    """Given names a letter apart, then the first manner scores them as before, whoever bears them."""
    scores = [
        compare(person(f"{name} Zorvani Tarqan"), listed_person("Ali Zorvani Tarqan"), manner=Manner.FIRST).score
        for name in ("Lai", "Alw")
    ]
    assert scores == [90.67, 87.78]


def test_words_that_are_borne_stand_in_the_table_and_slips_of_them_do_not() -> None:
    assert {"ali", "lai", "omar", "john", "kim", "port", "post"} <= short_words()
    assert short_words().isdisjoint({"alw", "umvr", "jonh", "prt"})
    assert all(word.isascii() and word == word.lower() for word in short_words())
