"""Country and date of birth speak for or against a name. An unknown one says nothing."""

from __future__ import annotations

from datetime import date

import pytest

from registers.matching import DEFAULT_THRESHOLD, Birth, compare
from tests.registers.matching.names import listed, listed_person, organisation, person

BORN = date(1970, 5, 17)
PLAIN_SCORE = compare(person("Quilon Marlow"), listed_person("Quillon Marlow")).score


def score_with(*births: Birth) -> float:
    return compare(person("Quilon Marlow", born=BORN), listed_person("Quillon Marlow", *births)).score


def test_what_is_unknown_changes_nothing() -> None:
    assert score_with() == PLAIN_SCORE
    assert compare(person("Quilon Marlow"), listed_person("Quillon Marlow", Birth(1950))).score == PLAIN_SCORE


@pytest.mark.parametrize(
    "birth", [Birth(1970, 5, 17), Birth(1970, 5), Birth(1970)], ids=["the same day", "the same month", "the same year"]
)
def test_the_same_birth_speaks_for_the_person(birth: Birth) -> None:
    assert score_with(birth) > PLAIN_SCORE


@pytest.mark.parametrize(
    ("birth", "at_least"),
    [
        pytest.param(Birth(1970, 5, 18), 2, id="another day"),
        pytest.param(Birth(1970, 6), 2, id="another month"),
        pytest.param(Birth(1972), 1, id="two years apart"),
        pytest.param(Birth(1975), 10, id="five years apart"),
    ],
)
def test_another_birth_speaks_against_the_person(birth: Birth, at_least: float) -> None:
    assert PLAIN_SCORE - score_with(birth) >= at_least


def test_of_several_listed_births_the_closest_counts() -> None:
    assert score_with(Birth(1940), Birth(1970, 5, 17)) == score_with(Birth(1970, 5, 17))


def test_the_same_name_with_another_birth_is_near_and_not_exact() -> None:
    found = compare(person("Quillon Marlow", born=BORN), listed_person("Quillon Marlow", Birth(1940)))
    assert not found.exact
    assert DEFAULT_THRESHOLD <= found.score < 100


def test_another_country_lowers_a_near_name_a_little_and_the_same_name_not_at_all() -> None:
    abroad = listed("Zorvania Trading", countries=frozenset({"SY"}))
    unknown = listed("Zorvania Trading")
    near, same = organisation("Zorvanai Trading", "US"), organisation("Zorvania Trading", "US")
    assert 0 < compare(near, unknown).score - compare(near, abroad).score <= 5
    assert compare(same, abroad).exact


def test_every_word_and_every_piece_of_evidence_is_explained() -> None:
    known = listed_person("MARLOW, Quillon Ray", Birth(1940), countries=frozenset({"SY", "IQ"}))
    found = compare(person("Quilon Marlow", "US", BORN), known)
    assert found.explanation == (
        "quilon ~ quillon, 96% alike, weighs 47%",
        "marlow = marlow, weighs 47%",
        "ray stands only in the list's name (-5.9 points)",
        "country US is not among those listed: IQ, SY (-3 points)",
        "born 1970-05-17, listed as born 1940: 30 years apart (-15 points)",
    )
