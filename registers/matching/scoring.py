"""Score a subject against a listed name: by the words first, then by kind, country and date of birth."""

from __future__ import annotations

from typing import Final, NamedTuple

from registers.matching.evidence import Points, birth_evidence, country_evidence
from registers.matching.explaining import explain
from registers.matching.pairing import WordPair, as_a_whole, pair
from registers.matching.values import NEWEST, THINGS, Hit, ListedKind, ListedName, Manner, Quality, Subject, SubjectKind
from registers.matching.weighing import Leftover, WeightedPairing, weigh
from registers.matching.words.aliases import names_in
from registers.matching.words.rarity import PLAIN, Rarity
from registers.matching.words.scripts import only_read_alike
from registers.matching.words.words import NameReading, WordRole, readings, run_together

DEFAULT_THRESHOLD: Final = 82.0
"""The score from which a listed name is a potential match that a person must look at."""

_SAME: Final = 100.0
_NEAR_AT_MOST: Final = 99.0
_CONTRADICTED: Final = 60.0
"""The highest score of contradictory names (different numbers, junior and senior, different ships): never a match."""

_OF_OTHER_KIND: Final = 0.0
"""The score of a person and an organisation, unless their names are the same."""

_SAME_NAME: Final = "the same name"
_READ_ALIKE: Final = "other characters, which are read alike"
_OTHER_SPACES: Final = "the same letters, with other spaces or signs"

_ABBREVIATION: Final = 4
"""An organisation's name of this many letters or fewer is an abbreviation, which only the same name matches."""

_RARE: Final = 1.6
"""The weight, of both names together, from which a word tells somebody with no more than an initial beside it."""

_WEAK_ALIAS: Final = 6.0
_CLOSE_ENOUGH: Final = 0.7
_DISTINGUISHING: Final = frozenset({WordRole.NUMBER, WordRole.GENERATION})


class ScoredName(NamedTuple):
    """The score of two names, with everything that it is based on."""

    score: float
    exact: bool
    sameness: str
    """The line that explains how the names are the same as a whole, empty if only some of their words are the same."""
    weighed: WeightedPairing
    evidence: tuple[Points, ...]


def compare(subject: Subject, listing: ListedName, rarity: Rarity = PLAIN, manner: Manner = NEWEST) -> Hit:
    """Return the hit of a subject and one listed name. With a `NameIndex`'s rarity the score is that of the index."""
    other_readings = readings(listing.name, listing.kind, manner)
    judgements = [
        (variant, reading, other_reading, judge(variant, reading, listing, other_reading, rarity))
        for variant in called(subject, manner)
        for other_reading in other_readings
        for reading in readings(variant.name, read_as(variant, listing.kind), manner)
    ]
    best_variant, reading, other_reading, best = max(judgements, key=lambda judgement: judgement[3].score)
    return hit(listing, reading, other_reading, best, None if best_variant == subject else best_variant.name)


def called(subject: Subject, manner: Manner) -> list[Subject]:
    """Return the subject, followed by a copy of it under each name if its name field contains several names."""
    return [subject._replace(name=name) for name in names_in(subject.name, manner)]


def read_as(subject: Subject, kind: ListedKind) -> SubjectKind | ListedKind:
    """Return the kind to read a subject's name as: a ship's or aircraft's `kind` for an organisation, else its own."""
    return kind if kind in THINGS and subject.kind is SubjectKind.ORGANISATION else subject.kind


def hit(
    listing: ListedName, reading: NameReading, other_reading: NameReading, name: ScoredName, part: str | None = None
) -> Hit:
    """Return the hit with its explanation. `part` is the name that was scored if its field has several, else None."""
    explanation = explain(reading, other_reading, name.weighed, name.evidence, name.sameness)
    if part is None:
        return Hit(listing, round(name.score, 2), name.exact, explanation)
    remark = f"of several names in one: {part}"  # or a sentence misread as several names, so never exact
    return Hit(listing, round(min(name.score, _NEAR_AT_MOST), 2), False, (remark, *explanation))


def judge(
    subject: Subject, reading: NameReading, listing: ListedName, other_reading: NameReading, rarity: Rarity
) -> ScoredName:
    """Score two names that have been read: `reading` is the subject's reading, `other_reading` the listed name's."""
    person = subject.kind is SubjectKind.PERSON
    pairing = weigh(reading, other_reading, pair(reading.words, other_reading.words), rarity, person)
    country, birth = country_evidence(subject, listing), birth_evidence(subject, listing)
    same_words = reading.key == other_reading.key and bool(reading.key)
    if same_words and not only_read_alike(subject.name, listing.name):
        return _same(pairing, country, birth)
    evidence = tuple(piece for piece in (country, birth) if piece)
    if person != (listing.kind is ListedKind.PERSON):
        return ScoredName(_OF_OTHER_KIND, False, "", pairing, evidence)
    if same_words:
        return _as_good_as_same(_READ_ALIKE, pairing, evidence)
    if _only_spaced_otherwise(subject, listing):
        weighted_pairing = weigh(reading, other_reading, as_a_whole(reading.words, other_reading.words), rarity, person)
        return _as_good_as_same(_OTHER_SPACES, weighted_pairing, evidence)
    score = min(_near(listing, pairing, evidence), _ceiling(listing, reading, other_reading, pairing))
    return ScoredName(score, False, "", pairing, evidence)


