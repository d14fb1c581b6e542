"""Pair the words of two names: first single words, starting with the most similar, then joined words with one word."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

from registers.matching.likeness import likeness
from registers.matching.words.words import Word, WordRole, joined

_JOINABLE: Final = frozenset({WordRole.WORD, WordRole.PARTICLE, WordRole.INITIAL})
_LONGEST_JOIN: Final = 24
"""The most letters that two words may have together to be joined."""

_JOINED_FLOOR: Final = 0.8
"""The least likeness of joined words to the one word. With a lower limit, almost any words would pair when joined."""


class WordPair(NamedTuple):
    """Corresponding words of two names: their places in each name, and their likeness (0 to 1)."""

    ones: tuple[int, ...]
    others: tuple[int, ...]
    likeness: float


class Pairing(NamedTuple):
    """The pairs of words, and the places in each name of the words without a counterpart."""

    pairs: tuple[WordPair, ...]
    ones_left: tuple[int, ...]
    others_left: tuple[int, ...]


def pair(words: tuple[Word, ...], others: tuple[Word, ...]) -> Pairing:
    """Pair the words of two names. Each word is in at most one pair."""
    single, ones_left, others_left = _take(_singles(words, others), range(len(words)), range(len(others)))
    if not (ones_left and others_left) or len(ones_left) + len(others_left) == 2:
        return Pairing(single, ones_left, others_left)
    spans = _joins(words, others, ones_left, others_left)
    together, ones_left, others_left = _take(spans, ones_left, others_left)
    return Pairing(single + together, ones_left, others_left)


def as_a_whole(words: tuple[Word, ...], others: tuple[Word, ...]) -> Pairing:
    """Return a single pair of all words of both names, for names that differ only in spaces or punctuation."""
    return Pairing((WordPair(tuple(range(len(words))), tuple(range(len(others))), 1.0),), (), ())


def _singles(words: tuple[Word, ...], others: tuple[Word, ...]) -> Iterator[WordPair]:
    for (i, word), (j, other) in product(enumerate(words), enumerate(others)):
        if (alike := likeness(word, other)) > 0:
            yield WordPair((i,), (j,), alike)


def _joins(
    words: tuple[Word, ...], others: tuple[Word, ...], ones_left: tuple[int, ...], others_left: tuple[int, ...]
) -> Iterator[WordPair]:
    for span, j in product(spans(words, ones_left), others_left):
        if (alike := likeness(_join(words, span), others[j])) >= _JOINED_FLOOR:
            yield WordPair(span, (j,), alike)
    for i, span in product(ones_left, spans(others, others_left)):
        if (alike := likeness(words[i], _join(others, span))) >= _JOINED_FLOOR:
            yield WordPair((i,), span, alike)


def spans(words: tuple[Word, ...], places: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the places of words to join: two neighbours, two around a particle, or three of which one is a particle."""
    free = {place for place in places if words[place].role in _JOINABLE}
    for start in sorted(free):
        if start + 1 in free and len(words[start].text) + len(words[start + 1].text) <= _LONGEST_JOIN:
            yield (start, start + 1)
        if start + 2 in free:
            yield from _of_three(words, start, start + 1 in free)


def _of_three(words: tuple[Word, ...], start: int, free_between: bool) -> Iterator[tuple[int, ...]]:
    if words[start + 1].role is WordRole.PARTICLE:
        yield (start, start + 2)
    if free_between and any(word.role is WordRole.PARTICLE for word in words[start : start + 3]):
        yield (start, start + 1, start + 2)


def _join(words: tuple[Word, ...], span: tuple[int, ...]) -> Word:
    return joined(tuple(words[place] for place in span))


def _take(
    pairs: Iterator[WordPair], ones: range | tuple[int, ...], others: range | tuple[int, ...]
) -> tuple[tuple[WordPair, ...], tuple[int, ...], tuple[int, ...]]:
    word_pairs: list[WordPair] = []
    ones_left, others_left = set(ones), set(others)
    for pair in sorted(pairs, key=_best_first):
        if ones_left.issuperset(pair.ones) and others_left.issuperset(pair.others):
            word_pairs.append(pair)
            ones_left.difference_update(pair.ones)
            others_left.difference_update(pair.others)
    return tuple(word_pairs), tuple(sorted(ones_left)), tuple(sorted(others_left))


def _best_first(pair: WordPair) -> tuple[float, int, int, int]:
    """Return the sort key of a pair: likeness, then places, so that ties do not depend on which name comes first."""
    first, second = pair.ones[0], pair.others[0]
    return -pair.likeness, abs(first - second), first + second, first
