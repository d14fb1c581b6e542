"""Sums in the base currency beside their own: planning figures by a day's reference rates, and no postings.

Lists have a column of them, and totals of several currencies a sum. Each says of which day its rates are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from accord.presentation import sheets
from accord.presentation.books import tables
from accord.presentation.books.tables import Rows
from accord.presentation.sheets import Column
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import sum_in_words
from domain.money.amounts import ZERO, rounded
from domain.screening.conversion import Conversion
from domain.values import Money

PLANNED: Final = "planned"
"""The field of the column: a sum in the base currency, or nothing where a currency has no rate."""

_Row = Mapping[str, Any]


RATES_OF: Final = "rates_of"
"""The field of the day whose reference rates a planning figure is made by."""


def _added(*fields: str) -> Callable[[_Row], Decimal]:
    return lambda row: sum((Decimal(row[field] or 0) for field in fields), ZERO)


_SUMS: Final[Mapping[tuple[Column, ...], Callable[[_Row], Decimal]]] = MappingProxyType(
    {
        tables.TRIAL_BALANCE: lambda row: Decimal(row["debit"]) - Decimal(row["credit"]),
        tables.FUND_STATEMENT: _added("available"),
        tables.COMMITMENTS: _added("approved", "conditional", "owed", "in_transit"),
        tables.AGEING: _added("amount"),
        tables.FORECAST: _added("left"),
        sheets.PARTNERSHIPS: _added("amount"),
        sheets.PAYMENTS: _added("amount"),
    }
)
"""By the columns of a list: the sum of a row that is converted. In a trial balance a debit is positive."""


class PlannedList(NamedTuple):
    """A list of the book with its column in the base currency, and by which rates it was made."""

    rows: Rows
    columns: tuple[Column, ...]
    words: str
    """The rates in words, or '' where nothing is converted."""


def planned_list(rows: Rows, columns: tuple[Column, ...], conversion: Conversion | None) -> PlannedList:
    """Return a list with its sums in the base currency as well, or as it is if the organisation has none."""
    if conversion is None:
        return PlannedList(rows, columns, "")
    rows_with_figures = [{**row, PLANNED: _planned(_SUMS[columns](row), row["currency"], conversion)} for row in rows]
    heading = Column(PLANNED, f"In {conversion.base}, planning", 1, is_sum=True, currency=conversion.base)
    return PlannedList(rows_with_figures, (*columns, heading), _words(rows, conversion))


def planned_file(rows: Rows, columns: tuple[Column, ...], conversion: Conversion | None) -> PlannedList:
    """Return a list of partnerships or payments as files have it: each figure with its currency and its rates' day."""
    planned = planned_list(rows, columns, conversion)
    if conversion is None:
        return planned
    day = conversion.rates.rates.day.isoformat() if conversion.rates is not None else ""
    marks = [{"planned_in": conversion.base, RATES_OF: day} if row[PLANNED] else {} for row in planned.rows]
    rows_with_marks = [{**row, **mark} for row, mark in zip(planned.rows, marks, strict=True)]
    further = (Column("planned_in", "Planned in", _FIRST_TO_GO), Column(RATES_OF, "Rates of", _FIRST_TO_GO))
    return PlannedList(rows_with_marks, (*planned.columns, *further), planned.words)


_FIRST_TO_GO: Final = 20
"""Columns that only files need: a table says it below."""


def planned_total(sums: Mapping[str, Decimal], conversion: Conversion | None) -> str:
    """Return the total of sums by currency in the base currency, in words, with the day of the rates.

    It is '' where there is nothing to convert: without a base currency, and where all is in it.
    """
    amounts = {currency: amount for currency, amount in sums.items() if amount}
    if conversion is None or amounts.keys() <= {conversion.base}:
        return ""
    table = conversion.rates.rates if conversion.rates is not None else None
    if table is None or not table.has(conversion.base):
        return f"no planning figure in {conversion.base}: no reference rate is on record that is new enough"
    with_rate = {currency: amount for currency, amount in amounts.items() if table.has(currency)}
    exact = sum((table.converted(amount, code, conversion.base) for code, amount in with_rate.items()), Fraction(0))
    total = sum_in_words(rounded(exact, conversion.base), conversion.base)
    lacking = sorted(amounts.keys() - with_rate.keys())
    without = f", without what has no rate ({', '.join(lacking)})" if lacking else ""
    return f"about {total} for planning, by the reference rates of {day_in_words(table.day)}{without}"


def _planned(amount: Decimal, currency: str | None, conversion: Conversion) -> str | None:
    if currency == conversion.base:
        return str(amount)
    table = conversion.rates.rates if conversion.rates is not None else None
    if currency is None or table is None or not (table.has(currency) and table.has(conversion.base)):
        return None
    return str(rounded(table.converted(amount, currency, conversion.base), conversion.base))


def _words(rows: Sequence[_Row], conversion: Conversion) -> str:
    sums = [Money(amount=Decimal(1), currency=row["currency"]) for row in rows if row["currency"]]
    head = f"{conversion.base} figures are for planning, and no postings"
    rates, lacking = conversion.told(sum_ for sum_ in sums if not conversion.lacking([sum_])), conversion.lacking(sums)
    without = f"; without a rate: {', '.join(lacking)}" if lacking else ""
    return f"{head}{f': {rates}' if rates else ''}{without}."
