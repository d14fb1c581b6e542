"""Figures of bookings in tests: sums, rates and charges in few words. All are invented."""

from __future__ import annotations

from typing import Any

from domain.money.tolerance import BookingTolerance
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.weighing import BookingTerms
from domain.values import Money
from tests.rates import rates

RATE = {"source": "EUR", "target": "USD", "unit": "EUR", "rate": "1.2505", "contract": "FX-2026-17"}
"""The bank's rate beside the reference rate of 1.25 in `tests.rates`: 0.04 % apart."""
TOLERANCE = BookingTolerance.model_validate({"rate_percent": "1.5", "charges": {"amount": "25.00", "currency": "USD"}})
TERMS = BookingTerms(TOLERANCE, rates())


def sum_of(written: str) -> Money:
    """A sum that is written with its currency before it."""
    currency, amount = written.split()
    return Money.model_validate({"amount": amount, "currency": currency})


def charge(written: str, bearer: str | None = None, **more: bool) -> dict[str, Any]:
    """A charge: in what was booked (`is_part`), or taken from what arrived (`is_payees`)."""
    return {"money": sum_of(written), "bearer": bearer, **more}


def figures(
    instructed: str, booked: str, *charges: dict[str, Any], rate: dict[str, Any] | None = None, is_return: bool = False
) -> BookedFigures:
    """The figures of a booking, or of a return."""
    return BookedFigures.model_validate(
        {
            "instructed_sum": sum_of(instructed), "booked_sum": sum_of(booked), "charges": charges, "rate": rate,
            "is_return": is_return,
        }
    )  # fmt: skip
