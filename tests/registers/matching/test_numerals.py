"""A number tells one organisation from another, however it is written."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, compare
from tests.registers.matching.names import listed, listed_person, organisation, person


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Zorvania Fund II", "Zorvania Fund 2", id="Roman"),
        pytest.param("Zorvania Fund V", "Zorvania Fund 5", id="a single Roman numeral at the end"),
        pytest.param("Zorvania XXIV Heron Fund", "Zorvania 24 Heron Fund", id="Roman, in the midst"),
        pytest.param("Brigade Forty-Four", "Brigade 44", id="two words"),
    ],
)
def test_the_same_number_is_exact(name: str, other: str) -> None:
    assert compare(organisation(name), listed(other)).exact


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Brigade Five", "Brigade 5", id="a word"),
        pytest.param("Third Zorvania Brigade", "Zorvania Brigade 3", id="an ordinal in a word"),
        pytest.param("Forty-Fourth Brigade", "44th Brigade", id="an ordinal in two words"),
        pytest.param("Zorvania Heron Eigth", "Zorvania Heron Eighth", id="a word with a slip"),
        pytest.param("Zorvania Fund II", "Zorvania Fund", id="a number that one side leaves out"),
    ],
)
def test_a_number_written_otherwise_is_near(name: str, other: str) -> None:
    found = compare(organisation(name), listed(other))
    assert not found.exact
    assert found.score >= DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Zorvania Fund II", "Zorvania Fund III", id="Roman"),
        pytest.param("Zorvania Fund II", "Zorvania Fund 3", id="Roman and Arabic"),
        pytest.param("Second Bank of Zorvania", "Third Bank of Zorvania", id="ordinals"),
        pytest.param("Brigade Forty-Four", "Brigade Forty-Five", id="two words"),
        pytest.param("Brigade Forty", "Brigade Fourteen", id="words that are a slip apart"),
    ],
)
def test_another_number_is_no_match(name: str, other: str) -> None:
    assert compare(organisation(name), listed(other)).score < DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Zorvania Jiang Xi Bureau", "Zorvania Jiang 11 Bureau", id="a Chinese syllable"),
        pytest.param("V Zorvania Heron", "5 Zorvania Heron", id="a letter in front"),
        pytest.param("X", "10", id="a letter alone"),
    ],
)
def test_a_word_that_only_looks_roman_is_a_word(name: str, other: str) -> None:
    assert not compare(organisation(name), listed(other)).exact


def test_behind_the_name_of_a_person_a_numeral_is_a_generation() -> None:
    assert compare(person("Quillon Marlow II"), listed_person("Quillon Marlow Jr.")).score >= DEFAULT_THRESHOLD
