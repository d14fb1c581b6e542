"""Reference rates of one day, per euro, and the exact cross rates between any two currencies that have one.

A row is the day with each rate beside its currency: `2026-11-30,USD=1.1581,JPY=180.95`. Rates are decimals as published
and never floats; a cross rate goes through the euro and is an exact fraction until the one rounding of a sum. They are
for planning, tiers and reports: what a bank booked, it booked at its own rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from domain.values import short

EURO: Final = "EUR"

_DIGITS: Final = 6
"""Significant digits of a rate that is shown (EC 1103/97, article 4)."""

_SHOWN: Final = Context(prec=_DIGITS, rounding=ROUND_HALF_UP)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CODE: Final = re.compile(r"[A-Z]{3}")
_RATE: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


class DayRates(NamedTuple):
    """The rates of one day: by currency, how much of it one euro is."""

    day: date
    per_euro: Mapping[str, Decimal]

    def has(self, currency: str) -> bool:
        """True if a currency has a rate on this day. The euro always has one."""
        return currency == EURO or currency in self.per_euro

    def cross(self, currency: str, into: str) -> Fraction:
        """Return the exact amount of one currency that one unit of another is.

        Raises:
            KeyError: One of them has no rate.
        """
        return self._per_euro(into) / self._per_euro(currency)

    def converted(self, amount: Decimal, currency: str, into: str) -> Fraction:
        """Return an amount in another currency, exact: whoever needs units rounds the whole sum, once.

        Raises:
            KeyError: One of the currencies has no rate.
        """
        return Fraction(amount) * (Fraction(1) if currency == into else self.cross(currency, into))

    def shown(self, currency: str, into: str) -> str:
        """Return a cross rate in six significant digits, for people. Nothing is computed from it."""
        rate = self.cross(currency, into)
        return f"{_SHOWN.divide(Decimal(rate.numerator), Decimal(rate.denominator)):f}"

    def _per_euro(self, currency: str) -> Fraction:
        return Fraction(1) if currency == EURO else Fraction(self.per_euro[currency])


def read_rates(row: str) -> DayRates:
    """Return the rates in a row.

    Raises:
        ValueError: It has no day or no rate, or one of its rates is none, or zero, or given twice.
    """
    day_text, *cells = row.split(",")
    if not cells:
        raise ValueError(f"{short(day_text)} has no rate of any currency")
    rates = list(map(_rate, cells))
    if len(per_euro := dict(rates)) < len(rates):
        codes = [code for code, _ in rates]
        raise ValueError(f"two rates of {next(code for code in codes if codes.count(code) > 1)} on one day")
    return DayRates(_day(day_text), per_euro)


def write_rates(day: str, per_euro: Mapping[str, str]) -> str:
    """Return the row of a day, with its rates as they were published."""
    return ",".join((day, *(f"{code}={rate}" for code, rate in per_euro.items())))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise ValueError(f"{short(text)} is not a day of the calendar written YYYY-MM-DD") from None


def _rate(cell: str) -> tuple[str, Decimal]:
    code, _, text = cell.partition("=")
    if not _CODE.fullmatch(code) or code == EURO:
        raise ValueError(f"{short(code)} is no currency that has a rate against the euro")
    if not _RATE.fullmatch(text):
        raise ValueError(f"the rate of {code} is {short(text)}, not a number such as 1.1581")
    rate = Decimal(text)
    if not rate:
        raise ValueError(f"the rate of {code} is {text}, and no currency is worth nothing")
    return code, rate


_LEAP: Final = 2
"""No rate doubles or halves from one day to the next: a column was exchanged, or a point lost."""


def leaps(before: DayRates, after: DayRates) -> Iterator[str]:
    """Yield each currency whose rate on the next published day is not below the double, or above the half, in words."""
    for code, rate in after.per_euro.items():
        earlier = before.per_euro.get(code, rate)
        if not earlier / _LEAP < rate < earlier * _LEAP:
            yield f"the rate of {code} is {rate}, and was {earlier} on {before.day}"
