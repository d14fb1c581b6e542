"""A close with a key that was in other hands falls, unless a close of others rests on it."""

from __future__ import annotations

from datetime import date

from domain.books.standing import BookAct, standing_closes
from tests.domain.books.test_periods import NOVEMBER, OCTOBER, asked, closed

ACTS = [
    BookAct(100 * number, event)
    for number, event in enumerate((asked(), closed(), asked(NOVEMBER, 250, "ines.roth"), closed(NOVEMBER)), 1)
]


def last_days(found_at: int, *doubted: int) -> list[date]:
    """The periods that stand once it is found, at a position, that keys of some acts were in other hands."""
    closes = standing_closes(
        ACTS, lambda act, at: act.position in doubted and (at is None or at > found_at)
    )  # fmt: skip
    return [close.last_day for close in closes.periods]


def test_a_close_stays_under_a_later_one_that_was_signed_before_anybody_knew() -> None:
    assert last_days(1000) == last_days(1000, 100) == last_days(1000, 200) == [OCTOBER, NOVEMBER]


def test_it_falls_where_none_rests_on_it_and_so_does_one_that_was_known_to_have_fallen() -> None:
    """Given doubts, then the newest close falls alone, and none stands again under a later close."""
    assert last_days(1000, 300) == last_days(1000, 400) == [OCTOBER]
    assert last_days(1000, 100, 300) == []
    assert last_days(250, 100) == [NOVEMBER]
