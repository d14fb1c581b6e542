"""Compare names of people by their words: a question whether two are one person, never an answer."""

from __future__ import annotations

import re
from typing import Final

from registers.matching.words.scripts import latin

_SHARED: Final = 2
"""The words that two names must share: a first name alone is borne by too many."""


def may_be_one_person(name: str, other_name: str) -> bool:
    """True if every word of the shorter name is in the longer one, in any order, accents and script aside."""
    words, other_words = _words(name), _words(other_name)
    shared = words & other_words
    return len(shared) >= _SHARED and shared in (words, other_words)


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[a-z0-9]+", latin(name)) if len(word) > 1)
