"""Read deadlines by the ledger's clock: only after one has passed may a director stand in, whatever an event claims."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from accord.audit.walk.walk import Walk
from domain.calendars import CALENDAR
from domain.partnership import events as e
from domain.partnership.waiting.deadlines import ALLOWANCES, Wait

CLOCK_SLACK: Final = timedelta(days=1)
"""Tolerance for a deadline: it runs from when a decision was signed, but is checked here from when it was recorded."""


def set_deadline(walk: Walk, event: e.DeadlineSet) -> None:
    """Remember the partnership's wait, and its beginning."""
    walk.escalated, walk.waits_since = False, (event.deadline.wait, walk.now)


def escalate(walk: Walk, event: e.DeadlineEscalated) -> None:
    """Let a director stand in if the time has passed. A hold that waits too long lets nobody."""
    if event.wait is not Wait.HOLD:
        walk.escalated = _time_has_passed(walk)


def _time_has_passed(walk: Walk) -> bool:
    """True if the deadline has passed according to the ledger's clock, whatever an event claims."""
    wait, since = walk.waits_since or (None, None)
    if wait is None or since is None or walk.now is None:
        return False
    return walk.now >= CALENDAR.after(since, ALLOWANCES[wait].days) - CLOCK_SLACK
