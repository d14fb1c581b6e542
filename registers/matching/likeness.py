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
def likeness(one: Word, other: Word) -> float:
    """Return the likeness of two words, from 0 (different words) to 1 (the same word)."""
    match one.role, other.role:
        case (WordRole.NUMBER, WordRole.WORD) | (WordRole.WORD, WordRole.NUMBER) if (
            one.text.isalpha() and other.text.isalpha()
        ):
            return _by_letters(one, other)
        case (WordRole.NUMBER | WordRole.GENERATION, _) | (_, WordRole.NUMBER | WordRole.GENERATION):
            return float(one.role == other.role and one.number == other.number)
        case (WordRole.INITIAL, _) | (_, WordRole.INITIAL):
            return _initial(one.text, other.text)
        case _:
            return 1.0 if one.text == other.text else _by_letters(one, other)


def _initial(one: str, other: str) -> float:
    if one == other:
        return 1.0
    return INITIAL if one[0] == other[0] else 0.0


def _by_letters(one: Word, other: Word) -> float:
    written = _few_edits(one.text, other.text)
    if one.spelling == other.spelling:
        return max(SPELLING, written)
    if (one.formal or other.formal) and (called := max(_stands_for(one, other), _stands_for(other, one))):
        return max(NICKNAME * called, written)
    if one.text in countries() and other.text in countries():
        return 0.0
    if (one.unvowelled or other.unvowelled) and _same_skeleton(one, other):
        return UNVOWELLED
    spoken = _few_edits(one.spelling, other.spelling)
    if spoken and one.consonants == other.consonants:
        spoken = (1 + spoken) / 2
    return max(written, SPELLING * spoken)


def _same_skeleton(one: Word, other: Word) -> bool:
    """Return whether two words have the same skeleton of two consonants or more: too many words share a single one."""
    bones = skeleton(one.consonants)
    return len(bones) > 1 and bones == skeleton(other.consonants)


def _stands_for(one: Word, other: Word) -> float:
    """Return the best likeness of the full names of `one` to the spelling or the full names of `other`, or 0."""
    names = (other.spelling, *other.formal)
    return max((_few_edits(formal, name) for formal in one.formal for name in names), default=0.0)


def _few_edits(one: str, other: str) -> float:
    """Return the likeness of two words by their edit distance, or 0 if it is more than their length allows."""
    longest = max(len(one), len(other))
    allowed = 1 + longest // _PER_EDIT if longest >= _SHORTEST else 0
    edits = OSA.distance(one, other, score_cutoff=allowed)
    if edits > allowed:
        return 0.0
    begins_otherwise = _OTHER_BEGINNING if one[:1] != other[:1] else 0.0
    return max(0.0, 1 - (_EDIT * edits + begins_otherwise) / longest)