def _only_spaced_otherwise(subject: Subject, listing: ListedName) -> bool:
    run = run_together(listing.name, listing.kind)
    return bool(run) and run == run_together(subject.name, read_as(subject, listing.kind))


def _as_good_as_same(sameness: str, pairing: WeightedPairing, evidence: tuple[Points, ...]) -> ScoredName:
    return ScoredName(
        _NEAR_AT_MOST + sum(min(piece.points, 0.0) for piece in evidence), False, sameness, pairing, evidence
    )


def _same(pairing: WeightedPairing, country: Points | None, birth: Points | None) -> ScoredName:
    """Score two equal names: a match whatever the country. Only a different date of birth lowers the score."""
    against = min(birth.points, 0.0) if birth else 0.0
    pieces = (Points(0.0, country.reason) if country else None, Points(against, birth.reason) if birth else None)
    evidence = tuple(points for points in pieces if points)
    return ScoredName(_SAME + against, against == 0, "" if against else _SAME_NAME, pairing, evidence)


def _near(listing: ListedName, pairing: WeightedPairing, evidence: tuple[Points, ...]) -> float:
    score = _SAME * pairing.share + sum(piece.points for piece in evidence)
    return max(0.0, score - _WEAK_ALIAS if listing.quality is Quality.WEAK else score)


def _ceiling(listing: ListedName, reading: NameReading, other_reading: NameReading, pairing: WeightedPairing) -> float:
    """Return the highest possible score of names that are not the same, whatever their words have in common."""
    other_number = bool(_kinds(pairing.ones_left) & _kinds(pairing.others_left))
    match listing.kind:
        case ListedKind.PERSON:
            names = [weight for pair, weight in pairing.pairs if _names(pair, reading, other_reading)]
            is_contradiction = (
                other_number or not names or _is_one_and_an_initial(names, pairing, reading, other_reading)
            )
        case ListedKind.ENTITY:
            is_contradiction = other_number or min(map(_letters, (reading, other_reading))) <= _ABBREVIATION
        case ListedKind.VESSEL | ListedKind.AIRCRAFT:
            is_contradiction = _not_quite(pairing) or _is_a_mark(other_reading)
    return _CONTRADICTED if is_contradiction else _NEAR_AT_MOST


def _is_one_and_an_initial(
    names: list[float], pairing: WeightedPairing, reading: NameReading, other_reading: NameReading
) -> bool:
    """True if two names share an initial and a common name, or one beside which a last name is left over.

    A. Ahmed is not Aisha Ahmed by that, nor is Mark Leo the same as Leo M. Zorvan.
    """
    if reading.manner is Manner.FIRST or len(names) != 1 or len(pairing.pairs) == 1:
        return False
    leftovers = {leftover.word for leftover in pairing.ones_left + pairing.others_left}
    return names[0] < _RARE or not leftovers.isdisjoint((reading.words[-1], other_reading.words[-1]))


def _is_a_mark(other_reading: NameReading) -> bool:
    """True if a ship's or an aircraft's name is only a mark, such as EP-FAA: nothing is like it but the same."""
    return other_reading.manner >= Manner.SECOND and _letters(other_reading) <= _ABBREVIATION


def _names(pair: WordPair, reading: NameReading, other_reading: NameReading) -> bool:
    """True if a pair consists of names: it joins words, or neither word is an initial or a particle."""
    words = [reading.words[place] for place in pair.ones] + [other_reading.words[place] for place in pair.others]
    return len(words) > 2 or all(word.role not in (WordRole.PARTICLE, WordRole.INITIAL) for word in words)


def _letters(reading: NameReading) -> int:
    return sum(len(word.text) for word in reading.words)


def _not_quite(pairing: WeightedPairing) -> bool:
    return bool(
        pairing.ones_left or pairing.others_left or any(pair.likeness < _CLOSE_ENOUGH for pair, _ in pairing.pairs)
    )


def _kinds(leftovers: tuple[Leftover, ...]) -> frozenset[WordRole]:
    return _DISTINGUISHING.intersection(leftover.word.role for leftover in leftovers)
