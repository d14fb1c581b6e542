"""A name in another script meets its Latin form. Two names in one script meet as the same by their letters only."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, Manner, NameIndex, compare
from tests.registers.matching.names import listed as listed_entity
from tests.registers.matching.names import listed_person, organisation, person


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("كولون الطرقاني", "Quillon al-Tarqani", id="the article, written together"),
        pytest.param("كولون الطرقاني", "Quillon Tarqani", id="the article, left out in Latin"),
        pytest.param("كولون بن أحمد", "Kolon bin Ahmad", id="a son"),
        pytest.param("أبو بكر طرقان", "Abu Bakr Tarqan", id="a father"),
        pytest.param("عبد الله زروان", "Abdullah Zorwan", id="the servant of God, apart"),
        pytest.param("عبدالله زروان", "Abdullah Zorwan", id="the servant of God, together"),
        pytest.param("ظافر طرقاني", "Zafir Tarqani", id="a letter that is written z"),
        pytest.param("يوسف زروان", "Youssef Zorwan", id="a vowel that is written as w"),
        pytest.param("علي زروان", "Zorwan, Ali", id="a name of one sure letter"),
        pytest.param("محمد علي", "Ali, Muhammad", id="two names, one of them of one sure letter"),
        pytest.param("טרקן זרוון", "Tarkan Zorvan", id="Hebrew"),
        pytest.param("王石建", "Wang Shijian", id="Chinese, syllables together"),
        pytest.param("박서눈", "Pak So Nun", id="Korean, as lists write it"),
        pytest.param("Hsu Marlow", "Xu Marlow", id="Wade and Giles, and Pinyin"),
    ],
)
def test_a_person_is_met_in_another_script(name: str, other: str) -> None:
    assert compare(person(name), listed_person(other)).score >= DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("رضا زروانی", "Reza Zorvani", id="dad"),
        pytest.param("ذبیح طرقانی", "Zabih Tarqani", id="dhal"),
        pytest.param("ثابت طرقانی", "Sabet Tarqani", id="tha"),
        pytest.param("قاسم زروانی", "Ghasem Zorvani", id="qaf as gh"),
        pytest.param("جمال طرقان", "Gamal Tarqan", id="jim as in Egypt"),
        pytest.param("رضا طرقان", "Rida Tarqan", id="dad, as Arabic has it"),
        pytest.param("قاسم زروانی", "Qasem Zorvani", id="qaf as q"),
        pytest.param("جمال طرقان", "Jamal Tarqan", id="jim, as elsewhere"),
    ],
)
def test_a_letter_is_read_as_each_language_of_its_script_reads_it(name: str, other: str) -> None:
    """Given either name as the party's, then the other is met, and in an index too."""
    for asked, on_list in ((name, other), (other, name)):
        assert compare(person(asked), listed_person(on_list)).score >= DEFAULT_THRESHOLD
        assert NameIndex([listed_person(on_list)]).find(person(asked), DEFAULT_THRESHOLD)


def test_the_first_manner_reads_letters_as_arabic_does() -> None:
    pair = person("رضا زروانی"), listed_person("Reza Zorvani")
    assert compare(*pair, manner=Manner.FIRST).score < DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("王石建", "王市建", id="Chinese"),
        pytest.param("김종온", "김정온", id="Korean"),
        pytest.param("سالح زروان", "صالح زروان", id="Arabic"),
    ],
)
def test_names_that_only_read_alike_are_near_and_not_exact(name: str, other: str) -> None:
    found = compare(person(name), listed_person(other))
    assert not found.exact
    assert DEFAULT_THRESHOLD <= found.score < 100
    assert found.explanation[0] == "other characters, which are read alike"
    assert compare(organisation(name), listed_entity(other)).exact is False


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("王石建", "王石建", id="the same characters"),
        pytest.param("王石建", "石建 王", id="in another order"),
        pytest.param("王石建", "Wang Shi Jian", id="Latin letters, which cannot tell"),
        pytest.param("박서눈", "Pak So Nun", id="Korean and Latin letters"),
        pytest.param("أحمد زروانی", "احمد زرواني", id="Arabic letters that are written for one another"),
    ],
)
def test_the_same_characters_or_those_of_another_script_are_exact(name: str, other: str) -> None:
    assert compare(person(name), listed_person(other)).exact


def test_a_person_and_an_organisation_do_not_meet_by_characters_that_only_read_alike() -> None:
    assert compare(organisation("王石建"), listed_person("王市建")).score == 0
    assert compare(organisation("王石建"), listed_person("王石建")).exact


def test_a_single_consonant_tells_no_word_of_a_script_without_vowels() -> None:
    assert compare(person("لو طرقان"), listed_person("Ali Tarqan")).score < DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("name", "other"),
    [pytest.param("דוד לוי", "Adel", id="Hebrew"), pytest.param("יוסף לוי", "Saifullah", id="another")],
)
def test_the_few_consonants_of_two_words_together_are_nobodys_name(name: str, other: str) -> None:
    assert compare(person(name), listed_person(other)).score < DEFAULT_THRESHOLD
