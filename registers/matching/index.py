"""Find the listed names that are worth comparing: those that share enough, by weight, of the subject's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import nlargest
from typing import Final, NamedTuple

from registers.matching.lexicon import Lexicon
from registers.matching.pairing import spans
from registers.matching.rarity import Rarity
from registers.matching.scoring import hit, judge
from registers.matching.values import Hit, Listed, ListedKind, Subject, SubjectKind
from registers.matching.words import Reading, Role, Word, joined, read

_COMPARED: Final = 100
"""So many names are compared in full; what ranks lower shares far less."""

_MARGIN: Final = 12.0
"""The estimate may be wrong by so many points, since it knows nothing of country, birth and the places of words."""

_DROPPED: Final = 0.25


class Entry(NamedTuple):
    """A listed name as it was read."""

    listed: Listed
    reading: Reading
    weight: float
    """Of all its words, except initials, which the estimate takes for met."""


class _Shelf:
    """The names of persons, or those of everything else: what a word weighs differs between them."""

    def __init__(self, names: list[tuple[Listed, Reading]], rarity: Rarity, of_person: bool) -> None:
        self._rarity, self._of_person = rarity, of_person
        self.entries = [Entry(listed, reading, self._weight(reading.words)) for listed, reading in names]
        self._lexicon = Lexicon()
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            self._file(place, entry.reading.words)

    def _weight(self, words: Iterable[Word]) -> float:
        return sum(self._weight_of(word) for word in words if word.role is not Role.INITIAL)

    def _weight_of(self, word: Word) -> float:
        return self._rarity.weight(word, self._of_person)

    def _file(self, place: int, words: tuple[Word, ...]) -> None:
        single = {word for word in words if word.role not in (Role.PARTICLE, Role.INITIAL)}
        together = {joined(texts) for texts, _ in _together(words)} - single
        for word in single:
            self._lexicon.add(word)
        for word in together:
            self._lexicon.add_joined(word)
        for word in single | together:
            self._places[word.text].append(place)

    def promising(self, words: tuple[Word, ...], threshold: float) -> list[Entry]:
        """Return the names that may reach the threshold, the most promising first."""
        shared, own = self._shared(words), self._weight(words)
        estimates = ((self._estimate(shared[place], own, place), -place) for place in shared)
        good = (one for one in estimates if one[0] >= threshold - _MARGIN)
        return [self.entries[-place] for _, place in nlargest(_COMPARED, good)]

    def _shared(self, words: tuple[Word, ...]) -> dict[int, float]:
        shared: defaultdict[int, float] = defaultdict(float)
        for word, weight in self._asked(words):
            seen: set[int] = set()
            for near, likeness in self._lexicon.near(word):
                worth = weight * likeness
                fresh = [place for place in self._places[near.text] if place not in seen]
                seen.update(fresh)
                for place in fresh:
                    shared[place] += worth
        return shared

    def _asked(self, words: tuple[Word, ...]) -> Iterator[tuple[Word, float]]:
        for word in words:
            if word.role not in (Role.PARTICLE, Role.INITIAL):
                yield word, self._weight_of(word)
        for texts, parts in _together(words):
            yield joined(texts), sum(self._weight_of(part) for part in parts)

    def _estimate(self, shared: float, own: float, place: int) -> float:
        theirs = self.entries[place].weight
        less, more = sorted((max(0.0, own - shared), max(0.0, theirs - shared)))
        return 100 * 2 * shared / (2 * shared + 2 * less + _DROPPED * (more - less))


class NameIndex:
    """All listed names, ready to be asked. It does not change; a new version of a list is a new index."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        names = [(one, read(one.name, one.kind)) for one in listed]
        self.rarity = Rarity.of(reading.words for _, reading in names)
        persons = [one for one in names if one[0].kind is ListedKind.PERSON]
        others = [one for one in names if one[0].kind is not ListedKind.PERSON]
        self._persons, self._others = _Shelf(persons, self.rarity, True), _Shelf(others, self.rarity, False)
        self._same: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self._persons.entries + self._others.entries:
            self._same[entry.reading.key].append(entry)

    def find(self, subject: Subject, threshold: float) -> list[Hit]:
        """Return the listed names that reach the threshold, best first; equal scores in the order of rows."""
        reading = read(subject.name, subject.kind)
        if not reading.words:
            return []
        judged = (
            (entry, judge(subject, reading, *entry[:2], self.rarity))
            for entry in self._met(subject, reading, threshold)
        )
        hits = [hit(entry.listed, reading, entry.reading, one) for entry, one in judged if one.score >= threshold]
        return sorted(hits, key=lambda one: (-one.score, one.listed.entity, one.listed.reference, one.listed.name))

    def _met(self, subject: Subject, reading: Reading, threshold: float) -> list[Entry]:
        shelf = self._persons if subject.kind is SubjectKind.PERSON else self._others
        same = self._same.get(reading.key, [])
        known = {id(entry) for entry in same}
        return same + [one for one in shelf.promising(reading.words, threshold) if id(one) not in known]


def _together(words: tuple[Word, ...]) -> Iterator[tuple[tuple[str, ...], tuple[Word, ...]]]:
    for span in spans(words, tuple(range(len(words)))):
        parts = tuple(words[place] for place in span)
        yield tuple(part.text for part in parts), parts
