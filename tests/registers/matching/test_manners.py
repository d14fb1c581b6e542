"""Manners of scoring: evidence is made anew in that of its edition, to the digit, whatever was learnt since."""

from __future__ import annotations

import pytest

from domain.policy.rulebook import EDITIONS, RULE_BOOK
from registers.matching import (
    DEFAULT_THRESHOLD,
    NEWEST,
    ListedKind,
    Manner,
    NameIndex,
    Subject,
    SubjectKind,
    compare,
)
from tests.registers.matching.names import listed, listed_person, organisation, person


def met(subject: Subject, name: str, manner: Manner) -> float:
    is_person = subject.kind is SubjectKind.PERSON
    return compare(subject, listed_person(name) if is_person else listed(name), manner=manner).score


@pytest.mark.parametrize(
    ("subject", "name", "score"),
    [
        pytest.param(person("Quillon Marlow"), "MARLOW, Quillon Ray", 94.12, id="a name more"),
        pytest.param(person("محمد حسين"), "Mohamed Hussein", 92.0, id="Arabic"),
        pytest.param(person("رضا زروانی"), "Reza Zorvani", 46.0, id="Persian"),
        pytest.param(person("عمر طاهر زروان"), "Umar Tahir Zorwan", 36.8, id="an h that is no sound of two letters"),
        pytest.param(person("عبدالكريم الطرقاني"), "Abd al-Karim al-Tarqani", 38.58, id="the servant, together"),
        pytest.param(person("Jung Dae-gil"), "CHONG, Tae Kil", 33.33, id="Korean"),
        pytest.param(person("Maria Sanchez"), "PARRA SANCHEZ, Mario", 87.27, id="Maria and Mario"),
        pytest.param(person("Li Khan"), "KHAN, Ali", 86.0, id="Li and Ali"),
        pytest.param(person("Jose Hernandez"), "ZORVANO HERNANDEZ, Jose", 94.12, id="without the first surname"),
        pytest.param(person("Fouzi Tarqan"), "Fawzi Tarqan", 50.0, id="ou and aw"),
        pytest.param(person("Zorvan Marlow (زروان مارلو)"), "Marlow, Zorvan", 85.11, id="both scripts"),
        pytest.param(organisation("Zorvania Bank of Kenya"), "Zorvania Bank", 85.07, id="a place"),
        pytest.param(organisation("Zorvania Relief UK"), "Zorvania Relief", 85.71, id="UK"),
        pytest.param(organisation("17th Zorvania Brigade"), "Zorvania Brigade 17", 99.0, id="a number"),
    ],
)
def test_the_first_manner_scores_as_it_did(subject: Subject, name: str, score: float) -> None:
    """Given scores of the releases before edition 2026.6, then they are what the first manner still gives."""
    assert met(subject, name, Manner.FIRST) == score


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        pytest.param(person("عمر طاهر زروان"), "Umar Tahir Zorwan", id="an h that is no sound of two letters"),
        pytest.param(person("طه زروانی"), "Taha Zorvani", id="a name of one sure letter"),
        pytest.param(person("عبدالكريم الطرقاني"), "Abd al-Karim al-Tarqani", id="the servant, together and apart"),
        pytest.param(person("عبدالكريم الطرقاني"), "Abdulkarim Tarqani", id="the servant, together in both"),
        pytest.param(person("Abdul Rahman Tarqani"), "Abdulrahman Tarqani", id="the servant in Latin letters"),
        pytest.param(person("سیف الله طرقانی"), "Saifullah Tarqani", id="the name of God in a name"),
        pytest.param(person("بلقاسم زروان"), "Belgasem Zorwan", id="q as g"),
        pytest.param(person("ساسي زروان"), "Sassi Zorwan", id="a long vowel between two letters"),
        pytest.param(person("Fouzi Tarqan"), "Fawzi Tarqan", id="ou and aw"),
        pytest.param(person("Yepes Zorvan"), "Yepez Zorvan", id="a last z"),
        pytest.param(person("امین الله امین زروان"), "Aminullah Amin Zorwan", id="the name of God, and the name again"),
        pytest.param(person("يحيى زروان"), "Yahya Zorwan", id="Yahya"),
        pytest.param(person("Kyo'ng-t'aek Cho'ng"), "JONG, Kyong Thaek", id="Korean with its breathings"),
        pytest.param(person("Volodymyr Zorvanenko"), "Uladzimir Zorvanenko", id="neighbouring languages"),
        pytest.param(person("Zorvan Marlow (زروان مارلو)"), "Marlow, Zorvan", id="both scripts"),
        pytest.param(person("Bertram Heron; Zorvan Marlow"), "Marlow, Zorvan", id="two names and a semicolon"),
        pytest.param(person("Wang Shi Jian"), "WANG, Shijian", id="a Chinese name, joined"),
        pytest.param(organisation("Zorvania Relief UK"), "Zorvania Relief", id="UK says little"),
        pytest.param(organisation("Zorvania Shpg Serv"), "Zorvania Shipping Services", id="more abbreviations"),
        pytest.param(organisation("Zorvania Mercy B.S.C."), "Zorvania Mercy", id="a form in letters"),
        pytest.param(organisation("Zorvania Mercy Kenya"), "Zorvania Mercy", id="a country says little"),
        pytest.param(person("Uladzimiravich Zorvanau"), "Zorvanau Vladimirovich", id="a neighbour's patronymic"),
        pytest.param(person("Zorvan Tarqani"), "MOHAMMAD ZORVAN TARQANI", id="a Muhammad that its bearer omits"),
        pytest.param(person("Efrain Tarqani"), "MARLOW TARQANI, Efrain", id="without the first of two rare surnames"),
        pytest.param(person("Jose Tarqani"), "MARLOW TARQANI, Jose", id="the same beside a common given name"),
        pytest.param(person("Zorvan Tarqani"), "MOHAMMAD ZORVAN TARQANI MUHAMMADI GUL", id="and names after it"),
        pytest.param(
            organisation("Zorvan Menedzhment i Konsalting OOO"),
            "Zorvan Management and Consulting LLC",
            id="kinds in Russian",
        ),
        pytest.param(organisation("Inversiones Tarqan S.A."), "Tarqan S.A.", id="a kind in Spanish says little"),
        pytest.param(organisation("Iranian Zorvanium Company"), "Iran Zorvanium Company", id="a country's adjective"),
        pytest.param(organisation("Zorvan Aircompany"), "Zorvan Airlines", id="two words for one kind"),
        pytest.param(organisation("Zakrytoe Aktsionernoe Obshchestvo Zorvan Steel"), "Zorvan Steel OJSC", id="a form"),
    ],
)
def test_the_second_manner_meets_what_a_reader_would(subject: Subject, name: str) -> None:
    assert met(subject, name, Manner.SECOND) >= DEFAULT_THRESHOLD
    is_person = subject.kind is SubjectKind.PERSON
    assert NameIndex([listed_person(name) if is_person else listed(name)]).find(subject, DEFAULT_THRESHOLD)


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        pytest.param(person("Maria Zorvan"), "ZORVAN, Mario", id="Maria and Mario"),
        pytest.param(person("Mark Zorvan"), "ZORVAN, Mary", id="Mark and Mary"),
        pytest.param(person("Marco Garcia"), "GARCIA, Marcos", id="two common names"),
        pytest.param(person("Li Zorvan"), "ZORVAN, Ali", id="Li and Ali"),
        pytest.param(person("Omar Allen"), "ALI, Omar", id="a letter more in a short name"),
        pytest.param(person("Jose Hernandez"), "ZORVANO HERNANDEZ, Jose", id="without the first surname"),
        pytest.param(
            person("Efrain Heron Tarqani"), "MARLOW TARQANI, Efrain", id="without the first surname, and a name more"
        ),
        pytest.param(person("Bertram Tarqan"), "MARLOW, Tarqan B.", id="an initial, and no surname"),
        pytest.param(person("Carlos Ramirez"), "RAMIREZ DUQUE, Carlos Manuel", id="common names in a longer name"),
        pytest.param(
            person("Mary Ibrahim"), "MOHAMMAD IBRAHIM OMARI", id="a Muhammad, and a name that is only like one"
        ),
        pytest.param(person("Zorvan Tarqan"), "MOHAMMAD ZORWEN TARQIN GUL", id="a Muhammad, and names less like"),
        pytest.param(person("Mufti Tarqani"), "TARQANI, Mufti Zorvan", id="a title beside one name"),
        pytest.param(organisation("Grupo Zorvan"), "Grupo Merlok", id="a kind in Spanish, and another name"),
        pytest.param(organisation("Zorvania Foundation"), "Mercia Foundation Kenya", id="a kind and no name"),
        pytest.param(organisation("Kenya Relief Society"), "Kenya Rescue Society", id="a place and a kind"),
    ],
)
def test_the_second_manner_tells_two_names_apart(subject: Subject, name: str) -> None:
    assert met(subject, name, Manner.SECOND) < DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        pytest.param(person("Mawlana Zorvan Ahmad Tarqani"), "TARQANI, Zorvan Ahmad", id="Mawlana"),
        pytest.param(person("Zorvan Tarqani Akhund"), "TARQANI, Zorvan", id="Akhund, after the name"),
    ],
)
def test_a_title_costs_next_to_nothing_in_the_second_manner(subject: Subject, name: str) -> None:
    assert met(subject, name, Manner.FIRST) < 90 < 98 < met(subject, name, Manner.SECOND)


