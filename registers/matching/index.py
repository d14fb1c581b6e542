"""Find the listed names that are worth comparing, since they share enough of the subject's words, by weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from typing import Final, NamedTuple

from registers.matching.pairing import spans
from registers.matching.scoring import called, hit, judge, read_as
from registers.matching.values import NEWEST, Hit, ListedKind, ListedName, Manner, Subject, SubjectKind
from registers.matching.words.lexicon import Lexicon
from registers.matching.words.rarity import Rarity
from registers.matching.words.words import NameReading, Word, WordRole, joined, readings, run_together

_COMPARED: Final = 100
"""The most candidates that are compared in full. Lower-ranked ones have far less in common with the subject."""

_MARGIN: Final = 12.0
"""Points by which the estimate may be wrong, since it ignores country, date of birth and the places of words."""

_DROPPED: Final = 0.25


class IndexEntry(NamedTuple):
    """A listed name with one of its readings."""

    listed: ListedName
    reading: NameReading
    number: int = 0
    """The place of the reading among those of the name."""


class NameShelf(NamedTuple):
    """The names of persons, or all others, filed by their words: what a search needs, and what may be kept on disk."""

    entries: Sequence[IndexEntry]
    weights: Sequence[float]
    """By entry: the weight of all its words except initials, which the estimate counts as shared."""
    initials: Mapping[int, tuple[str, ...]]
    """By entry, if it has any."""
    places: Mapping[str, Sequence[int]]
    """By the text of a word, or of words joined: the entries that have it."""
    lexicon: Lexicon


class NameShelves(NamedTuple):
    """All that a `NameIndex` consists of."""

    manner: Manner
    rarity: Rarity
    persons: NameShelf
    rest: NameShelf
    by_key: Mapping[str, Sequence[tuple[bool, int]]]
    """By a name's key, and by its letters run together: (whether it is a person's, entry) of each such name."""


def file_names(listings: Iterable[ListedName], manner: Manner = NEWEST) -> NameShelves:
    """File listed names for a search."""
    names = [
        IndexEntry(listing, reading, number)
        for listing in listings
        for number, reading in enumerate(readings(listing.name, listing.kind, manner))
    ]
    rarity = Rarity.of(entry.reading.words for entry in names)
    by_kind = {person: [entry for entry in names if _is_person(entry) is person] for person in (True, False)}
    by_key: defaultdict[str, list[tuple[bool, int]]] = defaultdict(list)
    for person, entries in by_kind.items():
        for place, entry in enumerate(entries):
            for key in {entry.reading.key, run_together(entry.listed.name, entry.listed.kind)}:
                by_key[key].append((person, place))
    persons, rest = (_shelf(entries, rarity, person) for person, entries in by_kind.items())
    return NameShelves(manner, rarity, persons, rest, by_key)


def _is_person(entry: IndexEntry) -> bool:
    return entry.listed.kind is ListedKind.PERSON


def _shelf(entries: list[IndexEntry], rarity: Rarity, of_person: bool) -> NameShelf:
    lexicon, places = Lexicon(), defaultdict[str, list[int]](list)
    for place, entry in enumerate(entries):
        for text in _file(entry.reading.words, lexicon):
            places[text].append(place)
    initials = {place: letters for place, entry in enumerate(entries) if (letters := _initials(entry.reading.words))}
    weights = [_weight(entry.reading.words, rarity, of_person) for entry in entries]
    return NameShelf(entries, weights, initials, places, lexicon)


def _file(words: tuple[Word, ...], lexicon: Lexicon) -> Iterable[str]:
    single = {word.text: word for word in words if word.role not in (WordRole.PARTICLE, WordRole.INITIAL)}
    together = {word.text: word for word in map(joined, _together(words)) if word.text not in single}
    for word in single.values():
        lexicon.add(word)
    for word in together.values():
        lexicon.add_joined(word)
    return single | together


def _weight(words: Iterable[Word], rarity: Rarity, of_person: bool) -> float:
    return sum(rarity.weight(word, of_person) for word in words if word.role is not WordRole.INITIAL)


class _CandidateIndex:
    """A search among the names of persons, or among all others: the same word weighs differently in the two."""

    def __init__(self, shelf: NameShelf, rarity: Rarity, of_person: bool) -> None:
        self.entries, self._shelf = shelf.entries, shelf
        self._rarity, self._of_person = rarity, of_person

    def _weight_of(self, word: Word) -> float:
        return self._rarity.weight(word, self._of_person)

    def promising(self, words: tuple[Word, ...], threshold: float) -> list[IndexEntry]:
        """Return the entries that may reach the threshold, the most promising first, at most `_COMPARED` of them."""
        shared, initials = self._shared(words), _initials(words)
        total_weight = _weight(words, self._rarity, self._of_person)

        def estimate(place: int) -> float:
            entry_weight = self._met_by(initials, self.entries[place].reading.words) if initials else 0.0
            subject_weight = self._met_by(self._shelf.initials.get(place, ()), words)
            return _estimate(
                shared[place] + entry_weight + subject_weight,
                total_weight + entry_weight,
                self._shelf.weights[place] + subject_weight,
            )

        estimates = ((estimate(place), -place) for place in shared)
        good = (estimate for estimate in estimates if estimate[0] >= threshold - _MARGIN)
        return [self.entries[-place] for _, place in nlargest(_COMPARED, good)]

    def _shared(self, words: tuple[Word, ...]) -> dict[int, float]:
        shared: defaultdict[int, float] = defaultdict(float)
        for word, weight in self._asked(words):
            known_places: set[int] = set()
            for near, likeness in self._shelf.lexicon.near(word):
                worth = weight * likeness
                fresh = [place for place in self._shelf.places.get(near.text, ()) if place not in known_places]
                known_places.update(fresh)
                for place in fresh:
                    shared[place] += worth
        return shared

    def _asked(self, words: tuple[Word, ...]) -> Iterator[tuple[Word, float]]:
        for word in words:
            if word.role not in (WordRole.PARTICLE, WordRole.INITIAL):
                yield word, self._weight_of(word)
        for parts in _together(words):
            yield joined(parts), sum(self._weight_of(part) for part in parts)

    def _met_by(self, initials: tuple[str, ...], words: tuple[Word, ...]) -> float:
        """Return the total weight of the words that the other name's initials may stand for: for each the heaviest."""
        return sum(
            max((self._weight_of(word) for word in words if word.text.startswith(initial)), default=0.0)
            for initial in initials
        )


