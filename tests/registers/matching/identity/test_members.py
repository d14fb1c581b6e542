"""A group's member bears its group's name, and its own number or place (rules 3.1). All groups are invented."""

from __future__ import annotations

import pytest

from domain.screening.identity import Agreement
from registers.matching.identity.agreement import compare_written
from registers.matching.identity.places import RegisteredPlace
from registers.matching.identity.registered_name import RegisteredName, member_of_group

TOPEKA = RegisteredPlace("TOPEKA", "KS")


def member(group: str, own: str) -> RegisteredName:
    return RegisteredName(group, own, is_member=True, place=TOPEKA)


ANCIENT = member("ANCIENT ORDER OF THE SILVER LANTERN", "178 ORCHARD MEMORIAL")
NATIONAL = member("LANTERN ORDER OF AMERICA", "178 ORCHARD MEMORIAL")
GUILD = member("LANTERN GUILD", "12 ORCHARD")
GUILD_OF_GUILDS = member("LANTERN GUILD", "12 ORCHARD GUILD")


@pytest.mark.parametrize(
    ("written", "row"),
    [
        pytest.param("Ancient Order Post 178", ANCIENT, id="its number, and its group's name that a form cut"),
        pytest.param("Orchard Memorial", ANCIENT, id="its own name"),
        pytest.param("Lantern Order Topeka Post", NATIONAL, id="its whole group without the nation, and its place"),
        pytest.param("Lantern Order Post 178", NATIONAL, id="its whole group, and its number"),
        pytest.param("Lantren Order Topeka Post", NATIONAL, id="with a slip"),
        pytest.param("Lantern Order Lantern Post 178", NATIONAL, id="with a word said twice"),
        pytest.param("Lantern Guild Orchard Post 12", GUILD, id="of a guild, which its name says"),
        pytest.param("Lantern Orchard Guild Post 12", GUILD_OF_GUILDS, id="a word of both its names, said once"),
    ],
)
def test_a_member_is_known_by_its_group_and_by_what_is_its_own(written: str, row: RegisteredName) -> None:
    assert compare_written(written, row).agreement is Agreement.ALIKE
    assert compare_written(written, row._replace(is_member=False)).agreement is Agreement.OTHER


@pytest.mark.parametrize(
    ("written", "row"),
    [
        pytest.param("Lantern Post 178", ANCIENT, id="one word of its group is too little"),
        pytest.param("Ancient Order Post", ANCIENT, id="some of its group, and no number"),
        pytest.param("Silver Lantern Topeka Post", ANCIENT, id="some of its group, and its place"),
        pytest.param("Lantern Order Post", NATIONAL, id="its whole group, and nothing of its own"),
        pytest.param("Topeka Post 178", NATIONAL, id="its number and its place, of any group"),
        pytest.param("Lantern Order Zenith Post 178", NATIONAL, id="a word that is nobody's"),
        pytest.param("Lantren Ordrer Topeka Post 178", NATIONAL, id="with two slips"),
        pytest.param("Lantern Order Post 178 178", NATIONAL, id="a number said twice"),
        pytest.param("Lantern Post 12", GUILD, id="the group without the word that makes it a guild"),
    ],
)
def test_what_others_of_its_group_may_be_called_is_no_members_name(written: str, row: RegisteredName) -> None:
    assert compare_written(written, row).agreement is Agreement.OTHER


@pytest.mark.parametrize(
    ("affiliation", "is_member"), [("1", False), ("3", False), ("6", False), ("7", True), ("8", False), ("9", True)]
)
def test_the_register_says_who_is_a_member(affiliation: str, is_member: bool) -> None:
    assert member_of_group(affiliation) is is_member
