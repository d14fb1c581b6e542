"""Score a subject against a listed name: the words first, then what the kinds, the country and the birth say."""

from __future__ import annotations

from typing import Final, NamedTuple

from registers.matching.evidence import Evidence, birth_evidence, country_evidence
from registers.matching.explaining import explain
from registers.matching.pairing import Pair, pair
from registers.matching.rarity import PLAIN, Rarity
from registers.matching.values import Hit, Listed, ListedKind, Quality, Subject, SubjectKind
from registers.matching.weighing import Leftover, Weighed, weigh
from registers.matching.words import Reading, Role, read

DEFAULT_THRESHOLD: Final = 82.0
"""From this score on a listed name is a potential match, which a person must look at."""

_SAME: Final = 100.0
_NEAR_AT_MOST: Final = 99.0
_CONTRADICTED: Final = 60.0
"""Names with other numbers, a junior beside a senior, a ship whose name is not quite the same: never a match."""

_ABBREVIATION: Final = 4
"""The name of an organisation that has so few letters is an abbreviation, and meets only itself."""

_WEAK_ALIAS: Final = 6.0
_CLOSE_ENOUGH: Final = 0.7
_THINGS: Final = frozenset({ListedKind.VESSEL, ListedKind.AIRCRAFT})
_DISTINGUISHING: Final = frozenset({Role.NUMBER, Role.GENERATION})


class Judged(NamedTuple):
    """A score with all that it rests on."""

    score: float
    exact: bool
    weighed: Weighed
    evidence: tuple[Evidence, ...]


def compare(subject: Subject, listed: Listed, rarity: Rarity = PLAIN) -> Hit:
    """Score one listed name; `rarity` weighs the words, and is an index's own where its scores are to be met."""
    one, other = read(subject.name, subject.kind), read(listed.name, listed.kind)
    return hit(listed, one, other, judge(subject, one, listed, other, rarity))


def hit(listed: Listed, one: Reading, other: Reading, judged: Judged) -> Hit:
    """Return the hit with its explanation."""
    explanation = explain(one, other, judged.weighed, judged.evidence, judged.exact)
    return Hit(listed, round(judged.score, 2), judged.exact, explanation)


def judge(subject: Subject, one: Reading, listed: Listed, other: Reading, rarity: Rarity) -> Judged:
    """Score two names that were read already."""
    person = subject.kind is SubjectKind.PERSON
    weighed = weigh(one, other, pair(one.words, other.words), rarity, person)
    country, birth = country_evidence(subject, listed), birth_evidence(subject, listed)
    if one.key == other.key and one.key:
        return _same(weighed, country, birth)
    evidence = tuple(one for one in (country, birth) if one)
    score = min(_near(subject, listed, weighed, evidence), _ceiling(listed, one, other, weighed))
    return Judged(score, False, weighed, evidence)


def _same(weighed: Weighed, country: Evidence | None, birth: Evidence | None) -> Judged:
    """The same name is a match whatever the country; only another date of birth makes it less than the same."""
    against = min(birth.points, 0.0) if birth else 0.0
    said = (Evidence(0.0, country.reason) if country else None, Evidence(against, birth.reason) if birth else None)
    return Judged(_SAME + against, against == 0, weighed, tuple(one for one in said if one))


def _near(subject: Subject, listed: Listed, weighed: Weighed, evidence: tuple[Evidence, ...]) -> float:
    if (subject.kind is SubjectKind.PERSON) != (listed.kind is ListedKind.PERSON):
        return 0.0
    score = _SAME * weighed.share + sum(one.points for one in evidence)
    return max(0.0, score - _WEAK_ALIAS if listed.quality is Quality.WEAK else score)


def _ceiling(listed: Listed, one: Reading, other: Reading, weighed: Weighed) -> float:
    """Return the most that names which are not the same can score, whatever their words have in common."""
    other_number = bool(_kinds(weighed.ones_left) & _kinds(weighed.others_left))
    match listed.kind:
        case ListedKind.PERSON:
            contradicted = other_number or not any(_names(pair, one, other) for pair, _ in weighed.pairs)
        case ListedKind.ENTITY:
            contradicted = other_number or min(map(_letters, (one, other))) <= _ABBREVIATION
        case ListedKind.VESSEL | ListedKind.AIRCRAFT:
            contradicted = _not_quite(weighed)
    return _CONTRADICTED if contradicted else _NEAR_AT_MOST


def _names(pair: Pair, one: Reading, other: Reading) -> bool:
    """Whether a pair is of names, not of an initial or an article: those alone are nobody's name."""
    words = [one.words[place] for place in pair.ones] + [other.words[place] for place in pair.others]
    return len(words) > 2 or all(word.role not in (Role.PARTICLE, Role.INITIAL) for word in words)


def _letters(reading: Reading) -> int:
    return sum(len(word.text) for word in reading.words)


def _not_quite(weighed: Weighed) -> bool:
    return bool(
        weighed.ones_left or weighed.others_left or any(pair.likeness < _CLOSE_ENOUGH for pair, _ in weighed.pairs)
    )


def _kinds(left: tuple[Leftover, ...]) -> frozenset[Role]:
    return _DISTINGUISHING.intersection(one.word.role for one in left)
