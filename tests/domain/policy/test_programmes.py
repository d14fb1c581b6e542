"""Blocked money, and parties of whom a person must still say who they are (rules 2.9, 4.8)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import Party
from domain.policy.programmes import blocked, unjudged
from domain.screening.matches import SanctionsMatch
from tests.builders import company, match, near, principal
from tests.domain.policy.newer.lists_cases import CMIC, alone, listed

NORTHERN, ROSA, ABEL = "Northern Light Telecom Ltd", "Rosa Quiroga", "Abel Mbeki"


def donor(*principals: dict[str, Any], **more: Any) -> Party:
    return company(NORTHERN, principals=principals, **more)


def test_what_a_blocked_body_has_is_blocked_under_each_of_its_names() -> None:
    found = (match(NORTHERN), match("Polar Telecom"))
    assert blocked(donor(also_known_as=("Polar Telecom",)), found) == found


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(near(NORTHERN), id="a near name"),
        pytest.param(alone(NORTHERN, "SDGT", register="ofac-sdn"), id="a name alone"),
        pytest.param(listed(NORTHERN, "FSE-IR"), id="a list that rejects and blocks nothing"),
        pytest.param(match("Polar Telecom"), id="somebody else"),
    ],
)
def test_nothing_else_blocks(found: SanctionsMatch) -> None:
    assert blocked(donor(), (found,)) == ()


@pytest.mark.parametrize(
    ("people", "by"),
    [
        pytest.param([principal(ROSA, "OWNER", "50")], [ROSA], id="half"),
        pytest.param([principal(ROSA, "OWNER", "49.99")], [], id="less than half"),
        pytest.param(
            [principal(ROSA, "OWNER", "25"), principal(ABEL, "OWNER", "25")], [ROSA, ABEL], id="half, added up"
        ),
        pytest.param(
            [principal(ROSA, "OWNER", "20"), principal(ROSA, "OWNER", "30")], [ROSA], id="half, in two holdings of one"
        ),
        pytest.param([principal(ROSA, "OWNER", "49"), principal("Ana Chair", "OWNER", "51")], [], id="the rest is not"),
        pytest.param([principal(ROSA, "OWNER")], [], id="a share that nobody knows"),
        pytest.param([principal(ROSA, "DIRECTOR")], [], id="who governs it owns nothing"),
    ],
)
def test_what_blocked_persons_own_by_half_or_more_is_blocked(people: list[dict[str, Any]], by: list[str]) -> None:
    listed_ones = (match(ROSA), match(ABEL))
    assert [one.party for one in blocked(donor(*people), listed_ones)] == by


def test_where_the_body_is_listed_itself_its_own_listing_is_told() -> None:
    found = (match(NORTHERN), match(ROSA))
    assert blocked(donor(principal(ROSA, "OWNER", "60")), found) == found[:1]


@pytest.mark.parametrize("name", [NORTHERN, "Polar Telecom", ROSA])
@pytest.mark.parametrize("of", [near, lambda name: alone(name, "SDGT")], ids=["near", "a name alone"])
def test_of_a_party_and_of_who_stands_behind_it_a_person_says_who_it_is(name: str, of: Any) -> None:
    asked = of(name)
    assert unjudged(donor(principal(ROSA), also_known_as=("Polar Telecom",)), (asked,)) == (asked,)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(match(NORTHERN), id="it is the listed one"),
        pytest.param(near(NORTHERN).model_copy(update={"cleared_by": ("vera.lind",)}), id="a second person cleared it"),
        pytest.param(alone(NORTHERN, CMIC), id="its list forbids nothing here"),
        pytest.param(near("Polar Telecom"), id="somebody else"),
    ],
)
def test_of_others_nobody_is_asked(found: SanctionsMatch) -> None:
    assert unjudged(donor(), (found,)) == ()
