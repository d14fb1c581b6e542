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


def pair(words: tuple[Word, ...], other_words: tuple[Word, ...]) -> Pairing:
    """Pair the words of two names. Each word is in at most one pair."""
    single, leftovers, other_leftovers = _take(_singles(words, other_words), range(len(words)), range(len(other_words)))
    if not (leftovers and other_leftovers) or len(leftovers) + len(other_leftovers) == 2:
        return Pairing(single, leftovers, other_leftovers)
    spans = _joins(words, other_words, leftovers, other_leftovers)
    together, leftovers, other_leftovers = _take(spans, leftovers, other_leftovers)
    return Pairing(single + together, leftovers, other_leftovers)


def as_a_whole(words: tuple[Word, ...], other_words: tuple[Word, ...]) -> Pairing:
    """Return a single pair of all words of both names, for names that differ only in spaces or punctuation."""
    return Pairing((WordPair(tuple(range(len(words))), tuple(range(len(other_words))), 1.0),), (), ())


def _singles(words: tuple[Word, ...], other_words: tuple[Word, ...]) -> Iterator[WordPair]:
    for (i, word), (j, other_word) in product(enumerate(words), enumerate(other_words)):
        if (alike := likeness(word, other_word)) > 0:
            yield WordPair((i,), (j,), alike)


def _joins(
    words: tuple[Word, ...], other_words: tuple[Word, ...], leftovers: tuple[int, ...], other_leftovers: tuple[int, ...]
) -> Iterator[WordPair]:
    for span, j in product(spans(words, leftovers), other_leftovers):
        if (alike := likeness(_join(words, span), other_words[j])) >= _JOINED_FLOOR:
            yield WordPair(span, (j,), alike)
    for i, span in product(leftovers, spans(other_words, other_leftovers)):
        if (alike := likeness(words[i], _join(other_words, span))) >= _JOINED_FLOOR:
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
    pairs: Iterator[WordPair], places: range | tuple[int, ...], other_places: range | tuple[int, ...]
) -> tuple[tuple[WordPair, ...], tuple[int, ...], tuple[int, ...]]:
    word_pairs: list[WordPair] = []
    leftovers, other_leftovers = set(places), set(other_places)
    for pair in sorted(pairs, key=_best_first):
        if leftovers.issuperset(pair.ones) and other_leftovers.issuperset(pair.others):
            word_pairs.append(pair)
            leftovers.difference_update(pair.ones)
            other_leftovers.difference_update(pair.others)
    return tuple(word_pairs), tuple(sorted(leftovers)), tuple(sorted(other_leftovers))


def _best_first(pair: WordPair) -> tuple[float, int, int, int]:
    """Return the sort key of a pair: likeness, then places, so that ties do not depend on which name comes first."""
    first, second = pair.ones[0], pair.others[0]
    return -pair.likeness, abs(first - second), first + second, first
