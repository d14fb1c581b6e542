"""Deadlines in business days: a reminder before the due time, and a director who stands in after it (R50)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import holidays
from pydantic import Field

from domain.values import Moment, Value, is_empty, is_false

HOLIDAYS: Final = frozenset(holidays.country_holidays("US", years=range(2020, 2061)))
"""US federal holidays, read at import. Due dates are recorded, so a later table changes no past one."""


class Wait(StrEnum):
    """An act of a person that the partnership waits for."""

    ANSWER = "ANSWER"
    """The proposer's answer to a question."""
    CLEARANCE = "CLEARANCE"
    """A verifier's decision on a referral."""
    APPROVAL = "APPROVAL"
    AGREEMENT = "AGREEMENT"
    """The signed agreement."""
    HOLD = "HOLD"
    """The lifting of a hold. It never lapses: it is told again and again, so that no hold lasts for ever unseen."""
    OBLIGATION = "OBLIGATION"
    """A debt by a day of its own, such as a report. It never lapses either, not even with the partnership."""


class TimeLimit(NamedTuple):
    """Three numbers of business days: until an act is due, for the reminder before, and for a director after that."""

    days: int
    reminder: int
    escalated: int


ALLOWANCES: Final = {
    Wait.ANSWER: TimeLimit(15, 5, 10),
    Wait.CLEARANCE: TimeLimit(5, 2, 5),
    Wait.APPROVAL: TimeLimit(10, 3, 5),
    Wait.AGREEMENT: TimeLimit(20, 5, 20),
    Wait.HOLD: TimeLimit(10, 3, 20),
    Wait.OBLIGATION: TimeLimit(0, 10, 20),
}


LAPSING: Final = frozenset({Wait.ANSWER, Wait.CLEARANCE, Wait.APPROVAL, Wait.AGREEMENT})
"""The waits that end a partnership in the end."""


class Deadline(Value):
    """A time by which somebody must have acted."""

    wait: Wait
    remind_at: Moment
    due: Moment
    reminded: bool = False
    escalated: bool = False
    asked: bool = Field(default=False, exclude_if=is_false)
    """True if people were asked once more, before what lapses ends."""
    obligation: str = Field(default="", exclude_if=is_empty)
    """The obligation whose day it is, if the wait is for one."""

    @property
    def lapses(self) -> bool:
        """True if the partnership ends, or is held, once nobody has acted after its escalation."""
        return self.escalated and self.wait in LAPSING

    @property
    def next_at(self) -> Moment:
        """The next time at which something happens: the reminder, the due time, the question before a lapse."""
        if self.lapses and not self.asked:
            return after_business_days(self.due, -ALLOWANCES[self.wait].reminder)
        return self.due if self.reminded or self.escalated else self.remind_at


def is_business_day(moment: datetime) -> bool:
    """True if a time is on a business day: neither on a weekend nor on a US federal holiday."""
    return moment.weekday() < 5 and moment.date() not in HOLIDAYS


def after_business_days(moment: datetime, days: int) -> datetime:
    """Return the same time of day a number of business days later (earlier if the number is negative)."""
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left:
        moment += step
        left -= is_business_day(moment)
    return moment


def business_days_until(day: date, today: date) -> int:
    """Return the number of business days from today to a day: 0 for today, below it for a day that has passed."""
    low, high = sorted((day, today))
    weeks, left = divmod((high - low).days, 7)
    odd = sum((low.weekday() + one) % 7 < 5 for one in range(1, left + 1))
    free = bisect_right(_FREE_WEEKDAYS, high) - bisect_right(_FREE_WEEKDAYS, low)
    number = 5 * weeks + odd - free
    return number if day >= today else -number


_FREE_WEEKDAYS: Final = sorted(day for day in HOLIDAYS if day.weekday() < 5)


def end_of(day: date) -> datetime:
    """Return the end of a day, UTC."""
    return datetime.combine(day + timedelta(days=1), time(0), UTC)


def deadline_of(wait: Wait, moment: datetime) -> Deadline:
    """Return the deadline of a wait that begins at `moment`."""
    allowance = ALLOWANCES[wait]
    due = after_business_days(moment, allowance.days)
    return Deadline(wait=wait, remind_at=after_business_days(due, -allowance.reminder), due=due)
