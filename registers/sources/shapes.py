"""The shape of a published file's column: a column that was exchanged or emptied fits no row any more.

A shape is asked of a share of a file's rows, so that one odd row, or a new value of the publisher's, is not refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple


class Shape(NamedTuple):
    """A trait that is true of nearly every row of a file."""

    title: str
    """The column's name, as a message tells it."""
    value: Callable[[tuple[str, ...]], str]
    """A function that returns what a message shows of a row that does not fit."""
    fits: Callable[[tuple[str, ...]], bool]
    least: float = 0.9
    """The share of a file's rows that it is true of, at least."""


def column(index: int, title: str, pattern: str, least: float = 0.9) -> Shape:
    """Return the shape of a column whose values match a regular expression as a whole."""
    matches = re.compile(pattern).fullmatch
    return Shape(title, lambda fields: fields[index], lambda fields: matches(fields[index]) is not None, least)


NAMED = r".*[^\W\d_].*"
"""A text with a letter."""
