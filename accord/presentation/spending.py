"""Spending by line as people type it: in the grant's currency, or in the one in which it was spent and at its rate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError

from accord.presentation.faults import BadInput
from accord.presentation.input_files import places_of
from accord.presentation.sums import read_sum
from domain.budgets.spending import SpentAbroad


class TypedSpending(NamedTuple):
    """What was typed of the spending by line. The sums of lines are in the currency in which they were spent."""

    lines: Mapping[int, str]
    reasons: Mapping[int, str]
    period: int | None = None
    currency: str = ""
    """The currency in which it was spent, or '' for the grant's."""
    rate: str = ""
    arrived_on: date | str | None = None
    difference: str = ""
    difference_reason: str = ""

    @property
    def is_said(self) -> bool:
        """True if anything was typed."""
        return bool(self.lines or self.reasons or self.period or self.currency or self.rate or self.difference)


def figures_by_line(spending: TypedSpending, sums: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Return the figures of a report as a command has them. Without `spent`, it is what the lines make.

    `sums`: spent, unspent and returned in digits, as far as they were typed.

    Raises:
        BadInput: A sum is none, or the currency, the rate and the day are not given together.
    """
    abroad = _abroad(spending, currency)
    lines = [_line(number, text, spending, abroad, currency) for number, text in spending.lines.items()]
    if strange := spending.reasons.keys() - spending.lines.keys():
        raise BadInput(f"line {min(strange)} has a reason and no sum; give its sum as well")
    difference = abroad.difference if abroad is not None else Decimal(0)
    whole = sum((Decimal(line["spent"]) for line in lines), difference)
    figures: dict[str, Any] = {"currency": currency, "spent": str(whole), **sums}
    figures |= {"lines": lines} if lines else {}
    figures |= {"period": spending.period} if spending.period is not None else {}
    return figures | ({"abroad": abroad.model_dump(mode="json")} if abroad is not None else {})


def _line(number: int, text: str, spending: TypedSpending, abroad: SpentAbroad | None, currency: str) -> dict[str, Any]:
    code = abroad.currency if abroad is not None else currency
    amount = read_sum_of(f"line {number}", text, code)
    line: dict[str, Any] = {"line": number, "spent": amount}
    if abroad is not None:
        line = {"line": number, "spent": str(abroad.in_currency(Decimal(amount), currency)), "local": amount}
    reason = spending.reasons.get(number)
    return {**line, "reason": reason} if reason else line


def _abroad(spending: TypedSpending, currency: str) -> SpentAbroad | None:
    rate_fields = (spending.currency, spending.rate, spending.arrived_on)
    if not any(rate_fields) and not spending.difference:
        return None
    if not all(rate_fields):
        raise BadInput("give the currency in which it was spent, its rate, and the day on which it arrived, together")
    content = {
        "currency": spending.currency,
        "rate": spending.rate.replace(",", "") if spending.rate else "",
        "arrived_on": spending.arrived_on,
        "difference": _signed(spending.difference, currency) if spending.difference else "0",
        "reason": spending.difference_reason or None,
    }
    try:
        return SpentAbroad.model_validate(content)
    except ValidationError as fault:
        first = fault.errors()[0]
        name, words = ".".join(map(str, first["loc"])), str(first["msg"]).removeprefix("Value error, ")
        raise BadInput(f"figures.abroad.{name}: {words}") from None


def _signed(text: str, currency: str) -> str:
    sign = "-" if text.startswith("-") else ""
    return sign + read_sum_of("the exchange difference", text.removeprefix("-"), currency)


def read_sum_of(name: str, text: str, currency: str) -> str:
    """Return a typed sum in digits. Raises BadInput, which says of what it is."""
    try:
        return read_sum(text, currency, places_of(currency))
    except BadInput as fault:
        raise BadInput(f"{name}: {fault}") from None


def disallowed_of(text: str) -> dict[str, str]:
    """Return a cost that is not allowed, such as `Travel=200.00`. Raises BadInput, which names the option."""
    category, sign, amount = text.rpartition("=")
    if not sign or not category.strip() or not amount.strip():
        raise BadInput(f"--disallowed: {text!r} is no category with a sum; write such as 'Travel=200.00'")
    return {"category": category.strip(), "amount": read_sum_of("--disallowed", amount, "")}
