"""Likeness of two words, from 0 to 1: by letters (rapidfuzz), by normalised spelling, by consonants."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from registers.matching.words.arabic import skeleton
from registers.matching.words.places import countries
from registers.matching.words.short_words import short_words
from registers.matching.words.words import Word, WordRole

SPELLING: Final = 0.96
"""The likeness of two spellings of one word."""

INITIAL: Final = 0.85
"""The likeness of an initial and a name that begins with it."""

NICKNAME: Final = 0.8
"""The likeness of a nickname and the name that it stands for."""

KOREAN: Final = 0.93
"""The likeness of two spellings of a Korean name, which may also be of two names that sound alike."""

UNVOWELLED: Final = 0.92
"""The likeness of a word from a script without vowels and a word with the same consonants."""

_PER_EDIT: Final = 8
"""One edit is allowed, and one more for each group of this many letters."""

_SHORTEST: Final = 3
"""In shorter words no edit is allowed: Li and Lu are different names."""

_SHORT: Final = 4
"""Words of so many letters or fewer differ in vowels only, or they are two names."""

_SHORT_FORMAL: Final = 5
"""A nickname of a full name of so many letters or fewer is of that very name."""

_GENDERS: Final = frozenset("ao")
_VOWELS: Final = frozenset("aeiou")
_EDIT: Final = 1.1
_OTHER_BEGINNING: Final = 0.4
"""The extra cost of a different first letter: misspellings are rare there, so the names are probably different."""


@lru_cache(maxsize=131_072)
def likeness(word: Word, other_word: Word) -> float:
    """Return the likeness of two words, from 0 (different words) to 1 (the same word)."""
    match word.role, other_word.role:
        case (WordRole.NUMBER, WordRole.WORD) | (WordRole.WORD, WordRole.NUMBER) if (
            word.text.isalpha() and other_word.text.isalpha()
        ):
            return _by_letters(word, other_word)
        case (WordRole.NUMBER | WordRole.GENERATION, _) | (_, WordRole.NUMBER | WordRole.GENERATION):
            return float(word.role == other_word.role and word.number == other_word.number)
        case (WordRole.INITIAL, _) | (_, WordRole.INITIAL):
            return _initial(word.text, other_word.text)
        case _:
            return 1.0 if word.text == other_word.text else _by_letters(word, other_word)


def _initial(text: str, other_text: str) -> float:
    if text == other_text:
        return 1.0
    return INITIAL if text[0] == other_text[0] else 0.0


def _by_letters(word: Word, other_word: Word) -> float:
    if word.bones and _are_two_names(word, other_word):
        return 0.0
    letter_likeness = _few_edits(word.text, other_word.text)
    if word.spelling == other_word.spelling:
        return max(SPELLING, letter_likeness)
    if word.korean and word.korean == other_word.korean:
        return max(KOREAN, letter_likeness)
    if (word.formal or other_word.formal) and (
        nickname_likeness := max(_stands_for(word, other_word), _stands_for(other_word, word))
    ):
        return max(NICKNAME * nickname_likeness, letter_likeness)
    if word.text in countries() and other_word.text in countries():
        return 0.0
    if (word.unvowelled or other_word.unvowelled) and _same_skeleton(word, other_word):
        return UNVOWELLED
    sound_likeness = _few_edits(word.spelling, other_word.spelling)
    if sound_likeness and word.consonants == other_word.consonants:
        sound_likeness = (1 + sound_likeness) / 2
    return max(letter_likeness, SPELLING * sound_likeness)


def _are_two_names(word: Word, other_word: Word) -> bool:
    """True if two words that are a letter apart are two names: Maria and Mario, Mark and Mary, Li and Ali."""
    text, other_text = word.text, other_word.text
    if text[:-1] == other_text[:-1] and {text[-1:], other_text[-1:]} == _GENDERS:
        return True
    if word.unvowelled or other_word.unvowelled or _is_spelt_or_called_so(word, other_word):
        return False
    if word.weak and other_word.weak and word.consonants != other_word.consonants:
        return True
    shorter, longer = sorted((word.spelling, other_word.spelling), key=len)
    if len(longer) > _SHORT:
        return len(shorter) < _SHORTEST
    begins_alike = longer[0] == shorter[0] or (longer[0] in _VOWELS and shorter[0] in _VOWELS)
    sound_otherwise = not begins_alike or word.consonants != other_word.consonants
    return len(shorter) < _SHORTEST or (sound_otherwise and {text, other_text} <= short_words())


def _is_spelt_or_called_so(word: Word, other_word: Word) -> bool:
    """True if two words are one name by their spelling, by their Korean sounds, or as a nickname."""
    same_sounds = bool(word.korean) and word.korean == other_word.korean
    is_nickname = bool(_stands_for(word, other_word) or _stands_for(other_word, word))
    return word.spelling == other_word.spelling or same_sounds or is_nickname


def _same_skeleton(word: Word, other_word: Word) -> bool:
    """True if two words have the same skeleton of two consonants or more: too many words share a single one."""
    if word.bones:
        return len(word.bones) > 1 and word.bones == other_word.bones
    bones = skeleton(word.consonants)
    return len(bones) > 1 and bones == skeleton(other_word.consonants)


def _stands_for(word: Word, other_word: Word) -> float:
    """Return the best likeness of the full names of `word` to the spelling or the full names of `other_word`, or 0."""
    names = (other_word.spelling, *other_word.formal)
    if word.bones and not set(word.formal).isdisjoint(names):
        return 1.0
    if word.bones and len(other_word.spelling) <= _SHORT_FORMAL:
        return 0.0
    return max((_few_edits(formal, name) for formal in word.formal for name in names), default=0.0)


def _few_edits(text: str, other_text: str) -> float:
    """Return the likeness of two words by their edit distance, or 0 if it is more than their length allows."""
    longest = max(len(text), len(other_text))
    edit_limit = 1 + longest // _PER_EDIT if longest >= _SHORTEST else 0
    edits = OSA.distance(text, other_text, score_cutoff=edit_limit)
    if edits > edit_limit:
        return 0.0
    begins_otherwise = _OTHER_BEGINNING if text[:1] != other_text[:1] else 0.0
    return max(0.0, 1 - (_EDIT * edits + begins_otherwise) / longest)
