"""The figures of a quarter: every case has its line, and a wait that goes on counts as far as it got."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.partnership.pace.clock import CaseClock, case_clock
from domain.partnership.pace.quarters import (
    BadQuarter,
    CaseLine,
    LineWait,
    Quarter,
    case_digest,
    figures_of,
    line_of,
    nearest,
)
from domain.partnership.pace.waits import PaceWait
from tests.builders import NOON
from tests.domain.partnership import specification as s

Q4 = Quarter(2026, 4)
CASE = "ab" * 32
DAY = 86_400


def clock_of(story: s.Story, until: datetime) -> CaseClock:
    return case_clock(s.REFERENCE, story.history, (), until)


def waits(*lengths: int, kind: PaceWait = PaceWait.DECISION, is_over: bool = True) -> CaseLine:
    found = tuple(LineWait(kind=kind, seconds=length, is_over=is_over) for length in lengths)
    return CaseLine(case=CASE, with_us=0, with_them=0, with_nobody=0, waits=found)


def test_a_quarter_has_its_three_months() -> None:
    assert Quarter.parse("2026Q4") == Q4
    assert (Q4.begins, Q4.ends) == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert str(Q4) == "2026Q4"


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026q4", "26Q4", "2026Q4 ", "1999Q1"])
def test_what_is_no_quarter_is_said(text: str) -> None:
    with pytest.raises(BadQuarter, match="write it like 2026Q4"):
        Quarter.parse(text)


def test_a_wait_that_goes_on_is_counted_up_to_the_end_of_the_quarter() -> None:
    line = line_of(CASE, clock_of(s.in_approval(), Q4.ends), Q4)
    assert line is not None
    [wait] = line.waits
    assert (wait.kind, wait.is_over) == (PaceWait.DECISION, False)
    assert timedelta(seconds=wait.seconds) == Q4.ends - NOON
    assert (line.with_us, line.with_them) == (wait.seconds, 0)


def test_a_wait_counts_in_the_quarter_in_which_it_ended_with_its_whole_length() -> None:
    story = s.in_approval().given(s.after(100, s.decline()))
    first, second, third = Q4, Quarter(2027, 1), Quarter(2027, 2)
    lines = [line_of(CASE, clock_of(story, quarter.ends), quarter) for quarter in (first, second, third)]
    assert [line and [(wait.seconds // DAY, wait.is_over) for wait in line.waits] for line in lines] == [
        [((first.ends - NOON).days, False)], [(100, True)], None,
    ]  # fmt: skip


def test_a_case_before_its_proposal_has_no_line() -> None:
    assert line_of(CASE, clock_of(s.in_approval(), Quarter(2025, 1).ends), Quarter(2025, 1)) is None


def test_the_worst_tenth_is_named_and_not_averaged_away() -> None:
    [figures] = figures_of([waits(*(day * DAY for day in range(1, 10))), waits(500 * DAY, is_over=False)])
    assert (figures.waits, figures.still_open) == (10, 1)
    assert (figures.median // DAY, figures.worst_tenth // DAY) == (5, 9)
    [eleven] = figures_of([waits(*(day * DAY for day in range(1, 10)), 500 * DAY, 500 * DAY)])
    assert eleven.worst_tenth // DAY == 500


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.integers(1, 100))
def test_a_rank_is_one_of_the_lengths_and_so_many_do_not_exceed_it(lengths: list[int], percent: int) -> None:
    lengths.sort()
    found = nearest(lengths, percent)
    assert found in lengths
    assert 100 * sum(length <= found for length in lengths) >= percent * len(lengths)
    assert 100 * sum(length < found for length in lengths) < percent * len(lengths)


def test_a_line_bears_no_name_and_its_digest_is_not_guessed_from_the_partnerships_id() -> None:
    first, second = uuid4(), uuid4()
    assert case_digest(s.REFERENCE, first) != case_digest(s.REFERENCE, second)
    assert s.REFERENCE not in waits(1).model_dump_json()


def test_every_word_of_a_line_is_in_its_leaf() -> None:
    line = waits(1, 2)
    others = [line.model_copy(update=change) for change in ({"case": "cd" * 32}, {"with_us": 1}, {"waits": ()})]
    assert len({one.leaf for one in (line, *others, waits(1, 3), waits(1, 2, is_over=False))}) == 6
