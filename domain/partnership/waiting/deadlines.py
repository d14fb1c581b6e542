"""Deadlines in business days: a reminder before the due time, and a director who stands in after it (R50)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import Field

from domain.calendars import CALENDAR, CALENDARS, FIRST, Calendar
from domain.values import Moment, Value, is_empty, is_false


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
    calendar: str = Field(default="", exclude_if=is_empty)
    """The edition of the calendar by which its business days are counted; empty where none was recorded yet."""

    @property
    def counted_by(self) -> Calendar:
        """The calendar by which its business days are counted."""
        return CALENDARS.get(self.calendar, CALENDAR) if self.calendar else FIRST

    @property
    def lapses(self) -> bool:
        """True if the partnership ends, or is held, once nobody has acted after its escalation."""
        return self.escalated and self.wait in LAPSING

    @property
    def next_at(self) -> Moment:
        """The next time at which something happens: the reminder, the due time, the question before a lapse."""
        if self.lapses and not self.asked:
            return self.counted_by.after(self.due, -ALLOWANCES[self.wait].reminder)
        return self.due if self.reminded or self.escalated else self.remind_at


def end_of(day: date) -> datetime:
    """Return the end of a day, UTC."""
    return datetime.combine(day + timedelta(days=1), time(0), UTC)


def deadline_of(wait: Wait, moment: datetime, calendar: Calendar = CALENDAR) -> Deadline:
    """Return the deadline of a wait that begins at `moment`, counted by a calendar, which it names."""
    allowance = ALLOWANCES[wait]
    due = calendar.after(moment, allowance.days)
    remind_at = calendar.after(due, -allowance.reminder)
    return Deadline(wait=wait, remind_at=remind_at, due=due, calendar=calendar.edition)
