"""Periods of a list: a month, a quarter, a year, from one day to another, or all of it, as an address names them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from accord.presentation.faults import BadInput
from accord.presentation.words.days import days_in_words

ALL: Final = "all"
MOST_YEARS: Final = 50
_NAMED: Final = re.compile(r"(?P<year>[0-9]{4})(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


class ListPeriod(NamedTuple):
    """The days of a list, both included. A day that is None is no bound."""

    name: str
    """Its name in an address, or '' for days that were chosen."""
    words: str
    first: date | None
    last: date | None

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms of its days, whole months as one, or () for no bound."""
        if self.first is None or self.last is None:
            return ()
        return tuple(_terms(self.first, self.last))


def period_of(name: str, first: str, last: str, today: date) -> ListPeriod:
    """Return the period that an address names, by default the year of `today`.

    Raises:
        BadInput: It names none. The message names the field.
    """
    if first or last:
        return _chosen(_day("from", first), _day("to", last), today)
    return named_period(name or f"{today.year}")


def named_period(name: str) -> ListPeriod:
    """Return a period by its name, such as 2026, 2026-Q4 or 2026-11. Raises BadInput if there is no such period."""
    if name == ALL:
        return ListPeriod(ALL, "all years", None, None)
    named = _NAMED.fullmatch(name)
    if named is None or int(named["year"]) < 1:
        raise BadInput(f"period: {name[:40]!r} is no period; write 2026, 2026-Q4, 2026-11 or {ALL}")
    year = int(named["year"])
    if named["quarter"]:
        month = int(named["quarter"]) * 3
        return ListPeriod(
            name, f"{date(year, month - 2, 1):%B} to {date(year, month, 1):%B %Y}", *_months(year, month - 2, month)
        )
    if named["month"]:
        month = int(named["month"])
        return ListPeriod(name, f"{date(year, month, 1):%B %Y}", *_months(year, month, month))
    return ListPeriod(name, str(year), *_months(year, 1, 12))


def periods_around(day: date) -> tuple[tuple[str, str], ...]:
    """Return the periods that a page offers on a day, each with its name and its words."""
    quarter = day.year * 4 + (day.month - 1) // 3
    return (
        (f"{day:%Y-%m}", f"{day:%B}"),
        (_quarter_name(quarter), "This quarter"),
        (_quarter_name(quarter - 1), "Last quarter"),
        (f"{day.year}", f"{day.year}"),
        (f"{day.year - 1}", f"{day.year - 1}"),
        (ALL, "All"),
    )


def _quarter_name(number: int) -> str:
    """Return the name of a quarter by its number, counted from that of the year 0."""
    return f"{number // 4}-Q{number % 4 + 1}"


def _chosen(first: date | None, last: date | None, today: date) -> ListPeriod:
    last = last or max(today, first or today)
    first = first or date(last.year, 1, 1)
    if first > last:
        raise BadInput(f"to: {last.isoformat()} is before {first.isoformat()}; write the later day second")
    if last.year - first.year >= MOST_YEARS:
        raise BadInput(f"from: these are more than {MOST_YEARS} years; choose a later day, or all")
    return ListPeriod("", days_in_words(first, last), first, last)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{name}: {text[:40]!r} is no day; write 2026-06-30") from None


def _terms(first: date, last: date) -> Iterator[str]:
    """Yield the terms of the days from one to another: of a whole month its own, of another month that of each day."""
    day = first
    while day <= last:
        end = date(day.year, day.month, monthrange(day.year, day.month)[1])
        if day.day == 1 and end <= last:
            yield f"month:{day:%Y-%m}"
            day = end
        else:
            yield f"day:{day.isoformat()}"
        if day == date.max:
            return
        day += timedelta(days=1)
