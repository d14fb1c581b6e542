"""Commitments ahead: what is agreed and not booked, by the year in which it is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from publishing.board.groups import LineShare, grouped
from publishing.board.lines import BoardLine
from publishing.board.shares import BoardShare, ShareKind, sum_of_shares
from publishing.schedules.years import FiscalYear, year_of_day
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

YEARS: Final = 4
"""The years of which each has a column: the one of the next day, and those after it."""

_DAY: Final = timedelta(days=1)
_TRANSIT: Final = PublishedColumn("in_transit", "On its way")
_PAST: Final = PublishedColumn("due", "Due already")
_LATER: Final = PublishedColumn("later", "Later")
_NO_DAY: Final = PublishedColumn("no_day", "No day said")


def ahead_table(lines: Sequence[BoardLine], year_ends: str, on: date) -> PublishedTable:
    """Return the commitments ahead, by programme and by the fiscal year of the day before which they are not paid."""
    years = [year_of_day(year_ends, on + _DAY)]
    while len(years) < YEARS:
        years.append(year_of_day(year_ends, years[-1].last + _DAY))
    names = [PublishedColumn(f"year_{year.last.year}", str(year.last.year)) for year in years]
    columns = (
        PublishedColumn("group", "Programme"), PublishedColumn("currency", "Currency"), _TRANSIT, _PAST, *names,
        _LATER, _NO_DAY, PublishedColumn("ahead", "Ahead"),
    )  # fmt: skip
    groups = grouped(lines, lambda line, _: line.programme)
    rows = (_row(group, shares, years, on) for group, shares in groups.items())
    return PublishedTable("ahead-by-year", "Ahead by year", columns, tuple(row for row in rows if row is not None))


def _row(
    group: tuple[str, str], shares: Iterable[LineShare], years: Sequence[FiscalYear], on: date
) -> dict[str, CellValue] | None:
    """Return the row of a group, or None if nothing of it is ahead."""
    label, currency = group
    lines = {line.case.reference: line for line, share in shares if share.kind is ShareKind.AHEAD}
    ahead = [share for line in lines.values() for share in line.ahead() if share.currency == currency]
    if not ahead:
        return None
    by_column: dict[str, list[BoardShare]] = {}
    for share in ahead:
        by_column.setdefault(column_of(share, years, on), []).append(share)
    figures = {column: sum_of_shares(currency, parts) for column, parts in by_column.items()}
    return {"group": label, "currency": currency, **figures, "ahead": sum_of_shares(currency, ahead)}


def column_of(share: BoardShare, years: Sequence[FiscalYear], on: date) -> str:
    """Return the column that a share of something ahead is of."""
    promise = share.promise
    if promise is not None and promise.in_transit:
        return _TRANSIT.field
    if promise is None or promise.due is None:
        return _NO_DAY.field
    if promise.due <= on:
        return _PAST.field
    year = next((year for year in years if year.holds(promise.due)), None)
    return f"year_{year.last.year}" if year is not None else _LATER.field
