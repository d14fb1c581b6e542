"""Values as a letter says them: money, days and numbers in its language, by the rules of Unicode's CLDR."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import icu

from domain.values import Money, Printable, Value, minor_digits

Spoken = str | bool | list["Spoken"] | dict[str, "Spoken"] | None
"""A value as a template is handed it: text, yes or no, several, or parts by name."""

_check: Final[Callable[[str], str]] = Printable.func  # type: ignore[assignment]  # a function of one text, both times


class Speech:
    """The way in which a language says values."""

    def __init__(self, language: str) -> None:
        """Read the language's rules. `language`: a code of ISO 639-1."""
        self._locale = icu.Locale(language)
        self._days = icu.DateFormat.createDateInstance(icu.DateFormat.LONG, self._locale)
        self._days.setTimeZone(icu.TimeZone.getGMT())

    def said(self, value: Any) -> Spoken:
        """Return a value as the language says it. Names and sentences stay as they are.

        Raises:
            ValueError: A text holds signs that turn it around unseen, or control characters.
        """
        match value:
            case None | bool():
                return value
            case Money():
                return self.money(value)
            case date():
                return self.day(value)
            case Decimal() | int():
                return self.number(Decimal(value))
            case StrEnum():
                return value.value
            case str():
                return _check(value)
            case Value():
                return {name: self.said(getattr(value, name)) for name in type(value).model_fields}
            case tuple() | list():
                return [self.said(part) for part in value]
            case _:
                raise TypeError(f"a letter cannot say a {type(value).__name__}")

    def day(self, day: date) -> str:
        """Return a day in full, such as 3 de enero de 2027."""
        return str(self._days.format(datetime.combine(day, time(12), UTC)))

    def money(self, money: Money) -> str:
        """Return a sum with its currency's code, exact to the minor unit, such as USD 12,500.00."""
        return f"{money.currency}\N{NO-BREAK SPACE}{self.number(money.amount, minor_digits(money.currency))}"

    def number(self, number: Decimal, digits: int | None = None) -> str:
        """Return a number, exact: its digits pass through no binary fraction."""
        formatter = icu.NumberFormatter.withLocale(self._locale)
        if digits is not None:
            formatter = formatter.precision(icu.Precision.fixedFraction(digits))
        return str(formatter.formatDecimal(format(number, "f").encode()))

    def country(self, code: str) -> str:
        """Return a country's name."""
        return str(icu.Locale("", code).getDisplayCountry(self._locale))
