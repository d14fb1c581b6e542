"""The sums of a booking explain each other to the smallest unit, or they are none."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.money.amounts import rounded
from domain.payment.booked.figures import BankRate, BookedFigures
from tests.booked_sums import RATE, charge, figures, sum_of

OWN = charge("USD 12.50", "DEBT", is_part=True)


def test_charges_are_part_of_what_was_booked() -> None:
    told = figures("USD 30000.00", "USD 30012.50", OWN)
    assert (told.charged, str(told.principal), told.is_exact) == (Decimal("12.50"), "USD 30,000.00", False)


def test_a_rate_and_charges_make_the_booked_sum() -> None:
    told = figures("EUR 30000.00", "USD 37527.50", OWN, rate=RATE)
    assert (str(told.principal), str(told.received)) == ("USD 37,515.00", "EUR 30,000.00")


def test_what_the_payee_bears_is_taken_from_what_arrives_and_not_from_what_was_booked() -> None:
    told = figures("EUR 50000.00", "EUR 50000.00", charge("EUR 25.00", "CRED", is_payees=True))
    assert (told.is_exact, str(told.received)) == (True, "EUR 49,975.00")


@pytest.mark.parametrize("apart", ["37514.99", "37515.01"])
def test_one_smallest_unit_is_the_banks_rounding(apart: str) -> None:
    assert figures("EUR 30000.00", f"USD {apart}", rate=RATE).booked_sum.amount == Decimal(apart)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "more than was instructed": ({"booked": "USD 30012.51", "charges": [OWN]}, "is not the USD 30,000.00"),
    "two units beside": (
        {"instructed": "EUR 30000.00", "booked": "USD 37515.02", "rate": RATE}, "does not make USD 37,515.02"
    ),
    "no rate": ({"instructed": "EUR 30000.00", "booked": "USD 37515.00"}, "nothing says at which rate"),
    "the rate of others": (
        {"booked": "JPY 30000", "rate": RATE}, "nothing says at which rate"
    ),
    "a rate in one currency": ({"booked": "USD 30000.00", "rate": RATE}, "is not the USD 30,000.00"),
    "a charge elsewhere": ({"booked": "USD 30012.50", "charges": [{**OWN, "money": sum_of("EUR 12.50")}]}, "not part"),
    "a charge of both": ({"booked": "USD 30012.50", "charges": [{**OWN, "is_payees": True}]}, "not part"),
    "all of it": ({"booked": "USD 12.50", "charges": [OWN]}, "come to all"),
    "all that arrives": (
        {"booked": "USD 30000.00", "charges": [charge("USD 30000.00", "CRED", is_payees=True)]}, "come to all"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_sums_that_explain_nothing_are_none(what: str) -> None:
    said, fault = WRONG[what]
    content = {"instructed": "USD 30000.00", "charges": [], "rate": None, **said}
    with pytest.raises(ValidationError, match=fault):
        figures(content["instructed"], content["booked"], *content["charges"], rate=content["rate"])


@pytest.mark.parametrize(
    "rate", [{"rate": "0"}, {"rate": "-1"}, {"unit": "JPY"}, {"target": "EUR"}, {"source": "XXQ"}, {"rate": 1.25}]
)
def test_a_rate_is_above_zero_and_between_two_currencies(rate: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BankRate.model_validate({**RATE, **rate})


SUMS = st.integers(1, 10**9).map(lambda units: Decimal(units) / 100)
RATES = st.integers(1, 10**8).map(lambda units: Decimal(units) / 10**4)


@given(SUMS, RATES, st.booleans(), SUMS, st.integers(-3, 3))
def test_law_figures_stand_exactly_if_the_sums_multiply_out_within_one_unit(
    instructed: Decimal, rate: Decimal, of_euro: bool, charges: Decimal, beside: int
) -> None:
    """Whichever side the rate is in: the euro's or the dollar's."""
    exact = Fraction(instructed) * (Fraction(rate) if of_euro else 1 / Fraction(rate))
    principal = rounded(exact, "USD") + Decimal(beside) / 100
    if principal <= 0:
        return
    content = {
        "instructed_sum": {"amount": instructed, "currency": "EUR"},
        "booked_sum": {"amount": principal + charges, "currency": "USD"},
        "rate": {**RATE, "unit": "EUR" if of_euro else "USD", "rate": rate},
        "charges": [{"money": {"amount": charges, "currency": "USD"}, "is_part": True}],
    }
    stands = abs(exact - Fraction(principal)) <= Fraction(1, 100)
    try:
        told = BookedFigures.model_validate(content)
    except ValidationError:
        assert not stands
    else:
        assert stands
        assert BookedFigures.model_validate_json(told.model_dump_json()) == told
