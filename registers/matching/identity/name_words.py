"""The words of an organisation's name, each with the words that it may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from registers.matching.words.body_words import CORPORATE, FILLERS
from registers.matching.words.scripts import latin
from registers.matching.words.short_forms import SHORT_FORMS, WRITTEN_OUT

_APOSTROPHES: Final = re.compile(r"['’`´]")
_PARTS: Final = re.compile(r"[0-9]+(?:st|nd|rd|th)\b|[0-9]+|[a-z]+")
_INITIALS: Final = re.compile(r"(?<![a-z0-9])(?:[a-z] )+[a-z](?![a-z0-9])")
_OPTIONAL: Final = FILLERS | frozenset(["or", "its", "into", "our", "as", "is", "uw", "ua"])
"""Words that neither confirm a name nor count against it, also in names of trusts (under will, under agreement)."""

_FORM_SLIPS: Final = 1
"""The letters by which a corporate form may be misspelt."""

_PLURAL_FROM: Final = 3
"""Words with more letters than this may be plurals."""

_PLURALS: Final = (("ies", "y"), ("ches", "ch"), ("sses", "ss"), ("ss", "ss"), ("s", ""))
"""Endings of plurals with those of their singulars, the longest first."""


class NameWord(NamedTuple):
    """A word of a name."""

    text: str
    longs: frozenset[str]
    """The word, the words that it may be short for, and the singular of each."""
    optional: bool
    """True if the word neither confirms a name nor counts against it."""

    @property
    def is_number(self) -> bool:
        """True for a number, in figures or in words."""
        return any(long.isdigit() for long in self.longs)

    def stands_for(self, word: NameWord) -> bool:
        """True if both may be one word: the same, abbreviated, or in singular and plural."""
        return self.text == word.text or not self.longs.isdisjoint(word.longs)


def words_of(name: str) -> tuple[NameWord, ...]:
    """Return the words of a name in their order, in Latin letters. Initials in a row are one word."""
    return tuple(map(_word, _written_out(_texts(name))))


def significant(words: Iterable[NameWord]) -> tuple[NameWord, ...]:
    """Return the words without the optional ones."""
    return tuple(word for word in words if not word.optional)


def _texts(name: str) -> list[str]:
    letters = _APOSTROPHES.sub("", latin(name)).replace("&", " and ").replace("+", " and ")
    text = " ".join(_PARTS.findall(letters))
    return _INITIALS.sub(lambda match: match[0].replace(" ", ""), text).split()


def _written_out(texts: Iterable[str]) -> Iterator[str]:
    """Yield the words, with well-known initials in words."""
    for text in texts:
        yield from WRITTEN_OUT.get(text, (text,))


@lru_cache(maxsize=131_072)
def _word(text: str) -> NameWord:
    text = text.lstrip("0") or "0" if text.isdigit() else text
    longs = SHORT_FORMS.get(text, frozenset()) | {text}
    singulars = {_singular(long) for long in longs if len(long) > _PLURAL_FROM}
    return NameWord(text, longs | singulars, text in _OPTIONAL or _is_form(text))


def _is_form(text: str) -> bool:
    """True if a word is a corporate form, perhaps misspelt."""
    return any(OSA.distance(text, form, score_cutoff=_FORM_SLIPS) <= _FORM_SLIPS for form in CORPORATE)


def _singular(text: str) -> str:
    for plural, singular in _PLURALS:
        if text.endswith(plural):
            return text.removesuffix(plural) + singular
    return text
