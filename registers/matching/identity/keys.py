"""The key of a name, by which others of the same name are looked for: equal for every order, spacing and abbreviation.

A key is a sum over the letters of the significant words, each in one form of all that it may stand for. So it needs no
sorting, and a register's names get theirs while they are loaded. Names with one key are then compared in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from registers.matching.identity.name_words import NameWord, words_of
from registers.matching.words.short_forms import SHORT_FORMS

_BITS: Final = 31
"""The bits of a key: it is an integer of PostgreSQL that is never negative."""

_PUNCTUATION: Final = str.maketrans({"'": "", "`": "", **dict.fromkeys('&-+.,/()"#:;!*@_', " ")})


def _letter_values() -> Mapping[str, int]:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    digests = {letter: blake2b(letter.encode(), digest_size=8).digest() for letter in letters}
    return MappingProxyType({letter: int.from_bytes(digest, "big") for letter, digest in digests.items()})


_LETTERS: Final = _letter_values()


def _classes() -> Mapping[str, str]:
    """Return for each short form, and each word that one stands for, the longest word of all that hang together."""
    leaders: dict[str, str] = {}

    def leader(word: str) -> str:
        while (above := leaders.get(word, word)) != word:
            word = above
        return word

    for short, longs in SHORT_FORMS.items():
        for form in {singular for long in (short, *longs) for singular in _forms(long)}:
            longer, shorter = sorted((leader(short), leader(form)), key=lambda word: (-len(word), word))
            leaders[shorter] = longer
    return MappingProxyType({word: leader(word) for word in leaders})


def _forms(text: str) -> Iterator[str]:
    for word in words_of(text):
        yield from word.longs


_CLASSES: Final = _classes()


def _value(word: NameWord) -> int:
    if word.optional:
        return 0
    forms = sorted(word.longs, key=lambda form: (len(form), form))
    leader = next((_CLASSES[form] for form in forms if form in _CLASSES), forms[0])
    return sum(_LETTERS.get(letter, 0) for letter in leader)


class _Values(defaultdict[str, int]):
    """The value of each written word, computed once: the words of a register repeat."""

    def __missing__(self, text: str) -> int:
        value = self[text] = sum(map(_value, words_of(text)))
        return value


_VALUES: Final = _Values()


def key_of_words(words: Iterable[NameWord]) -> int:
    """Return the key of a name whose words were read."""
    return sum(map(_value, words)) % (1 << _BITS)


def key_of(name: str) -> int:
    """Return the key of a register's name: fast, since registers have millions of them."""
    return sum([_VALUES[text] for text in name.translate(_PUNCTUATION).split()]) % (1 << _BITS)
