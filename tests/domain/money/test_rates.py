"""A day's reference rates: read exactly, crossed through the euro, and refused where they are none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money.amounts import rounded
from domain.money.rates import DayRates, leaps, read_rates, write_rates

ROW = "2026-11-30,USD=1.1581,JPY=180.95,GBP=0.8766"
RATE = st.decimals(min_value="0.00001", max_value="99999", places=5)
THREE = st.fixed_dictionaries({"USD": RATE, "JPY": RATE, "GBP": RATE})
CODE = st.sampled_from(("EUR", "USD", "JPY", "GBP"))


def rates(per_euro: dict[str, Decimal]) -> DayRates:
    return DayRates(date(2026, 11, 30), per_euro)


def test_a_row_says_how_much_one_euro_is() -> None:
    read = read_rates(ROW)
    assert read == rates({"USD": Decimal("1.1581"), "JPY": Decimal("180.95"), "GBP": Decimal("0.8766")})
    assert write_rates("2026-11-30", {code: str(rate) for code, rate in read.per_euro.items()}) == ROW


@pytest.mark.parametrize(
    ("currency", "into", "shown"),
    [
        ("EUR", "USD", "1.1581"),
        ("USD", "EUR", "0.863483"),
        ("USD", "JPY", "156.247"),
        ("JPY", "GBP", "0.00484443"),
        ("GBP", "GBP", "1"),
    ],
)
def test_a_cross_rate_goes_through_the_euro(currency: str, into: str, shown: str) -> None:
    assert read_rates(ROW).shown(currency, into) == shown


def test_a_sum_is_rounded_once_in_the_currency_that_it_ends_in() -> None:
    read = read_rates(ROW)
    assert rounded(read.converted(Decimal("90000.00"), "EUR", "USD"), "USD") == Decimal("104229.00")
    assert rounded(read.converted(Decimal("90000.00"), "USD", "JPY"), "JPY") == Decimal(14_062_257)
    thirds = sum((read.converted(Decimal("0.33"), "GBP", "USD") for _ in range(3)), Fraction(0))
    assert rounded(thirds, "USD") == Decimal("1.31"), "three parts that were rounded one by one are 1.32"


def test_what_has_no_rate_is_said_and_not_taken_for_one() -> None:
    read = read_rates(ROW)
    assert [read.has(code) for code in ("EUR", "USD", "KES")] == [True, True, False]
    with pytest.raises(KeyError):
        read.converted(Decimal(1), "KES", "USD")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("2026-11-30", "has no rate of any currency"),
        ("30.11.2026,USD=1.1", "'30.11.2026' is not a day of the calendar"),
        ("2026-02-30,USD=1.1", "'2026-02-30' is not a day of the calendar"),
        ("20261130,USD=1.1", "'20261130' is not a day of the calendar"),
        ("2026-11-30,USD=0", "the rate of USD is 0, and no currency is worth nothing"),
        ("2026-11-30,USD=0.0000", "and no currency is worth nothing"),
        ("2026-11-30,USD=-1.1", "the rate of USD is '-1.1', not a number"),
        ("2026-11-30,USD=1,1581", "'1581' is no currency"),
        ("2026-11-30,USD=1e3", "the rate of USD is '1e3', not a number"),
        ("2026-11-30,USD=NaN", "the rate of USD is 'NaN', not a number"),
        ("2026-11-30,USD=", "the rate of USD is '', not a number"),
        ("2026-11-30,USD=١", "not a number"),
        ("2026-11-30,EUR=1", "'EUR' is no currency that has a rate against the euro"),
        ("2026-11-30,usd=1.1", "'usd' is no currency"),
        ("2026-11-30,USD=1.1,USD=1.2", "two rates of USD on one day"),
    ],
)
def test_what_is_no_rate_is_refused_with_the_reason(row: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_rates(row)


def test_a_rate_that_doubled_overnight_is_told() -> None:
    before = rates({"USD": Decimal("1.1"), "JPY": Decimal(180)})
    after = rates({"USD": Decimal("1.2"), "JPY": Decimal(18), "GBP": Decimal("0.8")})
    assert list(leaps(before, after)) == ["the rate of JPY is 18, and was 180 on 2026-11-30"]


# Laws


@given(THREE, CODE, CODE, st.decimals(min_value="0.01", max_value="1e12", places=2))
def test_there_and_back_is_the_same_sum_exactly(
    per_euro: dict[str, Decimal], currency: str, into: str, amount: Decimal
) -> None:
    day = rates(per_euro)
    there = day.converted(amount, currency, into)
    assert there * day.cross(into, currency) == Fraction(amount)


@given(THREE, CODE, CODE, CODE)
def test_no_way_through_a_third_currency_is_better(per_euro: dict[str, Decimal], a: str, b: str, c: str) -> None:
    day = rates(per_euro)
    assert day.cross(a, b) * day.cross(b, c) == day.cross(a, c)


@given(THREE, CODE, st.lists(st.decimals(min_value="0.01", max_value="1e9", places=2), min_size=1, max_size=9))
def test_a_sum_cut_in_parts_is_the_same_sum(per_euro: dict[str, Decimal], currency: str, parts: list[Decimal]) -> None:
    day = rates(per_euro)
    whole = day.converted(sum(parts, Decimal(0)), currency, "USD")
    assert sum((day.converted(part, currency, "USD") for part in parts), Fraction(0)) == whole


@given(THREE)
def test_what_is_written_is_read_again(per_euro: dict[str, Decimal]) -> None:
    written = write_rates("2026-11-30", {code: f"{rate:f}" for code, rate in per_euro.items()})
    assert read_rates(written) == rates(per_euro)