def test_an_initial_beside_a_common_name_is_nobody() -> None:
    """Given a list on which a name is common, then an initial beside it tells nobody, and beside a rare one it does."""
    crowd = [listed_person(f"AHMED, Zorvan{letter}", reference=n) for n, letter in enumerate("abcdefghijklmnopq")]
    index = NameIndex([*crowd, listed_person("AHMED, A.", reference=98), listed_person("TARQANI, A.", reference=99)])
    first = NameIndex([one.listed for one in index.shelves.persons.entries], Manner.FIRST)
    assert [hit.listed.reference for hit in index.find(person("Aisha Ahmed"), DEFAULT_THRESHOLD)] == []
    assert [hit.listed.reference for hit in first.find(person("Aisha Ahmed"), DEFAULT_THRESHOLD)] == [98]
    assert [hit.listed.reference for hit in index.find(person("Aisha Tarqani"), DEFAULT_THRESHOLD)] == [99]


def test_a_first_surname_left_out_costs_more_than_a_last_one_and_less_than_a_given_name() -> None:
    """Given rare names, then who leaves out a surname may be the listed one, and without the given name nobody is."""
    listed_so = "MARLOW TARQANI, Efrain"
    scores = [met(person(name), listed_so, Manner.SECOND) for name in ("Efrain Marlow", "Efrain Tarqani")]
    assert scores == [91.95, 87.91]
    assert met(person("Marlow Tarqani"), listed_so, Manner.SECOND) < DEFAULT_THRESHOLD


@pytest.mark.parametrize("kind", [ListedKind.AIRCRAFT, ListedKind.VESSEL])
def test_the_mark_of_a_ship_or_an_aircraft_is_met_by_itself_only(kind: ListedKind) -> None:
    """Given an aircraft that is listed by its mark, then a charity whose letters sound like it is none."""
    mark = listed("EP-FAA", kind)
    assert compare(organisation("PHA Inc"), mark).score < DEFAULT_THRESHOLD
    assert compare(organisation("PHA Inc"), mark, manner=Manner.FIRST).score >= DEFAULT_THRESHOLD
    assert compare(organisation("EP-FAA"), mark).exact
    assert compare(organisation("EPFAA"), mark).score >= DEFAULT_THRESHOLD


def test_each_edition_names_its_manner_and_the_newest_is_in_force() -> None:
    manners = {version: Manner(book.manner) for version, book in EDITIONS.items()}
    released = dict.fromkeys(("2026.2", "2026.3", "2026.4", "2026.5"), Manner.FIRST)
    assert manners == {**released, "2026.6": Manner.SECOND}
    assert Manner(RULE_BOOK.manner) is NEWEST is max(Manner)
