"""Each type of event that the ledger may hold is in the table of what the book makes of it, once."""

from __future__ import annotations

import pytest

from domain.books.moving import LOOKED_AT, MOVES, MOVES_NOTHING, PREPARES
from domain.recorded.schema import KINDS


def test_every_type_of_event_moves_something_or_says_why_it_moves_nothing() -> None:
    named = [*MOVES, *PREPARES, *MOVES_NOTHING]
    assert sorted(named) == sorted(KINDS), "a new type of event goes into one of the three tables"
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("event_type", sorted([*PREPARES, *MOVES_NOTHING]))
def test_what_moves_nothing_has_a_reason(event_type: str) -> None:
    assert len({**PREPARES, **MOVES_NOTHING}[event_type]) > 10


def test_the_book_looks_at_what_moves_and_at_what_that_rests_on() -> None:
    assert {*MOVES, *PREPARES} == LOOKED_AT
