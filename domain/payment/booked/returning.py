"""A payment that was exchanged and comes back: its figures, where the bank tells no exchange of the way back."""

from __future__ import annotations

from fractions import Fraction

from domain.money.amounts import rounded
from domain.payment.booked.figures import BankRate, BookedFigures, multiplies_out
from domain.values import Money


def back_at_its_rate(booking: BookedFigures | None, credit: Money, paid: Money) -> Money | None:
    """Return the sum that came back in the order's currency by the rate at which the payment was booked.

    It is no more than was booked of the payment (`paid`), of which a booking may be a part. None where the booking
    tells no rate between the two, or nothing came back by it.
    """
    if booking is None or booking.rate is None or booking.principal.currency != credit.currency:
        return None
    order = booking.instructed_sum
    amount = rounded(Fraction(credit.amount) * booking.rate.factor(order.currency), order.currency)
    return Money(amount=min(amount, paid.amount), currency=order.currency) if amount > 0 else None


def figures_of_return(booking: BookedFigures | None, back: Money, credit: Money) -> BookedFigures:
    """Return the figures of a return whose sum in the order's currency people say, at its booking's rate if it fits."""
    rate = booking.rate if booking is not None else None
    return BookedFigures(
        instructed_sum=back, booked_sum=credit, rate=rate if _fits(rate, back, credit) else None, is_return=True
    )


def _fits(rate: BankRate | None, back: Money, credit: Money) -> bool:
    return rate is not None and rate.is_between(back.currency, credit.currency) and multiplies_out(back, credit, rate)
