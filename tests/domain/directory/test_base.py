"""A base currency is a rule of the organisation: all tiers are in it, and its rates have an age limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from accord.presentation.words.organisation.directory import rules_in_words
from domain.directory.base import BaseRule
from domain.directory.tiers import HouseRules
from tests.builders import HOUSE_RULES
from tests.rates import in_dollars

DAY = date(2026, 11, 2)


def test_without_it_there_is_no_base_and_nothing_new_is_stored() -> None:
    assert HOUSE_RULES.base is None
    assert {"base_currency", "rate_days"}.isdisjoint(HOUSE_RULES.model_dump())


@pytest.mark.parametrize(("days", "limit"), [(None, 7), (1, 1), (35, 35)])
def test_its_rates_are_good_for_seven_days_unless_the_rules_say_it(days: int | None, limit: int) -> None:
    assert in_dollars(rate_days=days).base == BaseRule("USD", limit)


@pytest.mark.parametrize("days", [0, 36])
def test_no_other_age_can_be_set(days: int) -> None:
    with pytest.raises(ValidationError, match="rate_days"):
        in_dollars(rate_days=days)


@pytest.mark.parametrize(("age", "good"), [(-1, False), (0, True), (7, True), (8, False)])
def test_rates_of_a_day_are_good_for_a_time_and_never_before_it(age: int, good: bool) -> None:
    assert BaseRule("USD").allows(DAY, DAY + timedelta(days=age)) is good


def test_a_tier_in_another_currency_is_refused_with_the_remedy() -> None:
    with pytest.raises(
        ValidationError, match="one is in EUR, and the base currency is USD: no sum would be asked of it"
    ):
        HouseRules.model_validate(
            {"tiers": [tier for tier in HOUSE_RULES.model_dump() ["tiers"] if tier["currency"] in {"USD", "EUR"}],
             "base_currency": "USD"}
        )  # fmt: skip


def test_an_age_of_rates_without_a_base_currency_is_refused() -> None:
    with pytest.raises(ValidationError, match="without a base currency nothing is converted"):
        HouseRules.model_validate({**HOUSE_RULES.model_dump(), "rate_days": 3})


def test_whoever_confirms_it_reads_it_in_words() -> None:
    told = "sums are counted in USD, by the ECB's rates of a day and at most 7 days before it"
    assert told in list(rules_in_words(in_dollars()))
    assert "sums of several currencies are not converted: each is a share of its own limit" in list(
        rules_in_words(HOUSE_RULES)
    )
