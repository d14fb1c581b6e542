"""The rails on which payments leave: which one, by currency, country and sum, is a table of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Self

from pydantic import Field, model_validator

from domain.values import Country, Currency, Money, PositiveAmount, Value, is_none


class PaymentRail(StrEnum):
    """A way by which a payment reaches its bank."""

    ISO_20022 = "ISO_20022"
    """A credit transfer in a pain.001 file."""
    NACHA = "NACHA"
    """An ACH credit (CCD) in a NACHA file, between two banks in the United States, in dollars."""
    MANUAL = "MANUAL"
    """Typed by a person into the bank's portal, from a sheet, and signed by a second one before its release there."""


class RailRule(Value):
    """A row of the table: payments like this leave on this rail."""

    rail: PaymentRail
    currency: Currency
    country: Country | None = Field(
        default=None, exclude_if=is_none, description="The country of the payee's bank; any without it"
    )
    up_to: PositiveAmount | None = Field(default=None, exclude_if=is_none, description="Without it: any sum")

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.rail is PaymentRail.NACHA and (self.currency, self.country) != ("USD", "US"):
            raise ValueError(
                'rails: NACHA carries dollars within the United States; write currency "USD", country "US"'
            )
        return self

    def covers(self, money: Money, country: str) -> bool:
        """True if a payment of a sum to a bank in a country leaves on this rail."""
        return (
            money.currency == self.currency
            and self.country in {None, country}
            and (self.up_to is None or money.amount <= self.up_to)
        )


USUAL: Final = PaymentRail.ISO_20022
"""The rail of what no row covers."""


def rail_of(rules: Sequence[RailRule], money: Money, country: str) -> PaymentRail:
    """Return the rail of a payment: that of the first row that covers it. `country`: that of the payee's bank."""
    return next((rule.rail for rule in rules if rule.covers(money, country)), USUAL)


def is_usual(rail: PaymentRail) -> bool:
    """True if a rail is the usual one, which no record names."""
    return rail is USUAL
