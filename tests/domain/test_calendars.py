"""Editions of the calendar: what a released one says stays for ever, and is what the field's own library says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import pairwise

import holidays

from domain.calendars import CALENDAR, FIRST, RELEASED
from domain.partnership.events import DeadlineSet
from domain.partnership.waiting.deadlines import Deadline, Wait, deadline_of
from domain.recorded.schema import event_payload
from tests.builders import NOON

YEARS = range(2020, 2061)
SUMS = {"US-2026": "e7a945f168a9addcb421ce3ec8cf8c48b1cc9550620b80166ea3ed5692df71fb"}
"""The SHA-256 of the free days of each released edition."""
RELEASED_ON = {"US-2026": date(2026, 11, 20)}


def test_a_released_edition_does_not_change() -> None:
    sums = {one.edition: sha256(" ".join(map(str, one.free)).encode()).hexdigest() for one in RELEASED}
    assert sums == SUMS, "a released calendar was edited; add an edition beside it"


def test_the_edition_in_force_is_what_the_library_says() -> None:
    """A newer release of the library that says otherwise is no fault of the past: it makes a new edition."""
    said = tuple(sorted(day for day in holidays.country_holidays("US", years=YEARS) if day.weekday() < 5))
    assert said == CALENDAR.free, "add an edition to domain/calendars.py, made of what the library says now"


def test_a_newer_edition_leaves_every_day_before_its_release_as_it_was() -> None:
    for older, newer in pairwise(RELEASED):
        since = RELEASED_ON[newer.edition]
        assert [day for day in older.free if day < since] == [day for day in newer.free if day < since]


def test_a_deadline_names_the_calendar_by_which_its_days_were_counted() -> None:
    deadline = deadline_of(Wait.APPROVAL, NOON)
    assert (deadline.calendar, deadline.counted_by) == (CALENDAR.edition, CALENDAR)
    recorded = event_payload(DeadlineSet(at=NOON, deadline=deadline))
    assert recorded["deadline"]["calendar"] == "US-2026"


def test_what_was_recorded_before_a_calendar_was_named_is_read_and_kept_as_it_stands() -> None:
    old = {"wait": "APPROVAL", "remind_at": "2026-11-16T12:00:00Z", "due": "2026-11-19T12:00:00Z"}
    deadline = Deadline.model_validate(old)
    assert deadline.counted_by is FIRST
    assert "calendar" not in deadline.model_dump(mode="json")


def test_another_calendar_is_handed_in_as_a_value() -> None:
    friday, week = datetime(2026, 11, 6, 12, tzinfo=UTC), tuple(date(2026, 11, day) for day in range(9, 14))
    closed = CALENDAR._replace(edition="CLOSED", free=week)
    assert deadline_of(Wait.CLEARANCE, friday).due.date() == date(2026, 11, 16)
    assert deadline_of(Wait.CLEARANCE, friday, closed).due.date() == date(2026, 11, 20)
