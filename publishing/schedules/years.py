"""Fiscal years of a filer."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple


class FiscalYear(NamedTuple):
    """A fiscal year, both days included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """True if a day is of it."""
        return self.first <= day <= self.last


def last_year_over(year_ends: str, on: date) -> FiscalYear:
    """Return the newest fiscal year that is over at the end of a day. `year_ends`: its last day, such as 06-30."""
    last = _end_in(on.year, year_ends)
    if last > on:
        last = _end_in(on.year - 1, year_ends)
    return FiscalYear(_end_in(last.year - 1, year_ends) + timedelta(days=1), last)


def year_of_day(year_ends: str, day: date) -> FiscalYear:
    """Return the fiscal year that a day is of. `year_ends`: its last day, such as 06-30."""
    last = _end_in(day.year, year_ends)
    if last < day:
        last = _end_in(day.year + 1, year_ends)
    return FiscalYear(_end_in(last.year - 1, year_ends) + timedelta(days=1), last)


def _end_in(year: int, year_ends: str) -> date:
    """Return the last day of the fiscal year that ends in a calendar year: 02-29 is the last day of February."""
    month, day = map(int, year_ends.split("-"))
    last_of_month = monthrange(year, month)[1]
    return date(year, month, last_of_month if (month, day) == (2, 29) else min(day, last_of_month))
