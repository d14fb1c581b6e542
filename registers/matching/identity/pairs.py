"""Pair the words of two names: words that stand for each other, words written together, initials, and slips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Final, NamedTuple

from registers.matching.identity.name_words import NameWord
from registers.matching.identity.slips import is_slip

_SHORTEST_INITIALS: Final = 3


class PairKind(IntEnum):
    """The way in which some words of one name are some of another."""

    WHOLE = 0
    """Equal, abbreviated, in singular and plural, or written together."""
    INITIALS = 1
    """Initials, and the words that they stand for."""
    SLIP = 2


class Pair(NamedTuple):
    """Words of two names that stand for each other, by their places."""

    kind: PairKind
    writing: tuple[int, ...]
    row_name: tuple[int, ...]


class Paired(NamedTuple):
    """Two names with the words that they share, and the places of those that only one has."""

    writing: Sequence[NameWord]
    row_name: Sequence[NameWord]
    pairs: tuple[Pair, ...]
    only_in_writing: tuple[int, ...]
    only_in_row: tuple[int, ...]

    @property
    def in_order(self) -> bool:
        """True if the shared words stand in one order."""
        places = [pair.row_name for pair in sorted(self.pairs, key=lambda pair: pair.writing)]
        return places == sorted(places)

    @property
    def slips(self) -> tuple[tuple[str, str], ...]:
        """The words that may be misspelt, as both names have them."""
        return tuple(
            (self.writing[pair.writing[0]].text, self.row_name[pair.row_name[0]].text)
            for pair in self.pairs
            if pair.kind is PairKind.SLIP
        )

    def shared(self) -> tuple[NameWord, ...]:
        """Return the words that both have, as the written name writes them."""
        return tuple(
            self.writing[place] for pair in sorted(self.pairs, key=lambda pair: pair.writing) for place in pair.writing
        )


class _Pairing:
    """The words of two names that are not paired yet."""

    def __init__(self, writing: Sequence[NameWord], row_name: Sequence[NameWord]) -> None:
        self.writing, self.row_name = writing, row_name
        self.writing_places, self.row_places = list(range(len(writing))), list(range(len(row_name)))
        self.pairs: list[Pair] = []

    def by(self, kind: PairKind, fits: Callable[[NameWord, NameWord], bool]) -> None:
        """Pair each word with the first one that fits it."""
        for place in tuple(self.writing_places):
            word = self.writing[place]
            at = next((at for at in self.row_places if fits(word, self.row_name[at])), None)
            if at is not None:
                self._pair(kind, (place,), (at,))

    def joined(self) -> None:
        """Pair neighbouring words of one name that the other writes as one."""
        for place in tuple(self.writing_places):
            if run := self._run_that_is(self.writing[place].text, self.row_name, self.row_places):
                self._pair(PairKind.WHOLE, (place,), run)
        for at in tuple(self.row_places):
            if run := self._run_that_is(self.row_name[at].text, self.writing, self.writing_places):
                self._pair(PairKind.WHOLE, run, (at,))

    def initials(self) -> None:
        """Pair initials with the words of the other name that they stand for."""
        for place in tuple(self.writing_places):
            if run := _run_of(self.writing[place].text, self.row_name, self.row_places):
                self._pair(PairKind.INITIALS, (place,), run)
        for at in tuple(self.row_places):
            if run := _run_of(self.row_name[at].text, self.writing, self.writing_places):
                self._pair(PairKind.INITIALS, run, (at,))

    @staticmethod
    def _run_that_is(text: str, words: Sequence[NameWord], free_places: Sequence[int]) -> tuple[int, ...]:
        for first, second in pairwise(free_places):
            if second == first + 1 and words[first].text + words[second].text == text:
                return first, second
        return ()

    def _pair(self, kind: PairKind, writing: tuple[int, ...], row_name: tuple[int, ...]) -> None:
        self.pairs.append(Pair(kind, writing, row_name))
        for free_places, places in ((self.writing_places, writing), (self.row_places, row_name)):
            for place in places:
                free_places.remove(place)


def _run_of(text: str, words: Sequence[NameWord], free_places: Sequence[int]) -> tuple[int, ...]:
    """Return the places of the words in a row whose initials a text is, with fillers or without, or ()."""
    if len(text) < _SHORTEST_INITIALS or not text.isalpha():
        return ()
    for places in (tuple(free_places), tuple(place for place in free_places if not words[place].optional)):
        letters = "".join(words[place].text[0] for place in places)
        if (at := letters.find(text)) >= 0:
            return places[at : at + len(text)]
    return ()


def paired(writing: Sequence[NameWord], row_name: Sequence[NameWord]) -> Paired:
    """Return two names with their words paired, the surest ways first. Left over are significant words alone."""
    pairing = _Pairing(writing, row_name)
    pairing.by(PairKind.WHOLE, lambda word, row_word: word.text == row_word.text)
    pairing.by(PairKind.WHOLE, _stand_for)
    pairing.joined()
    pairing.initials()
    pairing.by(PairKind.SLIP, is_slip)
    return Paired(
        writing,
        row_name,
        tuple(pair for pair in pairing.pairs if not _is_filler(pair, writing, row_name)),
        tuple(place for place in pairing.writing_places if not writing[place].optional),
        tuple(at for at in pairing.row_places if not row_name[at].optional),
    )


def _stand_for(word: NameWord, row_word: NameWord) -> bool:
    return not (word.optional and row_word.optional) and word.stands_for(row_word)


def _is_filler(pair: Pair, writing: Sequence[NameWord], row_name: Sequence[NameWord]) -> bool:
    return all(writing[place].optional for place in pair.writing) and all(row_name[at].optional for at in pair.row_name)
