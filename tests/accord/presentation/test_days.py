"""A day is written without its year where it is of this one, and a page holds the whole of it beside."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from jinja2 import Environment

from accord.presentation.words.codes import in_plain_words
from accord.presentation.words.days import day_in_words, days_in_words, time_in_words
from ledger import clock

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 12, 2), "2 Dec"), (date(2026, 1, 31), "31 Jan"), (date(2027, 1, 2), "2 Jan 2027"), (None, "")],
)
def test_a_day_of_this_year_has_no_year(day: date | None, words: str) -> None:
    """Given a day of this year, then its year is left out, and that of another year is written."""
    with clock.reading(lambda: NOW):
        assert day_in_words(day) == words


def test_two_days_have_a_year_both_or_neither() -> None:
    """Given two days, when one of them needs its year, then both have it, so that nobody reads it into the other."""
    with clock.reading(lambda: NOW):
        assert days_in_words(date(2026, 1, 2), date(2026, 3, 4)) == "2 Jan to 4 Mar"
        assert days_in_words(date(2026, 12, 1), date(2027, 12, 31)) == "1 Dec 2026 to 31 Dec 2027"
        assert days_in_words(date(2025, 1, 1), date(2025, 12, 31)) == "1 Jan 2025 to 31 Dec 2025"


def test_a_page_holds_all_of_a_day() -> None:
    """Given a day or a time on a page, then its element says year and zone, and a sentence says the words alone."""
    with clock.reading(lambda: NOW):
        day, time = day_in_words(date(2026, 12, 2)), time_in_words(datetime(2026, 12, 2, 9, 5, tzinfo=UTC))
    shown = Environment(autoescape=True).from_string("{{ day }}|{{ time }}").render(day=day, time=time)
    assert shown == (
        '<time datetime="2026-12-02">2 Dec</time>|<time datetime="2026-12-02T09:05:00+00:00">2 Dec, 09:05 UTC</time>'
    )
    assert f"due on {day}" == "due on 2 Dec"


def test_a_sentence_of_the_record_writes_its_days_likewise() -> None:
    """Given a sentence that holds days as the record writes them, then each is written as every page writes it."""
    with clock.reading(lambda: NOW):
        assert in_plain_words("due on 2026-12-02, at last on 2027-03-01") == "due on 2 Dec, at last on 1 Mar 2027"


def test_a_day_that_says_how_to_write_one_stays_as_it_is_to_be_written() -> None:
    """Given a remedy, then the day in it is one that its reader can type."""
    assert in_plain_words("'soon' is no day; write 2026-06-30") == "'soon' is no day; write 2026-06-30"
