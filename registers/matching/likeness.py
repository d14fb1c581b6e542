"""Likeness of two words, from 0 to 1: by letters (rapidfuzz), by normalised spelling, by consonants."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from registers.matching.words.arabic import skeleton
from registers.matching.words.places import countries
from registers.matching.words.words import Word, WordRole

SPELLING: Final = 0.96
"""The likeness of two spellings of one word."""

INITIAL: Final = 0.85
"""The likeness of an initial and a name that begins with it."""

NICKNAME: Final = 0.8
"""The likeness of a nickname and the name that it stands for."""

UNVOWELLED: Final = 0.92
"""The likeness of a word from a script without vowels and a word with the same consonants."""

_PER_EDIT: Final = 8
"""One edit is allowed, and one more for each group of this many letters."""

_SHORTEST: Final = 3
"""In shorter words no edit is allowed: Li and Lu are different names."""

_EDIT: Final = 1.1
_OTHER_BEGINNING: Final = 0.4
"""The extra cost of a different first letter: misspellings are rare there, so the names are probably different."""


@lru_cache(maxsize=131_072)
def likeness(word: Word, other: Word) -> float:
    """Return the likeness of two words, from 0 (different words) to 1 (the same word)."""
    match word.role, other.role:
        case (WordRole.NUMBER, WordRole.WORD) | (WordRole.WORD, WordRole.NUMBER) if (
            word.text.isalpha() and other.text.isalpha()
        ):
            return _by_letters(word, other)
        case (WordRole.NUMBER | WordRole.GENERATION, _) | (_, WordRole.NUMBER | WordRole.GENERATION):
            return float(word.role == other.role and word.number == other.number)
        case (WordRole.INITIAL, _) | (_, WordRole.INITIAL):
            return _initial(word.text, other.text)
        case _:
            return 1.0 if word.text == other.text else _by_letters(word, other)


def _initial(one: str, other: str) -> float:
    if one == other:
        return 1.0
    return INITIAL if one[0] == other[0] else 0.0


def _by_letters(word: Word, other: Word) -> float:
    written = _few_edits(word.text, other.text)
    if word.spelling == other.spelling:
        return max(SPELLING, written)
    if (word.formal or other.formal) and (called := max(_stands_for(word, other), _stands_for(other, word))):
        return max(NICKNAME * called, written)
    if word.text in countries() and other.text in countries():
        return 0.0
    if (word.unvowelled or other.unvowelled) and _same_skeleton(word, other):
        return UNVOWELLED
    spoken = _few_edits(word.spelling, other.spelling)
    if spoken and word.consonants == other.consonants:
        spoken = (1 + spoken) / 2
    return max(written, SPELLING * spoken)


def _same_skeleton(word: Word, other: Word) -> bool:
    """True if two words have the same skeleton of two consonants or more: too many words share a single one."""
    bones = skeleton(word.consonants)
    return len(bones) > 1 and bones == skeleton(other.consonants)


def _stands_for(word: Word, other: Word) -> float:
    """Return the best likeness of the full names of `word` to the spelling or the full names of `other`, or 0."""
    names = (other.spelling, *other.formal)
    return max((_few_edits(formal, name) for formal in word.formal for name in names), default=0.0)


def _few_edits(one: str, other: str) -> float:
    """Return the likeness of two words by their edit distance, or 0 if it is more than their length allows."""
    longest = max(len(one), len(other))
    allowed = 1 + longest // _PER_EDIT if longest >= _SHORTEST else 0
    edits = OSA.distance(one, other, score_cutoff=allowed)
    if edits > allowed:
        return 0.0
    begins_otherwise = _OTHER_BEGINNING if one[:1] != other[:1] else 0.0
    return max(0.0, 1 - (_EDIT * edits + begins_otherwise) / longest)
