"""Embargoed places: nothing goes there without a licence that a person judged (rules 3.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.policy.places import EMBARGOES, embargoes_on
from domain.policy.rulebook import EDITIONS
from tests.builders import CHARITY, abroad, funds_out, party, principal, status, verification
from tests.domain.policy.language import (
    FAIL,
    PASS,
    REFER,
    finding,
    given,
    joined,
    judged,
    paid,
    said,
    screened_on,
    spoken,
)

BOOK = EDITIONS["2026.4"]
RULE = "PLACES-EMBARGO"
LICENCE = {"kind": "SPECIFIC", "reference": "IA-2026-123", "facts": "Books only", "valid_from": "2026-01-01"}


def to(country: str, **more: Any) -> Any:
    """Money goes out to a payee at a place."""
    payee = abroad(country=country, region=more.pop("region", None), principals=more.pop("principals", ()))
    return paid(payee, None, book=BOOK, **more)


@pytest.mark.parametrize(("country", "name"), [("CU", "Cuba"), ("IR", "Iran"), ("KP", "North Korea")])
def test_a_payee_in_an_embargoed_country_is_refused_with_the_law_and_the_ways_out(country: str, name: str) -> None:
    """Iran and North Korea reached the bank file without a finding."""
    found = spoken(to(country), RULE)
    assert found.outcome is FAIL
    assert f"is in {name} (31 CFR part" in found.reason
    assert len(found.options) == 2
    assert not found.confirmed


@pytest.mark.parametrize("region", ["UA-43", "UA-40"])
def test_so_is_one_in_an_embargoed_region(region: str) -> None:
    assert said(to("UA", region=region), RULE) is FAIL


@pytest.mark.parametrize(("region", "told"), [("UA-14", "a part is embargoed"), (None, "give its region")])
def test_where_a_part_of_a_country_is_embargoed_a_person_finds_out_which(region: str | None, told: str) -> None:
    found = spoken(to("UA", region=region), RULE)
    assert (found.outcome, told in found.reason) == (REFER, True)


def test_another_region_of_that_country_passes() -> None:
    assert said(to("UA", region="UA-30"), RULE) is PASS


@pytest.mark.parametrize("country", ["KE", "US", "DE", "RU", "VE"])
def test_a_country_that_only_a_list_names_passes(country: str) -> None:
    assert said(to(country), RULE) is PASS


@pytest.mark.parametrize(
    "leg",
    [
        pytest.param({"places": [{"country": "IR"}]}, id="the place of activity"),
        pytest.param(
            {
                "regrant": {
                    "subrecipients": [{"party": abroad("Village Circle", country="CU"), "purpose": "A reading room"}],
                    "payee_selects": True,
                    "covenant": True,
                }
            },
            id="a sub-recipient",
        ),
    ],
)
def test_everybody_and_every_place_concerned_is_asked(leg: dict[str, Any]) -> None:
    assert said(paid(party(), status(), book=BOOK, **leg), RULE) is FAIL


def test_joint_work_without_money_is_a_service_too() -> None:
    assert said(joined(partner=abroad(country="KP"), places=[{"country": "KE"}]), RULE) is None
    seen = verification(None)
    content = {"partner": abroad(country="KP"), "non_monetary": {"funder": "ISOC", "activity": "A joint course"}}
    assert said(judged(content, CHARITY, seen, BOOK), RULE) is FAIL


def test_where_a_principal_lives_is_a_question_and_no_refusal() -> None:
    found = spoken(to("KE", principals=[{**principal("Rosa Quiroga"), "country": "IR"}]), RULE)
    assert (found.outcome, "Rosa Quiroga, director of" in found.reason) == (REFER, True)


@pytest.mark.parametrize(
    ("licence", "outcome"),
    [
        (LICENCE, REFER),
        ({**LICENCE, "valid_until": "2026-10-31"}, FAIL),
        ({**LICENCE, "valid_from": "2026-12-01"}, FAIL),
    ],
    ids=["in force: a verifier judges", "expired", "not yet"],
)
def test_a_licence_in_force_is_judged_by_a_person(licence: dict[str, Any], outcome: Any) -> None:
    found = spoken(to("IR", licence=licence), RULE)
    assert found.outcome is outcome
    assert ("judge whether specific licence IA-2026-123 covers it" in found.reason) is (outcome is REFER)


@pytest.mark.parametrize(("day", "outcome"), [("2025-06-30", FAIL), ("2025-07-01", PASS)])
def test_the_day_decides_for_an_embargo_that_ended(day: str, outcome: Any) -> None:
    content = {"funds_out": funds_out(payee=abroad(country="SY"))}
    seen = verification(None, screened_on(day))
    assert said(judged(content, CHARITY, seen, BOOK), RULE) is outcome


def test_an_earlier_edition_does_not_ask() -> None:
    assert finding(paid(abroad(country="IR"), None, book=EDITIONS["2026.3"]), RULE) is None
    assert finding(given(), RULE) is None


def test_each_row_of_the_table_names_its_law() -> None:
    assert all(one.citation for one in EMBARGOES)
    assert [one.name for one in embargoes_on("UA", "UA-43", date(2026, 11, 2))] == ["Crimea"]
