"""Signed amounts and the one rounding. They are apart from `Money`, which is positive: none ends in an instruction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

from domain.values import minor_digits

ZERO: Final = Decimal(0)
_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True, order=True)
class SignedAmount:
    """A signed amount in one currency, exact to its smallest unit. In a posting, a debit is positive.

    Raises:
        ValueError: It has more decimal places than its currency.
    """

    currency: str
    value: Decimal

    def __post_init__(self) -> None:
        digits = minor_digits(self.currency)
        if self.value != round(self.value, digits):
            raise ValueError(f"{self.value} has more decimal places than {self.currency}, which has {digits}")

    def __neg__(self) -> SignedAmount:
        return SignedAmount(self.currency, -self.value)

    def __add__(self, other: SignedAmount) -> SignedAmount:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are not added; convert one of them at a rate")
        return SignedAmount(self.currency, self.value + other.value)

    def __str__(self) -> str:
        return f"{self.value:.{minor_digits(self.currency)}f} {self.currency}"

    @property
    def written(self) -> str:
        """The value with all decimal places of its currency, without separators."""
        return f"{self.value:.{minor_digits(self.currency)}f}"


def sums_by_currency(amounts: Iterable[SignedAmount]) -> dict[str, Decimal]:
    """Return the sum of amounts in each currency."""
    sums: dict[str, Decimal] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, ZERO) + amount.value
    return sums


def rounded(value: Fraction, currency: str) -> Decimal:
    """Return an exact value in the smallest unit of a currency, half a unit away from zero (EC 1103/97, article 5)."""
    units = value * 10 ** minor_digits(currency)
    return _in_units(floor(units + _HALF) if units >= 0 else ceil(units - _HALF), currency)


def rounded_up(value: Fraction, currency: str) -> Decimal:
    """Return the least amount of a currency that is not below an exact value.

    An amount rounded up is within a limit exactly if the value itself is: a limit has no parts of a unit.
    """
    return _in_units(ceil(value * 10 ** minor_digits(currency)), currency)


def _in_units(units: int, currency: str) -> Decimal:
    """Return a number of smallest units as an amount, exact whatever the precision of decimals is."""
    digits = tuple(int(digit) for digit in str(abs(units)))
    return Decimal((int(units < 0), digits, -minor_digits(currency)))
