"""Signed amounts are exact, of one currency, and rounded once: half a unit away from zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money.amounts import SignedAmount, rounded, rounded_up
from domain.values import minor_digits

CURRENCIES = st.sampled_from(("USD", "JPY", "KWD", "EUR", "BHD", "CLF"))
EXACT = st.fractions(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("BHD", 3), ("CLF", 4)])
def test_a_currency_has_the_smallest_unit_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("value", "currency", "amount"),
    [
        (Fraction(1, 2), "JPY", "1"),
        (Fraction(-1, 2), "JPY", "-1"),
        (Fraction(1499, 1000), "JPY", "1"),
        (Fraction(10_005, 10_000), "KWD", "1.001"),
        (Fraction(1005, 1000), "USD", "1.01"),
        (Fraction(-1005, 1000), "USD", "-1.01"),
        (Fraction(1, 3), "USD", "0.33"),
    ],
)
def test_half_a_unit_is_rounded_away_from_zero(value: Fraction, currency: str, amount: str) -> None:
    assert rounded(value, currency) == Decimal(amount)


def test_a_large_sum_keeps_its_last_cent() -> None:
    huge = Fraction(10**40 + 1, 100)
    assert Fraction(rounded(huge, "USD")) == huge


@given(EXACT, CURRENCIES)
def test_rounding_is_off_by_half_a_unit_at_most_and_rounding_again_changes_nothing(
    value: Fraction, currency: str
) -> None:
    amount, unit = rounded(value, currency), Fraction(1, 10 ** minor_digits(currency))
    assert abs(Fraction(amount) - value) <= unit / 2
    assert rounded(Fraction(amount), currency) == amount


@given(EXACT, CURRENCIES)
def test_what_is_rounded_is_rounded_alike_on_both_sides_of_zero(value: Fraction, currency: str) -> None:
    assert rounded(-value, currency) == -rounded(value, currency)


@given(EXACT, EXACT, CURRENCIES)
def test_an_amount_rounded_up_is_within_a_limit_exactly_if_the_value_is(
    value: Fraction, near: Fraction, currency: str
) -> None:
    limit = Fraction(rounded(near, currency))
    assert (Fraction(rounded_up(value, currency)) <= limit) == (value <= limit)


def test_amounts_of_two_currencies_are_not_added() -> None:
    with pytest.raises(ValueError, match="EUR and USD are not added"):
        SignedAmount("EUR", Decimal(1)) + SignedAmount("USD", Decimal(1))


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_what_is_taken_away_again_leaves_what_was(cents: int, more: int) -> None:
    amount, other = (SignedAmount("USD", Decimal(units).scaleb(-2)) for units in (cents, more))
    assert amount + other == other + amount
    assert amount + other + -other == amount
