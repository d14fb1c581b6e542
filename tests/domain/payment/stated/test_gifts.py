"""Equal gifts that files tell again and again: as many count as the file that tells most of them, in any order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment.stated.gifts import GiftTelling, Sameness, compare
from tests.builders import number

DAY = date(2026, 11, 3)
S = Sameness


def told(name: object, on: date | None = DAY, *references: str, **more: Any) -> GiftTelling:
    return GiftTelling(number(f"gift {name}"), on, frozenset(references), bool(references), **more)


@pytest.mark.parametrize(
    ("again", "counted", "expected"),
    [
        pytest.param(told("A"), told("A", None), S.SAME, id="the same entry of the same file"),
        pytest.param(told("B", DAY, "G7"), told("A", DAY, "G7"), S.SAME, id="one reference"),
        pytest.param(told("B"), told("A"), S.SAME, id="one day, and no reference"),
        pytest.param(told("B", DAY, "G7"), told("A"), S.SAME, id="one day, and a reference in one"),
        pytest.param(told("B", None), told("A"), S.SAME, id="no day in one"),
        pytest.param(told("B", DAY, "G8"), told("A", DAY, "G7"), S.PERHAPS, id="one day, and two references"),
        pytest.param(told("B", DAY + timedelta(1)), told("A"), S.PERHAPS, id="the next day"),
        pytest.param(
            told("B", DAY + timedelta(1)), told("A", is_stated=True), S.NEW, id="the next day, and stated on its own"
        ),
        pytest.param(told("B", DAY + timedelta(8)), told("A"), S.NEW, id="another week"),
        pytest.param(told("B", DAY + timedelta(1), "G8"), told("A", DAY, "G7"), S.NEW, id="another day and reference"),
    ],
)
def test_a_telling_is_one_that_counts(again: GiftTelling, counted: GiftTelling, expected: Sameness) -> None:
    assert [each.sameness for each in compare([again], [counted])] == [expected]


DAYS = st.sampled_from([DAY, DAY + timedelta(1)])
FILES = st.lists(st.lists(DAYS, max_size=4), max_size=5)


@given(FILES)
def test_as_many_count_as_the_statement_that_tells_most(files: list[list[date]]) -> None:
    """Given statements and copies of them without references, then of each day those of the fullest one count."""
    counted = list[GiftTelling]()
    for place, days in enumerate(files):
        tellings = [told((place, line), on, is_stated=True) for line, on in enumerate(days)]
        for line, telling in enumerate(tellings):  # one by one, as after a crash
            if compare(tellings, counted)[line].sameness is S.NEW:
                counted.append(telling)
    for on in (DAY, DAY + timedelta(1)):
        assert sum(one.booked_on == on for one in counted) == max((days.count(on) for days in files), default=0)


@given(st.lists(st.builds(told, st.integers(0, 5), DAYS | st.none()), unique_by=lambda one: one.answer_id, max_size=5))
def test_what_was_told_once_is_known_whenever_it_is_told_again(tellings: list[GiftTelling]) -> None:
    assert {each.sameness for each in compare(tellings, tellings)} <= {S.SAME}
