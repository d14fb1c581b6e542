"""Every place that is given is asked, and words that name an embargoed one are a question (rules 4.5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pycountry
import pytest

from domain.policy.places import EMBARGOES, REGIONS, embargoes_named, is_region_of
from domain.policy.rulebook import EDITIONS
from tests.builders import CHARITY, abroad, funds_in, funds_out, public_interest, status, verification
from tests.domain.policy.language import FAIL, PASS, REFER, judged, screened_on, spoken

BOOK = EDITIONS["2026.5"]
RULE = "PLACES-EMBARGO"
DAY = date(2026, 11, 2)
ENDED = date(2025, 7, 1)
LICENCE = {"kind": "SPECIFIC", "reference": "IA-2026-123", "facts": "Books only", "valid_from": "2026-01-01"}


def asked(*places: str, words: str = "Pupils of eleven villages", on: date = DAY, **leg: Any) -> Any:
    """The rule's word on money for a community at these places."""
    where = [{"country": place[:2]} | ({"region": place} if "-" in place else {}) for place in places or ("KE",)]
    community = {"kind": "INTERNET_USERS", "places": where, "number": "NOT_KNOWN"}
    content = {
        "public_interest": public_interest(community=community, community_served=words),
        "funds_out": funds_out(**leg),
    }
    return spoken(judged(content, CHARITY, verification(status(), screened_on(on)), BOOK), RULE)


def named(text: str, on: date = DAY) -> list[str]:
    return [embargo.name for _, embargo in embargoes_named(text, on)]


def test_where_the_community_is_embargoed_it_is_said_with_the_law_and_the_ways_out() -> None:
    found = asked("IR")
    assert (found.outcome, len(found.options)) == (FAIL, 2)
    assert "the community served is in Iran (31 CFR part 560)" in found.reason


def test_a_licence_makes_it_a_question_and_other_questions_stand_beside_it() -> None:
    found = asked("IR", purpose="Schools in Havana", licence=LICENCE)
    assert found.outcome is REFER
    assert "judge whether specific licence IA-2026-123 covers it" in found.reason
    assert "the purpose says 'havana', which names Cuba (31 CFR part 515)" in found.reason


def test_words_never_excuse_a_place_that_is_given() -> None:
    assert asked("IR", words="Pupils in Nairobi").outcome is FAIL


@pytest.mark.parametrize(("on", "outcome"), [(date(2025, 6, 30), REFER), (ENDED, PASS)])
def test_words_are_asked_by_the_day(on: date, outcome: Any) -> None:
    assert asked(words="Nurses in Damascus", on=on).outcome is outcome


def test_a_gift_that_is_restricted_to_such_a_place_is_a_question() -> None:
    restriction = {"places": ["KE", "CU"], "whole": True}
    content = {"funds_in": funds_in(restriction=restriction, restricted_to="Schools of two countries")}
    found = spoken(judged(content, CHARITY, verification(), BOOK), RULE)
    assert (found.outcome, "the donor restricts the gift to Cuba" in found.reason) == (REFER, True)


def test_a_region_that_is_none_answers_nothing() -> None:
    """A made-up region of Ukraine passed as an answer."""
    payee = abroad(country="UA", region="UA-99")
    found = spoken(judged({"funds_out": funds_out(payee=payee)}, CHARITY, verification(), BOOK), RULE)
    assert (found.outcome, "UA-99, which ISO 3166-2 does not know in UA" in found.reason) == (REFER, True)


@pytest.mark.parametrize(
    ("country", "region", "known"),
    [("UA", "UA-43", True), ("UA", "UA-30", True), ("UA", "UA-98", False), ("UA", "KE-30", False), ("KE", "X", True)],
)
def test_regions_are_known_where_some_are_embargoed(country: str, region: str, known: bool) -> None:
    assert is_region_of(country, region) is known


def test_the_regions_are_those_of_iso_3166_2() -> None:
    partly = {one.place[:2] for one in EMBARGOES if "-" in one.place}
    assert partly == {*REGIONS}
    for country, regions in REGIONS.items():
        assert regions == {one.code for one in pycountry.subdivisions if one.country_code == country}


@pytest.mark.parametrize("embargo", EMBARGOES, ids=lambda one: one.name)
def test_each_of_its_words_names_an_embargo_and_no_other(embargo: Any) -> None:
    for word in embargo.words.replace("*", "").split(", "):
        assert named(f"Schools ({word}), 11 villages", date(2025, 1, 1)) == [embargo.name], word


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("TEHRAN", "Iran"),
        ("Escuelas en Irán", "Iran"),
        ("Courses at Téhéran's libraries", "Iran"),
        ("школы Тегерана", "Iran"),
        ("P\u02bcyo\u0306ngyang", "North Korea"),
        ("D.P.R.K.", "North Korea"),
        ("Курсы в Крыму", "Crimea"),
        ("Ha\u200bvana", "Cuba"),
        ("Ｔｅｈｒａｎ", "Iran"),
    ],
)
def test_a_place_is_known_in_other_cases_accents_scripts_and_signs(text: str, names: str) -> None:
    assert named(text) == [names]


@pytest.mark.parametrize(
    "text",
    [
        "Los fondos irán a once escuelas",
        "Crimean-Congo fever",
        "Georgia and South Korea",
        "Iranshahr's neighbours, Cubango, Crimeanism",
        "Korean schools of the north",
        "A teheranless land",
    ],
)
def test_what_only_looks_like_a_place_names_none(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("country", "line", "outcome"),
    [("RU", "4 Kirova, Simferopol", REFER), ("UA", "4 Shevchenka, Kyiv", REFER), ("US", "4 Havana Street", PASS)],
)
def test_an_address_that_names_an_embargoed_region_is_a_question(country: str, line: str, outcome: Any) -> None:
    """For Ukraine the region is asked anyway. An address in a country that is not meant names none."""
    payee = abroad(country=country, address={"lines": [line]})
    found = spoken(judged({"funds_out": funds_out(payee=payee)}, CHARITY, verification(), BOOK), RULE)
    assert found.outcome is outcome
    assert ("names Crimea" in found.reason) is ("Simferopol" in line)
