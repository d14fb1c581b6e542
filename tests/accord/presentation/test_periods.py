"""Periods of a list are named as people name them, and are the same days in the order of days as in that of sums."""

from __future__ import annotations

from datetime import date

import pytest

from accord.presentation.faults import BadInput
from accord.presentation.filters import PaymentFilters
from accord.presentation.times.periods import named_period, period_of, periods_around
from accord.presentation.words.days import days_in_words

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("name", "words", "first", "last"),
    [
        ("2026", "2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", "January to March 2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("2028-02", "February 2028", date(2028, 2, 1), date(2028, 2, 29)),
        ("all", "all years", None, None),
    ],
)
def test_a_period_has_its_words_and_its_days(name: str, words: str, first: date | None, last: date | None) -> None:
    period = named_period(name)
    assert (period.words, period.first, period.last) == (words, first, last)


def test_without_a_word_it_is_this_year() -> None:
    assert period_of("", "", "", TODAY) == named_period("2026")


def test_days_that_were_chosen_come_before_a_name() -> None:
    period = period_of("2025", "2026-10-15", "2026-11-02", TODAY)
    assert (period.name, period.words) == ("", days_in_words(date(2026, 10, 15), date(2026, 11, 2)))
    assert period_of("", "2026-10-15", "", TODAY).last == TODAY
    assert period_of("", "", "2026-03-31", TODAY).first == date(2026, 1, 1)


def test_the_offered_periods_are_those_around_a_day() -> None:
    names = ["2026-11", "2026-Q4", "2026-Q3", "2026", "2025", "all"]
    assert [name for name, _ in periods_around(TODAY)] == names
    assert [named_period(name).name for name, _ in periods_around(TODAY)] == names


@pytest.mark.parametrize(
    ("day", "names"), [(date(2026, 1, 1), ["2026-Q1", "2025-Q4"]), (date(2026, 6, 30), ["2026-Q2", "2026-Q1"])]
)
def test_this_quarter_and_the_last_one_are_told_apart(day: date, names: list[str]) -> None:
    offered = {words: name for name, words in periods_around(day)}
    assert [offered["This quarter"], offered["Last quarter"]] == names


@pytest.mark.parametrize("name", ["June", "2026-Q5", "2026-13", "0000", "26", "2026-11-30", "２０２６"])
def test_what_is_no_period_is_said_with_those_there_are(name: str) -> None:
    with pytest.raises(BadInput, match=r"^period: .*write 2026, 2026-Q4, 2026-11 or all"):
        named_period(name)


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("soon", "", "from: "),
        ("", "2026-02-30", "to: "),
        ("2026-05-01", "2026-04-01", "to: "),
        ("1900-01-01", "", "from: "),
    ],
)
def test_days_that_cannot_be_a_period_are_said_by_field(first: str, last: str, fault: str) -> None:
    with pytest.raises(BadInput, match=f"^{fault}"):
        period_of("", first, last, TODAY)


def test_the_terms_of_a_period_are_whole_months_and_the_days_of_broken_ones() -> None:
    period = period_of("", "2026-01-30", "2026-04-02", TODAY)
    assert period.terms == (
        "day:2026-01-30", "day:2026-01-31", "month:2026-02", "month:2026-03", "day:2026-04-01", "day:2026-04-02",
    )  # fmt: skip
    assert len(named_period("2026").terms) == 12
    assert named_period("all").terms == ()


@pytest.mark.parametrize("sort", ["day", "-day", "sum", "-sum"])
def test_a_question_keeps_its_period_in_every_order(sort: str) -> None:
    question = PaymentFilters(sort=sort).asked(named_period("2026-11"))
    bounds = (question.above, question.below, question.terms, question.newest)
    if sort.endswith("sum"):
        assert bounds == (None, None, (("month:2026-11",),), sort == "-sum")
    else:
        assert bounds == ("2026-11-01", "2026-11-30~~", (), sort == "-day")


def test_a_status_is_asked_for_by_what_it_means_or_by_itself() -> None:
    assert PaymentFilters(status="ready").asked().terms == (("status:RELEASED", "status:INSTRUCTED"),)
    assert PaymentFilters(status="unknown").asked().terms == (("status:UNKNOWN",),)
    with pytest.raises(BadInput, match=r"^status: 'lost' is none of ready, at-the-bank"):
        PaymentFilters(status="lost").asked()