def _initials(words: tuple[Word, ...]) -> tuple[str, ...]:
    return tuple(word.text for word in words if word.role is WordRole.INITIAL)


def _estimate(shared: float, weight: float, other_weight: float) -> float:
    """Return the highest score that two names may reach, from the weight that they share and the weight of each."""
    less, more = sorted((max(0.0, weight - shared), max(0.0, other_weight - shared)))
    return 100 * 2 * shared / (2 * shared + 2 * less + _DROPPED * (more - less))


class NameIndex:
    """A search index of all listed names. It is immutable: a new version of a list needs a new index."""

    def __init__(
        self, listings: Iterable[ListedName], manner: Manner = NEWEST, shelves: NameShelves | None = None
    ) -> None:
        """Index listed names, or take them as they were filed before."""
        self.shelves = shelves or file_names(listings, manner)
        self.manner, self.rarity = self.shelves.manner, self.shelves.rarity
        self._persons = _CandidateIndex(self.shelves.persons, self.rarity, True)
        self._others = _CandidateIndex(self.shelves.rest, self.rarity, False)

    def find(self, subject: Subject, threshold: float) -> list[Hit]:
        """Return the hits that reach the threshold, best first, and equal scores by entity, reference and name."""
        best: dict[ListedName, Hit] = {}
        for variant in called(subject, self.manner):
            for match in self._found(variant, None if variant == subject else variant.name, threshold):
                hit = best.setdefault(match.listed, match)
                if match.score > hit.score:
                    best[match.listed] = match
        return sorted(
            best.values(),
            key=lambda match: (-match.score, match.listed.entity, match.listed.reference, match.listed.name),
        )

    def _found(self, subject: Subject, part: str | None, threshold: float) -> Iterator[Hit]:
        kinds = {kind: read_as(subject, kind) for kind in ListedKind}
        read_so = {kind: readings(subject.name, kind, self.manner) for kind in set(kinds.values())}
        for listing, other_reading, _ in self._met(subject, read_so, threshold):
            for reading in read_so[kinds[listing.kind]]:
                scored_name = judge(subject, reading, listing, other_reading, self.rarity)
                if scored_name.score >= threshold:
                    yield hit(listing, reading, other_reading, scored_name, part)

    def _met(
        self, subject: Subject, read_so: Mapping[SubjectKind | ListedKind, tuple[NameReading, ...]], threshold: float
    ) -> Iterable[IndexEntry]:
        shelf = self._persons if subject.kind is SubjectKind.PERSON else self._others
        keys = {
            key
            for kind, of_kind in read_so.items()
            for key in (*(reading.key for reading in of_kind), run_together(subject.name, kind))
            if key
        }
        entries = [
            (self._persons if person else self._others).entries[place]
            for key in keys
            for person, place in self.shelves.by_key.get(key, ())
        ]
        for words in {reading.words for of_kind in read_so.values() for reading in of_kind}:
            entries += shelf.promising(words, threshold)
        # Of equal scores the first counts, so the name as it is written comes before its other readings.
        return sorted(dict.fromkeys(entries), key=lambda entry: entry.number)


def _together(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    for span in spans(words, tuple(range(len(words)))):
        yield tuple(words[place] for place in span)
