"""Tell a typo from another word: a slip in a long word changes nothing (R34)."""

from __future__ import annotations

import re
from typing import Final

LONGEST_UNTOUCHED: Final = 6
"""The length up to which a word with one changed letter is another word, not a typo (not, now; county, country)."""


def same_but_for_typos(one: str, other: str) -> bool:
    """True if two texts have the same words, apart from at most one typo in each longer word."""
    words, others = _words(one), _words(other)
    return len(words) == len(others) and all(map(_same_word, words, others))


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    long = min(len(one), len(other)) > LONGEST_UNTOUCHED
    return long and one.isalpha() and other.isalpha() and one[0] == other[0] and _one_slip(one, other)


def _one_slip(one: str, other: str) -> bool:
    """True if two words differ by one letter added, removed or replaced, or by two adjacent letters swapped."""
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    tail, rest = one[start:], other[start:]
    same_end = tail[1:] == rest[1:] or tail[1:] == rest or tail == rest[1:]
    swapped = len(tail) == len(rest) >= 2 and (tail[1], tail[0], tail[2:]) == (rest[0], rest[1], rest[2:])
    return same_end or swapped


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
