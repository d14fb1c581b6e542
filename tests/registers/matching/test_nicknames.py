"""A person is met by a nickname, but less surely than by the name in the passport."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, NameIndex, compare
from registers.matching.words.nicknames import formal_names
from tests.registers.matching.names import listed, listed_person, organisation, person


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Bill Marlow", "William Marlow", id="English"),
        pytest.param("Betty Marlow", "Elisabeth Marlow", id="another spelling of the name"),
        pytest.param("Pepe Zorvano", "José Zorvano", id="Spanish"),
        pytest.param("Sasha Zorvanin", "Aleksandr Zorvanin", id="Russian"),
        pytest.param("Саша Зорванин", "Alexander Zorvanin", id="in another script"),
        pytest.param("Sasha Zorvanina", "Alexandra Zorvanina", id="for a woman too"),
        pytest.param("Ted Marlow", "Edward Marlow", id="of one of two names"),
        pytest.param("Ted Marlow", "Theodore Marlow", id="of the other of two names"),
        pytest.param("Bill Marlow", "Willy Marlow", id="two nicknames of one name"),
    ],
)
def test_a_nickname_is_near_whichever_side_uses_it(name: str, other: str) -> None:
    for one, two in ((name, other), (other, name)):
        found = compare(person(one), listed_person(two))
        assert DEFAULT_THRESHOLD <= found.score < compare(person(one), listed_person(one)).score
        assert [hit.listed.name for hit in NameIndex([listed_person(two)]).find(person(one), DEFAULT_THRESHOLD)] == [
            two
        ]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Bill Marlow", "Robert Marlow", id="of another name"),
        pytest.param("Bill Marlow", "William Tarrant", id="another surname"),
        pytest.param("Bob Marlow", "Bill Marlow", id="nicknames of two names"),
    ],
)
def test_a_nickname_of_another_name_is_no_match(name: str, other: str) -> None:
    assert compare(person(name), listed_person(other)).score < DEFAULT_THRESHOLD


def test_organisations_have_no_nicknames() -> None:
    assert compare(organisation("Bill Zorvania"), listed("William Zorvania")).score < DEFAULT_THRESHOLD


def test_a_name_is_not_its_own_nickname() -> None:
    assert formal_names("william") == ()
    assert len(formal_names("ted")) == 2


@pytest.mark.parametrize(
    ("nickname", "name", "other"), [("Yura", "Yuri", "Khouri"), ("Borya", "Boris", "Torris"), ("Jim", "James", "Jamil")]
)
def test_a_nickname_is_no_surer_than_the_name_it_stands_for(nickname: str, name: str, other: str) -> None:
    listed_so = listed_person(f"{other} Zorvanin")
    called, named = (compare(person(f"{one} Zorvanin"), listed_so).score for one in (nickname, name))
    assert called <= max(named, compare(person("Quillon Zorvanin"), listed_so).score)
