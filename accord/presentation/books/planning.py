"""The book's lists with a column in the base currency: planning figures by a day's reference rates, and no postings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from accord.presentation.books import tables
from accord.presentation.books.tables import Rows
from accord.presentation.sheets import Column
from domain.money.amounts import ZERO, rounded
from domain.screening.evidence import Conversion
from domain.values import Money

PLANNED: Final = "planned"
"""The field of the column: a sum in the base currency, or nothing where a currency has no rate."""

_Row = Mapping[str, Any]


def _added(*fields: str) -> Callable[[_Row], Decimal]:
    return lambda row: sum((Decimal(row[field]) for field in fields), ZERO)


_SUMS: Final[Mapping[tuple[Column, ...], Callable[[_Row], Decimal]]] = MappingProxyType(
    {
        tables.TRIAL_BALANCE: lambda row: Decimal(row["debit"]) - Decimal(row["credit"]),
        tables.FUND_STATEMENT: _added("available"),
        tables.COMMITMENTS: _added("approved", "conditional", "owed", "in_transit"),
        tables.AGEING: _added("amount"),
        tables.FORECAST: _added("left"),
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


def _planned(amount: Decimal, currency: str, conversion: Conversion) -> str | None:
    if currency == conversion.base:
        return str(amount)
    table = conversion.rates.rates if conversion.rates is not None else None
    if table is None or not (table.has(currency) and table.has(conversion.base)):
        return None
    return str(rounded(table.converted(amount, currency, conversion.base), conversion.base))


def _words(rows: Sequence[_Row], conversion: Conversion) -> str:
    sums = [Money(amount=Decimal(1), currency=row["currency"]) for row in rows]
    head = f"{conversion.base} figures are for planning, and no postings"
    rates, lacking = conversion.told(sum_ for sum_ in sums if not conversion.lacking([sum_])), conversion.lacking(sums)
    without = f"; without a rate: {', '.join(lacking)}" if lacking else ""
    return f"{head}{f': {rates}' if rates else ''}{without}."
