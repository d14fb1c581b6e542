"""Within the organisation's tolerance a booking is let through; beyond it a person reads the computed reason."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money.tolerance import BookingTolerance
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.weighing import NO_TERMS, BookingTerms, difference_fault, planned
from domain.values import Money
from tests.booked_sums import RATE, TERMS, TOLERANCE, charge, figures
from tests.rates import rates

OWN = charge("USD 12.50", "DEBT", is_part=True)
CHARGED = figures("USD 30000.00", "USD 30012.50", OWN)
EXCHANGED = figures("EUR 30000.00", "USD 37527.50", OWN, rate=RATE)
TIGHT = BookingTolerance.model_validate({"rate_percent": "0.01", "charges": {"amount": "10.00", "currency": "USD"}})
IN_EUROS = BookingTolerance.model_validate({"rate_percent": "1.5", "charges": {"amount": "10.00", "currency": "EUR"}})


def reason(told: BookedFigures, terms: BookingTerms) -> str:
    return str(difference_fault(told, terms) or "")


def test_what_was_instructed_and_nothing_else_needs_no_tolerance() -> None:
    short = charge("USD 25.00", "CRED", is_payees=True)
    assert reason(figures("USD 1000.00", "USD 1000.00", short), NO_TERMS) == ""


def test_without_a_tolerance_people_look() -> None:
    assert reason(CHARGED, NO_TERMS) == (
        "booked USD 30,012.50 = 30,000.00 + charges 12.50; the organisation's rules set no tolerance (`tolerance`), so "
        "people say whether it is let through"
    )


def test_within_both_figures_it_is_let_through() -> None:
    assert reason(EXCHANGED, TERMS) == ""
    assert reason(CHARGED, BookingTerms(TOLERANCE)) == "", "charges in the currency of their limit need no rate"


def test_charges_beyond_it_are_told_with_the_sums() -> None:
    assert reason(CHARGED, BookingTerms(TIGHT)) == (
        "booked USD 30,012.50 = 30,000.00 + charges 12.50; charges of at most USD 10.00 are let through"
    )


def test_a_rate_beyond_it_is_told_with_the_reference_rate() -> None:
    rate = {**RATE, "rate": "1.2875"}
    assert reason(figures("EUR 30000.00", "USD 38625.00", rate=rate), TERMS) == (
        "booked USD 38,625.00 for EUR 30,000.00 at EUR 1 = USD 1.2875, contract FX-2026-17; that is 3.00 % "
        "from the reference rate of 2026-11-02 (EUR 1 = USD 1.25), and at most 1.5 % are let through"
    )


def test_a_rate_that_is_too_good_is_another_rate() -> None:
    assert "that is 3.04 % from" in reason(
        figures("EUR 30000.00", "USD 36360.00", rate={**RATE, "rate": "1.212"}), TERMS
    )


def test_both_are_told_where_both_are_beyond() -> None:
    told = reason(EXCHANGED, BookingTerms(TIGHT, rates()))
    assert "charges of at most USD 10.00" in told
    assert "that is 0.04 % from" in told


@pytest.mark.parametrize("terms", [BookingTerms(TOLERANCE), BookingTerms(TOLERANCE, rates("2026-11-02,JPY=200"))])
def test_without_a_reference_rate_people_look(terms: BookingTerms) -> None:
    assert "there is no reference rate of" in reason(EXCHANGED, terms)


def test_charges_in_another_currency_are_converted_and_not_rounded() -> None:
    """12.50 dollars are exactly 10 euros at 1.25: at most, and not above."""
    assert reason(CHARGED, BookingTerms(IN_EUROS, rates())) == ""
    above = figures("USD 30000.00", "USD 30012.51", charge("USD 12.51", is_part=True))
    assert "charges of at most EUR 10.00" in reason(above, BookingTerms(IN_EUROS, rates()))
    assert "no reference rate of USD and EUR" in reason(CHARGED, BookingTerms(IN_EUROS))


def test_what_was_planned_is_rounded_once() -> None:
    assert planned(EXCHANGED, rates()) == Decimal("37500.00")
    assert planned(EXCHANGED, None) is None
    assert planned(CHARGED, rates()) is None


UNITS = st.integers(1, 10**7)


@given(UNITS, UNITS, UNITS)
def test_law_charges_are_let_through_exactly_up_to_the_limit(instructed: int, charged: int, limit: int) -> None:
    told = figures(
        f"USD {Decimal(instructed) / 100}", f"USD {Decimal(instructed + charged) / 100}",
        charge(f"USD {Decimal(charged) / 100}", is_part=True),
    )  # fmt: skip
    tolerance = TOLERANCE.model_copy(update={"charges": Money(amount=Decimal(limit) / 100, currency="USD")})
    assert (difference_fault(told, BookingTerms(tolerance)) is None) == (charged <= limit)


@given(UNITS, st.integers(9_000, 16_000), st.integers(0, 1000))
def test_law_a_rate_is_let_through_exactly_up_to_its_share(euros: int, rate: int, hundredths: int) -> None:
    booked = (Decimal(euros * rate) / 10_000).quantize(Decimal("0.01"))
    told = figures(f"EUR {euros}", f"USD {booked}", rate={**RATE, "rate": f"{Decimal(rate) / 10_000}"})
    tolerance = TOLERANCE.model_copy(update={"rate_percent": Decimal(hundredths) / 100})
    apart = abs(Fraction(booked) / euros - Fraction(5, 4)) / Fraction(5, 4) * 100
    assert (difference_fault(told, BookingTerms(tolerance, rates())) is None) == (apart <= Fraction(hundredths, 100))
