"""Korean names: one sound is written in many ways, and a name that only looks like it is left alone."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, Manner, NameIndex, compare
from registers.matching.words.korean import sounds_of
from tests.registers.matching.names import listed_person, person


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Jung Dae-gil", "CHONG, Tae Kil", id="j and ch, d and t, g and k"),
        pytest.param("Ro Yong Rim", "NO, Yong Rim", id="a surname with and without its r"),
        pytest.param("Lee Gwang-su", "RI, Kwang Su", id="Lee and Ri"),
        pytest.param("Park Cheol-min", "PAK, Chol Min", id="Park and Pak, eo and o"),
        pytest.param("Park Cheolmin", "PAK, Chol Min", id="the given name as one word"),
        pytest.param("Pak Chol Min", "PARK, Cheolmin", id="as one word on the list"),
        pytest.param("최동국", "CHOE, Tong Guk", id="Hangul"),
        pytest.param("정대길", "CHONG, Tae Kil", id="Hangul, in whose romanisation letters are soft"),
    ],
)
def test_a_korean_name_is_met_however_its_sounds_are_written(name: str, other: str) -> None:
    assert compare(person(name), listed_person(other)).score >= DEFAULT_THRESHOLD
    index = NameIndex([listed_person(other)])
    assert index.find(person(name), DEFAULT_THRESHOLD)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Kim Dae-jung", "KIM, Yong Nam", id="another given name"),
        pytest.param("Park Min-ji", "PAK, Myong Su", id="another syllable"),
        pytest.param("Jang Kil Su", "KANG, Chol Su", id="another surname"),
        pytest.param("Kim Yong", "KIM, Yong Chol Nam Ho", id="two syllables of five"),
    ],
)
def test_another_korean_person_is_no_match(name: str, other: str) -> None:
    assert compare(person(name), listed_person(other)).score < DEFAULT_THRESHOLD


def test_names_that_sound_alike_are_near_and_not_exact() -> None:
    found = compare(person("Jong Tae Gil"), listed_person("CHONG, Dae Kil"))
    assert (found.exact, found.score < 99) == (False, True)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["kim"], id="a surname alone"),
        pytest.param(["mark", "lee"], id="a syllable that Korean has not"),
        pytest.param(["david", "kim"], id="a letter that Korean has not"),
        pytest.param(["yong", "chol"], id="no surname"),
        pytest.param(["kim", "yong", "chol", "su", "ho"], id="too many words"),
    ],
)
def test_what_does_not_look_korean_is_not_read_so(texts: list[str]) -> None:
    assert sounds_of(texts) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["jung", "daegil"], ["chong", "taekil"]),
        (["park", "yeongsu"], ["pak", "yongsoo"]),
        (["choi", "hyeonu"], ["choe", "hyonu"]),
        (["gukcheol", "ri"], ["kukchol", "lee"]),
    ],
)
def test_two_spellings_of_one_name_have_one_spelling(one: list[str], other: list[str]) -> None:
    assert sounds_of(one) == sounds_of(other) != ()


def test_the_first_manner_knows_nothing_of_it() -> None:
    pair = person("Jung Dae-gil"), listed_person("CHONG, Tae Kil")
    assert compare(*pair, manner=Manner.FIRST).score < DEFAULT_THRESHOLD


def test_a_name_of_four_words_is_read_and_each_syllable_begins_by_itself() -> None:
    assert sounds_of(["kim", "yong", "chol", "su"])
    assert sounds_of(["kim", "dae"]) != sounds_of(["kim", "bae"])
