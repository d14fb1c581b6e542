"""One way to write days, times and distances on every page. A day of this year is written without its year."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Final, Self

from accord.presentation.numbers import count_in_words
from accord.presentation.times.zones import local
from domain.calendars import CALENDAR
from ledger import clock

SOON: Final = 3
"""Working days from which on a day is told as soon."""
_DAYS_OF_A_MONTH: Final = 365.25 / 12
_QUARTER: Final = 3
_DAYS_KEPT: Final = 256
"""Days whose distance is kept: many lines of a list are due on one."""


class WrittenDay(str):
    """A day or a time in words. A page writes it as an element that holds all of it for machines."""

    __slots__ = ("whole",)
    whole: str
    """The day, or the time with its zone, as ISO 8601 writes it."""

    @classmethod
    def of(cls, words: str, moment: date) -> Self:
        """Return words for a day or a time."""
        written = cls(words)
        written.whole = moment.isoformat()
        return written

    def __html__(self) -> str:
        """Return it as an element of a page."""
        return f'<time datetime="{self.whole}">{self}</time>'


def day_in_words(moment: date | None) -> str:
    """Return a day as pages write it: 2 Dec, or 2 Dec 2025 in another year than this one, or '' for none."""
    if moment is None:
        return ""
    return WrittenDay.of(_day(moment, with_year=moment.year != clock.today().year), moment)


def iso_day_in_words(text: str) -> str:
    """Return a day of ISO 8601 as pages write it, or the text as it is where a person wrote a day that there is not."""
    try:
        return day_in_words(date.fromisoformat(text))
    except ValueError:
        return text


def whole_day_in_words(moment: date | None) -> str:
    """Return a day with its year, as pages write it that tell what somebody signed, or '' for none."""
    return "" if moment is None else WrittenDay.of(_day(moment, with_year=True), moment)


def days_in_words(first: date, last: date) -> str:
    """Return two days with what lies between them. Where one needs its year, both have it."""
    with_year = {first.year, last.year} != {clock.today().year}
    return f"{_day(first, with_year)} to {_day(last, with_year)}"


def time_in_words(moment: datetime | None) -> str:
    """Return a day and a time in the reader's zone, or '' for none."""
    if moment is None:
        return ""
    return _time(moment, day_in_words(local(moment)))


def whole_time_in_words(moment: datetime) -> str:
    """Return a time with its year, as pages write it that tell what somebody signed."""
    return _time(moment, whole_day_in_words(local(moment)))


@lru_cache(_DAYS_KEPT)
def due_in_words(due: date, today: date) -> tuple[str, str]:
    """Return how far a day is away, with its tone: bad once it is late, warn if it is soon, or ''.

    Near days are told in working days, and days that are over a quarter of a year away in months.
    """
    days, is_late = CALENDAR.days_until(due, today), due < today
    if days == 0:
        return ("late", "bad") if is_late else ("today", "warn")
    months = round(abs((due - today).days) / _DAYS_OF_A_MONTH)
    number = count_in_words(months, "month") if months > _QUARTER else count_in_words(abs(days), "working day")
    return (f"{number} late", "bad") if is_late else (f"in {number}", "warn" if days <= SOON else "")


def _time(moment: datetime, day: str) -> str:
    return WrittenDay.of(f"{day}, {local(moment):%H:%M %Z}", moment)


def _day(moment: date, with_year: bool) -> str:
    return f"{moment.day} {moment:%b %Y}" if with_year else f"{moment.day} {moment:%b}"
