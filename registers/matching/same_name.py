"""Compare two names of organisations. One confirms the other only if every significant word is in both.

Used where a mistake would pay the wrong organisation (rules 3.1): for the name registered for a number, and for the
holder of an account. Case, accents, script, punctuation, word order, spacing, filler words and the registers' own
abbreviations are ignored. Any other word that only one name has means that the names do not confirm each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from registers.matching.words.body_words import ABBREVIATIONS, ANOTHER_BODY, COMMERCIAL, COMMON, CORPORATE, FILLERS
from registers.matching.words.scripts import latin

_WORDS: Final = re.compile(r"[a-z0-9]+")
_APOSTROPHES: Final = re.compile(r"['’`´]")
_INITIALS: Final = re.compile(r"\b(?:[a-z] )+[a-z]\b")

_SLIP_FROM: Final = 4
"""The letters from which a word may be misspelt, by one letter: in shorter words, or by two, it is a different word."""

_PLURAL_FROM: Final = 3
"""Words with more letters than this may be plurals."""

_SLIPS: Final = 1
"""The most misspelt words that are allowed in a name. With more of them it is another name."""


class NameComparison(NamedTuple):
    """The words that two names share, and those that only one of them has, each as it is written in its name."""

    shared: tuple[str, ...]
    misspelt: tuple[tuple[str, str], ...]
    """Pairs of words that differ by a misspelling, as (word of the given name, word of the registered name)."""
    only_given: tuple[str, ...]
    only_registered: tuple[str, ...]

    @property
    def confirms(self) -> bool:
        """True if both names have all significant words, and at least one of these is not a common word."""
        mismatch = self.only_given or self.only_registered or len(self.misspelt) > _SLIPS
        return not mismatch and any(_longs(word).isdisjoint(COMMON) for word in self._agreeing)

    @property
    def _agreeing(self) -> Iterator[str]:
        yield from self.shared
        yield from (first for first, _ in self.misspelt)

    def explained(self) -> str:
        """Return a text that lists the words that agree and those that do not."""
        return "; ".join(_explained(self)) or "neither name has a telling word"


def compare_names(given_name: str, registered_name: str) -> NameComparison:
    """Return the comparison of a given name with a registered one, or with the name of an account's owner."""
    given_words, registered_words = _words(given_name), _words(registered_name)
    shared = [word for word in given_words if word in registered_words]
    given_words, registered_words = _without(given_words, shared), _without(registered_words, shared)
    shared += _take_abbreviated(given_words, registered_words)
    shared += [*_take_joined(given_words, registered_words), *_take_joined(registered_words, given_words)]
    misspelt = list(_take_misspelt(given_words, registered_words))
    return NameComparison(tuple(shared), tuple(misspelt), tuple(given_words), tuple(registered_words))


def _words(name: str) -> list[str]:
    """Return each significant word of a name once, in Latin letters. Initials in a row are one word."""
    letters = _APOSTROPHES.sub("", latin(name))
    spaced_text = " ".join(_WORDS.findall(letters))
    words = _INITIALS.sub(lambda match: match[0].replace(" ", ""), spaced_text).split()
    return [word for word in dict.fromkeys(words) if not _is_filler(word)]


def _is_filler(word: str) -> bool:
    return word in FILLERS or any(is_slip(word, form) for form in CORPORATE)


def _without(words: Iterable[str], exclusions: Sequence[str]) -> list[str]:
    return [word for word in words if word not in exclusions]


def _stands_for(word: str, other_word: str) -> bool:
    """True if two words are forms of one word: abbreviated, or in singular and plural."""
    return not _longs(word).isdisjoint(_longs(other_word))


def _longs(word: str) -> frozenset[str]:
    """Return a word, the words that it may be short for, and the singular of each."""
    longs = ABBREVIATIONS.get(word, frozenset()) | {word}
    return longs | {long_form.removesuffix("s") for long_form in longs if len(long_form) > _PLURAL_FROM}


def _take_abbreviated(words: list[str], other_words: list[str]) -> list[str]:
    """Remove from both lists the words that stand for each other, and return them as the first name has them."""
    shared_words = []
    for first_word in tuple(words):
        if (second_word := next((word for word in other_words if _stands_for(first_word, word)), None)) is not None:
            words.remove(first_word)
            other_words.remove(second_word)
            shared_words.append(first_word)
    return shared_words


def _take_joined(words: list[str], other_words: list[str]) -> list[str]:
    """Remove neighbouring words of one list that are a single word in the other, and return the joined words."""
    joined_words = []
    for first, second in pairwise(tuple(words)):
        if first in words and second in words and first + second in other_words:
            words.remove(first)
            words.remove(second)
            other_words.remove(first + second)
            joined_words.append(first + second)
    return joined_words


def _take_misspelt(words: list[str], other_words: list[str]) -> Iterator[tuple[str, str]]:
    for first_word in tuple(words):
        if (second_word := next((word for word in other_words if is_slip(first_word, word)), None)) is not None:
            words.remove(first_word)
            other_words.remove(second_word)
            yield first_word, second_word


def is_slip(word: str, other_word: str) -> bool:
    """True if two words differ so little that one may be a misspelling of the other.

    They never do if one has digits, since a lodge or chapter with another number is another one, if their first letters
    differ, or if both are words of `ANOTHER_BODY`.
    """
    if not (word.isalpha() and other_word.isalpha()) or word[0] != other_word[0] or _both_make_bodies(word, other_word):
        return False
    return min(len(word), len(other_word)) >= _SLIP_FROM and OSA.distance(word, other_word, score_cutoff=1) <= 1


def _both_make_bodies(word: str, other_word: str) -> bool:
    return not (_longs(word).isdisjoint(ANOTHER_BODY) or _longs(other_word).isdisjoint(ANOTHER_BODY))


def _explained(comparison: NameComparison) -> Iterator[str]:
    if comparison.shared:
        yield f"both have {', '.join(comparison.shared)}"
    for first, second in comparison.misspelt:
        yield f"{first!r} and {second!r} may be one word misspelt"
    for side, words in (("given", comparison.only_given), ("registered", comparison.only_registered)):
        if words:
            yield f"only the {side} name has {', '.join(map(_described, words))}"


def _described(word: str) -> str:
    if not _longs(word).isdisjoint(COMMERCIAL):
        return f"{word} (a commercial form)"
    if not _longs(word).isdisjoint(ANOTHER_BODY):
        return f"{word} (makes it another body)"
    return word
