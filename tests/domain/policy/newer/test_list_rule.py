"""The organisation says which lists bind it, and for how long their last confirmation is good (R28; edition 2026.6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.lists import OFAC_AND_UN, ListRule, SanctionsList
from domain.directory.tiers import HouseRules, list_rule_of
from domain.policy.findings import Finding, Outcome
from domain.policy.rulebook import EDITIONS, RULE_BOOK
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from tests.builders import CHARITY, HOUSE_RULES, LISTS, NOON, joint, screening, status, version
from tests.domain.policy.language import judged, paid, spoken, under

EU, UK = SanctionsList.EUROPEAN_UNION.value, SanctionsList.UNITED_KINGDOM.value


def asked(*registers: str, days: int = 1, **more: Any) -> ScreeningEvidence:
    """A screening against these lists, each last confirmed so many days ago."""
    then: date = NOON.date() - timedelta(days=days)
    return screening().model_copy(update={"asked": tuple(version(name, then) for name in registers), **more})


def freshness(screened: ScreeningEvidence, edition: str = RULE_BOOK.version) -> Finding:
    with under(edition):
        return spoken(paid(None, status(), seen={"screening": screened}), "REGISTERS-FRESH")


def house(**more: Any) -> HouseRules:
    return HouseRules.model_validate({**HOUSE_RULES.model_dump(mode="json"), **more})


@pytest.mark.parametrize(("days", "outcome"), [(7, Outcome.PASS), (8, Outcome.REFER)])
def test_without_a_word_of_the_organisation_seven_days_are_the_limit(days: int, outcome: Outcome) -> None:
    assert freshness(asked(*OFAC_AND_UN, days=days)).outcome is outcome


@pytest.mark.parametrize(("days", "outcome"), [(20, Outcome.PASS), (21, Outcome.REFER)])
def test_the_organisation_may_allow_more_or_less(days: int, outcome: Outcome) -> None:
    assert freshness(asked(*OFAC_AND_UN, days=days, list_days=20)).outcome is outcome


def test_a_confirmation_counts_and_not_the_day_of_the_file() -> None:
    old = asked(*OFAC_AND_UN, days=300)
    confirmed = tuple(one.model_copy(update={"confirmed_on": NOON.date()}) for one in old.asked)
    assert freshness(old.model_copy(update={"asked": confirmed})).outcome is Outcome.PASS


def test_a_list_that_binds_and_is_not_loaded_is_asked_for_by_its_name() -> None:
    found = freshness(asked(*OFAC_AND_UN, binding=(*OFAC_AND_UN, EU, UK)))
    assert found.outcome is Outcome.REFER
    assert found.reason == f"never loaded, so nobody could ask: {EU}, {UK}; load them first"


def test_a_list_that_does_not_bind_is_not_asked_for() -> None:
    assert freshness(asked(EU, binding=(EU,))).outcome is Outcome.PASS
    assert freshness(asked(*OFAC_AND_UN)).outcome is Outcome.PASS


@pytest.mark.parametrize(("days", "outcome"), [(-1, Outcome.PASS), (-2, Outcome.REFER)])
def test_a_list_may_be_of_tomorrow_where_its_publisher_is_and_of_no_later_day(days: int, outcome: Outcome) -> None:
    found = freshness(asked(EU, binding=(EU,), days=days))
    assert found.outcome is outcome
    told = f"dated in the future: {EU} of 2026-11-04; load them with their true date"
    assert (found.reason == told) is (outcome is Outcome.REFER)


@pytest.mark.parametrize(("lists", "number"), [((EU,), "1 register"), ((EU, UK), "2 registers")])
def test_what_was_asked_is_counted(lists: tuple[str, ...], number: str) -> None:
    seen = Verification(screening=asked(*lists, binding=lists))
    found = spoken(judged({"non_monetary": joint()}, CHARITY, seen, RULE_BOOK), "REGISTERS-FRESH")
    assert (found.outcome, found.reason) == (Outcome.PASS, f"{number} asked, none older than its limit")


def test_the_edition_before_asks_the_lists_and_the_weeks_of_before() -> None:
    assert freshness(asked(*OFAC_AND_UN, days=35), "2026.5").outcome is Outcome.PASS
    assert freshness(asked(EU, binding=(EU,)), "2026.5").outcome is Outcome.REFER
    assert EDITIONS["2026.5"].limits(ListRule((EU,), 2)) == EDITIONS["2026.3"].oldest


def test_a_last_look_keeps_the_organisations_limits_of_the_lists_that_bind() -> None:
    limits = RULE_BOOK.limits(ListRule((EU, "ofac-sdn"), 3))
    assert limits[EU] == limits["ofac-sdn"] == timedelta(days=3)
    assert "un-consolidated" not in limits
    assert limits["irs-bmf"] == timedelta(days=62)


# The rules that two people sign


def test_an_organisation_that_says_nothing_is_bound_by_ofac_and_the_united_nations() -> None:
    assert list_rule_of(None) == list_rule_of(house()) == ListRule(OFAC_AND_UN, 7)
    assert {one.register_name for one in LISTS} == set(OFAC_AND_UN)


def test_rules_that_say_nothing_of_lists_are_written_as_before() -> None:
    assert not {"lists", "list_days"} & set(house().model_dump(mode="json"))


def test_rules_name_the_lists_that_bind_and_their_days() -> None:
    assert house(lists=[EU, UK], list_days=3).list_rule == ListRule((EU, UK), 3)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"lists": [EU, EU]}, "one list is named twice"),
        ({"lists": ["irs-bmf"]}, "ofac-sdn"),
        ({"lists": ["EU"]}, "eu-consolidated"),
        ({"list_days": 0}, "greater than or equal to 1"),
        ({"list_days": 36}, "less than or equal to 35"),
    ],
)
def test_a_wrong_rule_is_refused_with_what_to_write(wrong: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        house(**wrong)
