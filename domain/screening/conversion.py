"""The rates by which sums were converted for a decision, with the row that they are read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.money.amounts import rounded_up
from domain.money.rates import DayRates, read_rates
from domain.screening.sources import Source
from domain.values import (
    MOST_DIGITS,
    Currency,
    Money,
    Value,
    is_none,
)


class ReferenceRates(Value):
    """The reference rates of a day, with their row and its version, so that they are read again years later.

    Raises:
        ValueError: The row is none of rates.
    """

    source: Source

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        read_rates(self.source.row)
        return self

    @property
    def rates(self) -> DayRates:
        """The rates, per euro."""
        return read_rates(self.source.row)


class Conversion(Value):
    """The organisation's base currency, and the rates by which sums were converted into it for a decision."""

    base: Currency
    rates: Annotated[ReferenceRates | None, Field(exclude_if=is_none)] = None
    """None if no rates were loaded, or all were too old: then what is in another currency is not converted."""

    def lacking(self, sums: Iterable[Money]) -> tuple[str, ...]:
        """Return the currencies without a rate for want of which some sums cannot be converted, each once."""
        currencies = dict.fromkeys(money.currency for money in sums if money.currency != self.base)
        table = self.rates.rates if self.rates is not None else None
        needed = (*currencies, self.base) if currencies else ()
        return tuple(code for code in needed if table is None or not table.has(code)) if needed else ()

    def total(self, sums: Sequence[Money], into: str = "") -> Money | None:
        """Return sums as one, in the base currency unless another is given, or None if they cannot be told as one.

        The exact whole is rounded once, up: it is within a limit exactly if the sums are. It cannot be told where a
        currency has no rate, or where it has more digits than any sum of money may have.
        """
        target = into or self.base
        if self.model_copy(update={"base": target}).lacking(sums):
            return None
        table = self.rates.rates if self.rates is not None else DayRates(date.min, {})
        whole = sum((table.converted(money.amount, money.currency, target) for money in sums), Fraction(0))
        amount = rounded_up(whole, target)
        return Money(amount=amount, currency=target) if len(amount.as_tuple().digits) <= MOST_DIGITS else None

    def told(self, sums: Iterable[Money], into: str = "") -> str:
        """Return the day, the version and each rate by which some sums are converted, in words. Of none it is empty."""
        target = into or self.base
        currencies = dict.fromkeys(money.currency for money in sums if money.currency != target)
        if self.rates is None or not currencies:
            return ""
        table, version = self.rates.rates, self.rates.source.register_version
        shown_rates = ", ".join(f"{code} 1 = {target} {table.shown(code, target)}" for code in currencies)
        return f"{shown_rates} ({version.register_name} of {table.day}, version {version.version})"
