"""A count agrees with its noun."""

from __future__ import annotations

import pytest

from accord.presentation.numbers import count_in_words, plural


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 exceptions"), (1, "1 exception"), (2, "2 exceptions"), (1200, "1,200 exceptions")],
)
def test_a_count_agrees_with_its_noun(count: int, words: str) -> None:
    """Given a count, then its noun is in the singular beside 1 alone."""
    assert count_in_words(count, "exception") == words


def test_a_count_that_is_told_in_part_has_a_plural() -> None:
    """Given more than were counted, then the noun is in the plural, its own where it has one."""
    assert (plural("99+", "exception"), plural("1", "exception")) == ("exceptions", "exception")
    assert count_in_words(2, "entry", "entries") == "2 entries"
