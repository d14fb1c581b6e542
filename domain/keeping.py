"""The last answer of a function, kept while the same value is asked about: several ask it, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


def memo(function: Callable[[Question], Answer]) -> Callable[[Question], Answer]:
    """Return a pure function of a frozen value that keeps its answer until it is asked about another value.

    That is the same object, and not one that is equal: to compare two partnerships takes longer than most answers.
    """
    last: tuple[Question, Answer] | None = None

    @wraps(function)
    def answer(value: Question) -> Answer:
        nonlocal last
        pair = last  # read once: another thread may ask about another value meanwhile
        if pair is None or pair[0] is not value:
            pair = last = value, function(value)
        return pair[1]

    return answer
