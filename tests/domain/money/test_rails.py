"""Which rail a payment leaves on is a table of the organisation: the first row that covers it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from accord.presentation.words.organisation.directory import rules_in_words
from domain.money.rails import USUAL, PaymentRail, RailRule, rail_of
from domain.values import Money
from tests.builders import HOUSE_RULES, money

ACH = {"rail": "NACHA", "currency": "USD", "country": "US"}


def table(*rows: dict[str, Any]) -> tuple[RailRule, ...]:
    return tuple(RailRule.model_validate(row) for row in rows)


def paid(amount: str = "100.00", currency: str = "USD") -> Money:
    return Money.model_validate(money(amount, currency))


@pytest.mark.parametrize(
    ("rows", "sum_", "country", "rail"),
    [
        ((), paid(), "US", PaymentRail.ISO_20022),
        ((ACH,), paid(), "US", PaymentRail.NACHA),
        ((ACH,), paid(), "NL", PaymentRail.ISO_20022),
        ((ACH,), paid(currency="EUR"), "US", PaymentRail.ISO_20022),
        (({**ACH, "up_to": "100.00"},), paid("100.00"), "US", PaymentRail.NACHA),
        (({**ACH, "up_to": "100.00"},), paid("100.01"), "US", PaymentRail.ISO_20022),
        (({"rail": "ISO_20022", "currency": "USD", "up_to": "50.00"}, ACH), paid("50.00"), "US", PaymentRail.ISO_20022),
        (({"rail": "ISO_20022", "currency": "USD", "up_to": "50.00"}, ACH), paid("50.01"), "US", PaymentRail.NACHA),
        ((ACH, {"rail": "MANUAL", "currency": "KES"}), paid(currency="KES"), "KE", PaymentRail.MANUAL),
    ],
    ids=[
        "no table",
        "covered",
        "abroad",
        "euros",
        "at the limit",
        "above it",
        "the first row",
        "the next row",
        "typed",
    ],
)
def test_it_is_that_of_the_first_row_that_covers_it(
    rows: tuple[dict[str, Any], ...], sum_: Money, country: str, rail: PaymentRail
) -> None:
    assert rail_of(table(*rows), sum_, country) is rail


@pytest.mark.parametrize(
    "row", [{**ACH, "currency": "EUR"}, {**ACH, "country": "CA"}, {"rail": "NACHA", "currency": "USD"}]
)
def test_ach_carries_dollars_within_the_united_states_alone(row: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="NACHA carries dollars within the United States"):
        RailRule.model_validate(row)


@given(cents=st.integers(1, 10**9), country=st.sampled_from(["US", "NL", "KE"]))
def test_a_row_for_any_sum_and_country_leaves_nothing_to_the_rows_after_it(cents: int, country: str) -> None:
    rows = table({"rail": USUAL, "currency": "USD"}, ACH)
    assert rail_of(rows, paid(f"{cents / 100:.2f}"), country) is USUAL


@pytest.mark.parametrize("rail", PaymentRail)
def test_every_rail_of_a_table_is_told_to_who_signs_it(rail: PaymentRail) -> None:
    rules = HOUSE_RULES.model_copy(update={"rails": table({**ACH, "rail": rail})})
    assert sum("payments in USD to banks in" in words for words in rules_in_words(rules)) == 1
