"""Spending by line of a budget, in which currency and at which rate, and costs that are not allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

from pydantic import Field

from domain.budgets.lines import LineNumber
from domain.budgets.terms import Category, LineSum
from domain.fault import Fault
from domain.values import Currency, ExactDecimal, PositiveAmount, Sentence, Value, is_none, is_zero, minor_digits

Rate = Annotated[ExactDecimal, Field(gt=0, max_digits=20, decimal_places=10)]
SignedSum = Annotated[ExactDecimal, Field(max_digits=18)]


class LineSpent(Value):
    """The spending on a line from the first payment on, in the grant's currency."""

    line: LineNumber
    spent: LineSum
    local: LineSum | None = Field(
        default=None, exclude_if=is_none, description="The same in the currency in which it was spent"
    )
    reason: Sentence | None = Field(
        default=None, exclude_if=is_none, description="Why it is further from its budget than is free"
    )


class SpentAbroad(Value):
    """The currency in which the money was spent, and what it was worth on the day it arrived."""

    currency: Currency
    rate: Rate = Field(description="How much of it the bank gave for one unit of the grant's currency")
    arrived_on: date = Field(description="The day on which the money arrived at that rate")
    difference: SignedSum = Field(
        default=Decimal(0),
        exclude_if=is_zero,
        description="What exchange took beside the lines, or gave if it is below zero, in the grant's currency",
    )
    reason: Sentence | None = Field(default=None, exclude_if=is_none, description="What made the difference")

    def in_currency(self, local: Decimal, currency: str) -> Decimal:
        """Return a sum in the grant's currency, rounded once, half to even."""
        return (local / self.rate).quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_EVEN)


class Disallowed(Value):
    """A cost that is not allowed: the grantee pays it back."""

    category: Category
    amount: PositiveAmount


def spent_by_line(lines: tuple[LineSpent, ...]) -> Mapping[int, Decimal]:
    """Return the sum that was spent of each line, by its number."""
    return {line.line: line.spent for line in lines}


def exchange_faults(lines: tuple[LineSpent, ...], abroad: SpentAbroad | None, currency: str) -> Iterator[Fault]:
    """Yield the faults between the sums in two currencies."""
    for line in lines:
        field = f"figures.lines: line {line.line}"
        if abroad is None and line.local is not None:
            yield Fault(f"{field} has a sum in another currency; say in which, and at which rate (--spent-in, --rate)")
        if abroad is not None and line.local is None:
            yield Fault(f"{field} says nothing in {abroad.currency}; give the sum that was spent, 0 for nothing")
        elif abroad is not None and line.local is not None:
            yield from _faults_of_one(line, line.local, abroad, currency, field)
    if abroad is not None and abroad.currency == currency:
        yield Fault(f"figures.abroad: the grant is in {currency} itself; leave currency and rate out")
    if abroad is not None and abroad.difference and abroad.reason is None:
        yield Fault("figures.abroad: say what made the exchange difference (--exchange-reason)")


def _faults_of_one(line: LineSpent, local: Decimal, abroad: SpentAbroad, currency: str, field: str) -> Iterator[Fault]:
    digits = minor_digits(abroad.currency)
    if local != round(local, digits):
        yield Fault(f"{field}: {local} has more decimals than {abroad.currency} has, {digits}")
    expected_sum = abroad.in_currency(local, currency)
    if line.spent != expected_sum:
        yield Fault(
            f"{field} says {line.spent:,} {currency}, and {local:,} {abroad.currency} at {abroad.rate} are "
            f"{expected_sum:,}; correct one of them"
        )
