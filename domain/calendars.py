"""Business days, counted by a calendar: the days on which nobody is waited for, under the name of an edition.

A released edition is kept as it is, so that what was counted by it is counted so again years later. A newer edition
differs in days after its release alone. They are made of the library `holidays`, which a test holds them against.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple


class Calendar(NamedTuple):
    """An edition of the organisation's calendar."""

    edition: str
    free: tuple[date, ...]
    """The weekdays on which it does not work, in order."""

    def is_business_day(self, moment: datetime) -> bool:
        """True if a time is on a business day: neither on a weekend nor on a free weekday."""
        return moment.weekday() < 5 and not self._free_between(moment.date() - timedelta(days=1), moment.date())

    def after(self, moment: datetime, days: int) -> datetime:
        """Return the same time of day a number of business days later (earlier if the number is negative)."""
        step = timedelta(days=1 if days >= 0 else -1)
        left = abs(days)
        while left:
            moment += step
            left -= self.is_business_day(moment)
        return moment

    def days_until(self, day: date, today: date) -> int:
        """Return how many business days there are from today to a day: 0 for today, below it for a day that is over."""
        low, high = sorted((day, today))
        weeks, left = divmod((high - low).days, 7)
        odd = sum((low.weekday() + step) % 7 < 5 for step in range(1, left + 1))
        number = 5 * weeks + odd - self._free_between(low, high)
        return number if day >= today else -number

    def _free_between(self, low: date, high: date) -> int:
        """Return how many free weekdays come after one day, up to another one."""
        return bisect_right(self.free, high) - bisect_right(self.free, low)


def _read(edition: str, written: str) -> Calendar:
    lines = (line.partition(": ") for line in written.strip().splitlines())
    days = (f"{year}-{day}" for year, _, days in lines for day in days.split())
    return Calendar(edition, tuple(map(date.fromisoformat, days)))


_FEDERAL_2026: Final = """
2020: 01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25
2021: 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31
2022: 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2023: 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25
2024: 01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2025: 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2026: 01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25
2027: 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31
2028: 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25
2029: 01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2030: 01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2031: 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2032: 01-01 01-19 02-16 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31
2033: 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2034: 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25
2035: 01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2036: 01-01 01-21 02-18 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2037: 01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25
2038: 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31
2039: 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2040: 01-02 01-16 02-20 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2041: 01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2042: 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2043: 01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25
2044: 01-01 01-18 02-15 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2045: 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25
2046: 01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2047: 01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2048: 01-01 01-20 02-17 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25
2049: 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31
2050: 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2051: 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25
2052: 01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2053: 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2054: 01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25
2055: 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31
2056: 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25
2057: 01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2058: 01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2059: 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2060: 01-01 01-19 02-16 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31
"""
"""The weekdays of 2020 to 2060 that are US federal holidays, or on which one is observed (5 USC 6103), by year."""

RELEASED: Final = (_read("US-2026", _FEDERAL_2026),)

CALENDARS: Final[Mapping[str, Calendar]] = MappingProxyType({calendar.edition: calendar for calendar in RELEASED})
"""Every edition by which something was ever counted."""

FIRST: Final = RELEASED[0]
"""The edition of what was recorded before the record named one."""

CALENDAR: Final = RELEASED[-1]
"""The edition in force."""
