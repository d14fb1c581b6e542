"""What happened is said in a sentence whose days are those that the record means."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from accord.presentation.words.days import day_in_words
from accord.presentation.words.deeds import deed_of
from domain.partnership import events as e
from domain.partnership.waiting.deadlines import Deadline, Wait, end_of
from tests.accord.console.rendering import NAMES
from tests.builders import NOON

DUE, AGAIN = date(2026, 11, 29), date(2026, 12, 29)


def said(event: object) -> str:
    """An event as a sentence that begins with who did it."""
    return deed_of(event, NAMES).what


def owed(due: datetime, *, escalated: bool = False) -> e.DeadlineSet:
    """A deadline of a report that is due on the first day."""
    deadline = Deadline(wait=Wait.OBLIGATION, remind_at=due, due=due, escalated=escalated, obligation="REPORT 1")
    return e.DeadlineSet(at=NOON, deadline=deadline)


def test_what_is_owed_is_due_on_the_day_that_its_report_names() -> None:
    """Given a report that is due on a day, whose end is its deadline, then its activity names that day."""
    assert said(owed(end_of(DUE))) == f"set the day for what is owed: {day_in_words(DUE)}"


def test_the_day_of_telling_again_is_no_day_on_which_it_was_due() -> None:
    """Given a report that is late, then the day in its activity is the one on which the directors are told again."""
    again = end_of(AGAIN)
    assert said(owed(again, escalated=True)) == f"tells of what is owed again on {day_in_words(again)}"
    escalated = e.DeadlineEscalated(at=NOON, wait=Wait.OBLIGATION, due=again, obligation="REPORT 1")
    assert said(escalated) == (
        f"told the directors that what is owed is late, and tells them again on {day_in_words(again)}"
    )


@pytest.mark.parametrize("wait", [Wait.APPROVAL, Wait.AGREEMENT])
def test_a_decision_that_is_late_names_the_day_until_which_it_is_waited_for(wait: Wait) -> None:
    """Given a decision that nobody took in time, then its activity names the day until which it may still come."""
    until = day_in_words(end_of(AGAIN))
    assert f"is late, and waits for it until {until}" in said(
        e.DeadlineEscalated(at=NOON, wait=wait, due=end_of(AGAIN))
    )
