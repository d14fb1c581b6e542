"""Find the listed names that are worth comparing, since they share enough of the subject's words, by weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from typing import Final, NamedTuple

from registers.matching.pairing import spans
from registers.matching.scoring import called, hit, judge, read_as
from registers.matching.values import Hit, ListedKind, ListedName, Subject, SubjectKind
from registers.matching.words.lexicon import Lexicon
from registers.matching.words.rarity import Rarity
from registers.matching.words.words import NameReading, Word, WordRole, joined, read, run_together

_COMPARED: Final = 100
"""The most candidates that are compared in full. Lower-ranked ones have far less in common with the subject."""

_MARGIN: Final = 12.0
"""Points by which the estimate may be wrong, since it ignores country, date of birth and the places of words."""

_DROPPED: Final = 0.25


class IndexEntry(NamedTuple):
    """A listed name with its reading, and with values that the estimate needs."""

    listed: ListedName
    reading: NameReading
    weight: float
    """The weight of all its words except initials, which the estimate counts as shared."""
    initials: tuple[str, ...]


class _CandidateIndex:
    """An index of the names of persons, or of all other names: the same word weighs differently in the two."""

    def __init__(self, names: list[tuple[ListedName, NameReading]], rarity: Rarity, of_person: bool) -> None:
        self._rarity, self._of_person = rarity, of_person
        self.entries = [
            IndexEntry(listing, reading, self._weight(reading.words), _initials(reading.words))
            for listing, reading in names
        ]
        self._lexicon = Lexicon()
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            self._file(place, entry.reading.words)

    def _weight(self, words: Iterable[Word]) -> float:
        return sum(self._weight_of(word) for word in words if word.role is not WordRole.INITIAL)

    def _weight_of(self, word: Word) -> float:
        return self._rarity.weight(word, self._of_person)

    def _file(self, place: int, words: tuple[Word, ...]) -> None:
        single = {word.text: word for word in words if word.role not in (WordRole.PARTICLE, WordRole.INITIAL)}
        together = {word.text: word for word in map(joined, _together(words)) if word.text not in single}
        for word in single.values():
            self._lexicon.add(word)
        for word in together.values():
            self._lexicon.add_joined(word)
        for text in single | together:
            self._places[text].append(place)

    def promising(self, words: tuple[Word, ...], threshold: float) -> list[IndexEntry]:
        """Return the entries that may reach the threshold, the most promising first, at most `_COMPARED` of them."""
        shared, total_weight, initials = self._shared(words), self._weight(words), _initials(words)

        def estimate(place: int) -> float:
            entry = self.entries[place]
            entry_weight = self._met_by(initials, entry.reading.words)
            subject_weight = self._met_by(entry.initials, words)
            return _estimate(
                shared[place] + entry_weight + subject_weight,
                total_weight + entry_weight,
                entry.weight + subject_weight,
            )

        estimates = ((estimate(place), -place) for place in shared)
        good = (estimate for estimate in estimates if estimate[0] >= threshold - _MARGIN)
        return [self.entries[-place] for _, place in nlargest(_COMPARED, good)]

    def _shared(self, words: tuple[Word, ...]) -> dict[int, float]:
        shared: defaultdict[int, float] = defaultdict(float)
        for word, weight in self._asked(words):
            known_places: set[int] = set()
            for near, likeness in self._lexicon.near(word):
                worth = weight * likeness
                fresh = [place for place in self._places[near.text] if place not in known_places]
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

    def __init__(self, listings: Iterable[ListedName]) -> None:
        names = [(listing, read(listing.name, listing.kind)) for listing in listings]
        self.rarity = Rarity.of(reading.words for _, reading in names)
        persons = [name for name in names if name[0].kind is ListedKind.PERSON]
        other_names = [name for name in names if name[0].kind is not ListedKind.PERSON]
        self._persons, self._others = (
            _CandidateIndex(persons, self.rarity, True),
            _CandidateIndex(other_names, self.rarity, False),
        )
        self._same: defaultdict[str, list[IndexEntry]] = defaultdict(list)
        for entry in self._persons.entries + self._others.entries:
            for key in {entry.reading.key, run_together(entry.listed.name, entry.listed.kind)}:
                self._same[key].append(entry)

    def find(self, subject: Subject, threshold: float) -> list[Hit]:
        """Return the hits that reach the threshold, best first, and equal scores by entity, reference and name."""
        best: dict[int, Hit] = {}
        for variant in called(subject):
            for match in self._found(variant, None if variant == subject else variant.name, threshold):
                hit = best.setdefault(id(match.listed), match)
                if match.score > hit.score:
                    best[id(match.listed)] = match
        return sorted(
            best.values(),
            key=lambda match: (-match.score, match.listed.entity, match.listed.reference, match.listed.name),
        )

    def _found(self, subject: Subject, part: str | None, threshold: float) -> Iterator[Hit]:
        kinds = {kind: read_as(subject, kind) for kind in ListedKind}
        readings = {kind: read(subject.name, kind) for kind in set(kinds.values())}
        for listing, other_reading, *_ in self._met(subject, readings, threshold):
            reading = readings[kinds[listing.kind]]
            scored_name = judge(subject, reading, listing, other_reading, self.rarity)
            if scored_name.score >= threshold:
                yield hit(listing, reading, other_reading, scored_name, part)

    def _met(
        self, subject: Subject, readings: Mapping[SubjectKind | ListedKind, NameReading], threshold: float
    ) -> Iterable[IndexEntry]:
        shelf = self._persons if subject.kind is SubjectKind.PERSON else self._others
        keys = {
            key for kind, reading in readings.items() for key in (reading.key, run_together(subject.name, kind)) if key
        }
        entries = [entry for key in keys for entry in self._same.get(key, ())]
        for words in {reading.words for reading in readings.values()}:
            entries += shelf.promising(words, threshold)
        return {id(entry): entry for entry in entries}.values()


def _together(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    for span in spans(words, tuple(range(len(words)))):
        yield tuple(words[place] for place in span)
