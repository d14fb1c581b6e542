"""A payment is executed on a day on which the systems of both its currencies are open."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment.banking_days import CLOSED, currency_of_banks_in, execution_day, is_banking_day

YEARS = range(2026, 2046)
DAYS = st.dates(date(2026, 1, 1), date(2045, 12, 20))
SIDES = st.sets(st.sampled_from([*CLOSED, "KES"]))


def weekdays(days: object) -> set[date]:
    return {day for day in days if day.weekday() < 5}  # type: ignore[attr-defined]


def test_the_days_of_the_euro_and_the_pound_are_what_the_library_says() -> None:
    assert CLOSED["EUR"] == weekdays(holidays.financial_holidays("XECB", years=YEARS))
    assert CLOSED["GBP"] == weekdays(holidays.country_holidays("GB", subdiv="ENG", years=YEARS))


def test_the_federal_reserve_closes_on_the_monday_after_a_sunday_and_not_on_the_friday_before_a_saturday() -> None:
    itself = holidays.country_holidays("US", years=YEARS, observed=False)
    assert CLOSED["USD"] == weekdays(day + timedelta(days=day.weekday() == 6) for day in itself)
    assert is_banking_day(date(2026, 7, 3), ["USD"]), "the Fourth of July 2026 is a Saturday"
    assert not is_banking_day(date(2027, 7, 5), ["USD"]), "the Fourth of July 2027 is a Sunday"


@pytest.mark.parametrize(
    ("released", "currencies", "paid"),
    [
        (date(2026, 12, 4), ["USD", "EUR"], date(2026, 12, 4)),
        (date(2026, 12, 5), ["USD", "EUR"], date(2026, 12, 7)),
        (date(2026, 11, 26), ["EUR"], date(2026, 11, 26)),
        (date(2026, 11, 26), ["EUR", "USD"], date(2026, 11, 27)),
        (date(2026, 4, 3), ["USD"], date(2026, 4, 3)),
        (date(2026, 4, 3), ["USD", "EUR"], date(2026, 4, 7)),
        (date(2026, 4, 3), ["KES"], date(2026, 4, 3)),
    ],
    ids=["a weekday", "a Saturday", "Thanksgiving in euros", "Thanksgiving", "Good Friday, dollars", "Easter", "other"],
)  # fmt: skip
def test_it_is_the_first_day_on_which_both_are_open(released: date, currencies: list[str], paid: date) -> None:
    assert execution_day(released, currencies) == paid


@given(day=DAYS, currencies=SIDES)
def test_no_open_day_is_passed_over_and_no_day_comes_before_the_release(day: date, currencies: set[str]) -> None:
    paid = execution_day(day, currencies)
    assert paid >= day
    assert is_banking_day(paid, currencies)
    assert not any(is_banking_day(day + timedelta(days=passed), currencies) for passed in range((paid - day).days))


@given(day=DAYS, currencies=SIDES)
def test_more_systems_never_make_it_earlier(day: date, currencies: set[str]) -> None:
    assert execution_day(day, currencies) <= execution_day(day, CLOSED)


def test_a_bank_settles_in_its_own_currency() -> None:
    assert [currency_of_banks_in(country) for country in ("US", "NL", "GB", "KE")] == ["USD", "EUR", "GBP", None]
