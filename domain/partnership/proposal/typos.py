"""Tell a typo from another word: a slip in a long word changes nothing (R34)."""

from __future__ import annotations

import re
from typing import Final

LONGEST_UNTOUCHED: Final = 6
"""The length up to which a word with one changed letter is another word, not a typo (not, now; county, country)."""


def same_but_for_typos(text: str, other_text: str) -> bool:
    """True if two texts have the same words, apart from at most one typo in each longer word."""
    words, other_words = _words(text), _words(other_text)
    return len(words) == len(other_words) and all(map(_same_word, words, other_words))


def _same_word(word: str, other_word: str) -> bool:
    if word == other_word:
        return True
    long = min(len(word), len(other_word)) > LONGEST_UNTOUCHED
    return long and word.isalpha() and other_word.isalpha() and word[0] == other_word[0] and _one_slip(word, other_word)


def _one_slip(word: str, other_word: str) -> bool:
    """True if two words differ by one letter added, removed or replaced, or by two adjacent letters swapped."""
    start = next(
        (i for i, (a, b) in enumerate(zip(word, other_word, strict=False)) if a != b), min(len(word), len(other_word))
    )
    tail, other_tail = word[start:], other_word[start:]
    same_end = tail[1:] == other_tail[1:] or tail[1:] == other_tail or tail == other_tail[1:]
    is_swap = len(tail) == len(other_tail) >= 2 and (tail[1], tail[0], tail[2:]) == (
        other_tail[0],
        other_tail[1],
        other_tail[2:],
    )
    return same_end or is_swap


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
