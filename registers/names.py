"""When two names are the same name, and how alike two others are (by anyascii, cleanco and rapidfuzz)."""

from __future__ import annotations

import re
from typing import Final

from anyascii import anyascii
from cleanco import basename
from rapidfuzz import fuzz

_WORD: Final = re.compile(r"[a-z0-9]+")
_DROPPED: Final = str.maketrans("", "", ".'")


def fold(name: str) -> str:
    """Set aside case, accents, script, punctuation, legal form and word order: equal folds are the same name."""
    words = _words(name)
    bare = _WORD.findall(basename(basename(" ".join(words))))
    return " ".join(sorted(bare or words))


def agreement(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 100, whatever the order of words and where they are split."""
    by_words = fuzz.ratio(fold(one), fold(other))
    run_together = fuzz.ratio("".join(_words(one)), "".join(_words(other)))
    return float(max(by_words, run_together))


def recognition(one: str, other: str) -> float:
    """Return how surely one name stands for the other where registers abbreviate or add words, from 0 to 100."""
    return max(agreement(one, other), float(fuzz.token_set_ratio(fold(one), fold(other))))


def _words(name: str) -> list[str]:
    return _WORD.findall(anyascii(name).casefold().translate(_DROPPED))
