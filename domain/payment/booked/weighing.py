"""Weigh the figures of a booking: within the organisation's tolerance it settles its payment, beyond it people say so.

The bank's rate is compared with the reference rate of its day, both ways: a rate that is too good is another rate, too.
Nothing is rounded before it is compared. What is let through keeps the tolerance and the rates by which it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from pydantic import Field

from domain.fault import Fault
from domain.money.amounts import rounded
from domain.money.rates import DayRates
from domain.money.tolerance import BookingTolerance
from domain.payment.booked.figures import BankRate, BookedFigures
from domain.screening.conversion import ReferenceRates
from domain.values import Money, Value, is_none, minor_digits


class Weighing(Value):
    """The tolerance that let a booking through, and the reference rates of its day."""

    tolerance: BookingTolerance | None = Field(default=None, exclude_if=is_none)
    """None where people let it through."""
    reference: ReferenceRates | None = Field(default=None, exclude_if=is_none)
    """None where no rates were needed, or none were on record."""


class BookingTerms(NamedTuple):
    """The terms by which a booking is weighed."""

    tolerance: BookingTolerance | None = None
    reference: ReferenceRates | None = None

    @property
    def weighing(self) -> Weighing:
        """The part of them that an event keeps."""
        return Weighing(tolerance=self.tolerance, reference=self.reference)


NO_TERMS: Final = BookingTerms()
"""Those of an organisation that set no tolerance: a booking is exact, or for people."""


def difference_fault(figures: BookedFigures, terms: BookingTerms) -> Fault | None:
    """Return the reason why people must say whether a booking is let through, with the sums, or None if it is."""
    if figures.is_exact:
        return None
    beyond = "; ".join(_beyond(figures, terms))
    return Fault(f"{figures_in_words(figures)}; {beyond}") if beyond else None


def _beyond(figures: BookedFigures, terms: BookingTerms) -> Iterator[str]:
    tolerance = terms.tolerance
    if tolerance is None:
        yield "the organisation's rules set no tolerance (`tolerance`), so people say whether it is let through"
        return
    table = terms.reference.rates if terms.reference is not None else None
    if figures.charged:
        yield from _beyond_charges(
            Money(amount=figures.charged, currency=figures.booked_sum.currency), tolerance, table
        )
    if figures.rate is not None:
        yield from _beyond_rate(figures, tolerance, table)
    elif figures.is_return and figures.booked_sum.currency != figures.instructed_sum.currency:
        yield "the bank tells no rate, so people say how much of the payment came back"


def _beyond_charges(charges: Money, tolerance: BookingTolerance, table: DayRates | None) -> Iterator[str]:
    limit = tolerance.charges
    if lacking := _lacking(table, charges.currency, limit.currency):
        yield f"there is no reference rate of {lacking} for its day to say whether {charges} are at most {limit}"
        return
    exact = table.converted(charges.amount, charges.currency, limit.currency) if table else Fraction(charges.amount)
    if exact > Fraction(limit.amount):
        yield f"charges of at most {limit} are let through"


def _beyond_rate(figures: BookedFigures, tolerance: BookingTolerance, table: DayRates | None) -> Iterator[str]:
    currency, into = figures.instructed_sum.currency, figures.booked_sum.currency
    if table is None or (lacking := _lacking(table, currency, into)):
        lacking = f"{currency} and {into}" if table is None else lacking
        yield f"there is no reference rate of {lacking} for its day to compare the bank's with"
        return
    apart = rate_apart(figures, table)
    if apart > Fraction(tolerance.rate_percent):
        reference_rate = f"{currency} 1 = {into} {table.shown(currency, into)}"
        yield (
            f"that is {_percent(apart)} % from the reference rate of {table.day} ({reference_rate}), and at most "
            f"{tolerance.percent} % are let through"
        )


def rate_apart(figures: BookedFigures, table: DayRates) -> Fraction:
    """Return the distance of an exchange from the reference rate, in per cent of that rate, exact.

    Raises:
        KeyError: One of the currencies has no rate.
    """
    reference = table.converted(
        figures.instructed_sum.amount, figures.instructed_sum.currency, figures.booked_sum.currency
    )
    return abs(Fraction(figures.principal.amount) - reference) / reference * 100


def _lacking(table: DayRates | None, currency: str, into: str) -> str | None:
    """Return the currencies for want of whose rate a sum cannot be converted, or None if it can."""
    codes = [code for code in (currency, into) if table is None or not table.has(code)]
    return None if currency == into or not codes else " and ".join(codes)


def _percent(share: Fraction) -> str:
    """Return a share above a limit in words, with as many places as tell it from what is allowed: rounded up."""
    hundredths = -(-share.numerator * 100 // share.denominator)
    return f"{Decimal(hundredths) / 100:.2f}"


def planned(figures: BookedFigures, reference: ReferenceRates | None) -> Decimal | None:
    """Return the instructed sum in the account's currency by the reference rates, or None without a rate."""
    currency, into = figures.instructed_sum.currency, figures.booked_sum.currency
    if reference is None or currency == into or _lacking(reference.rates, currency, into):
        return None
    return rounded(reference.rates.converted(figures.instructed_sum.amount, currency, into), into)


def figures_in_words(figures: BookedFigures) -> str:
    """Return the booked sum and the parts that make it, in words."""
    exchange = _exchange_in_words(figures, figures.rate) if figures.rate is not None else ""
    if not figures.charged:
        return f"booked {figures.booked_sum}{exchange}"
    charges = _plain(Money(amount=figures.charged, currency=figures.booked_sum.currency))
    sign = "-" if figures.is_return else "+"
    return f"booked {figures.booked_sum} = {_plain(figures.principal)}{exchange} {sign} charges {charges}"


def _exchange_in_words(figures: BookedFigures, rate: BankRate) -> str:
    """Return the instructed sum of an exchange and the bank's rate, in words."""
    other_currency = rate.target if rate.unit == rate.source else rate.source
    contract = f", contract {rate.contract}" if rate.contract else ""
    return f" for {figures.instructed_sum} at {rate.unit} 1 = {other_currency} {rate.rate:f}{contract}"


def _plain(money: Money) -> str:
    return f"{money.amount:,.{minor_digits(money.currency)}f}"
