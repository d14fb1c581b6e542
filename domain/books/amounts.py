"""Signed amounts. They are apart from `Money`, which is positive: no amount of a book can end in an instruction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.values import minor_digits

ZERO: Final = Decimal(0)


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
