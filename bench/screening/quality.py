"""How well scores tell pairs of one entity from pairs of two: F1 over all pairs, where words are shared, and by script.

A peer is given the threshold at which it does best on the tuning pairs. Ours is the rule book's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.screening.pairs import SCRIPTS, Draw, Pair, pairs
from bench.screening.peers import PeerAbsent, logic_v2, wratio
from registers.matching import DEFAULT_THRESHOLD, ListedName, NameIndex, Subject, SubjectKind, compare
from registers.matching.values import ListedKind

OURS: Final = "this matcher"
FEWEST: Final = 10
"""Pairs of a script from which its F1 is shown."""


class Judged(NamedTuple):
    """A group of pairs, and the F1 of each matcher on it."""

    what: str
    pairs: int
    f1: Mapping[str, float]


def subject_of(pair: Pair) -> Subject:
    """Return the party of a pair, as it is screened."""
    person = pair.listed.kind is ListedKind.PERSON
    return Subject(pair.party, SubjectKind.PERSON if person else SubjectKind.ORGANISATION)


def ours(labelled: Sequence[Pair], index: NameIndex) -> list[float]:
    """Return our scores, with the rarity of words among all listed names."""
    return [compare(subject_of(pair), _bare(pair.listed), index.rarity).score for pair in labelled]


def _bare(listed: ListedName) -> ListedName:
    """Return the name alone: nobody is told by a country or a birth date here."""
    return listed._replace(countries=frozenset(), births=())


def f1(labelled: Iterable[Pair], scores: Iterable[float], threshold: float) -> float:
    """Return the harmonic mean of precision and recall."""
    met = [(pair.same, score >= threshold) for pair, score in zip(labelled, scores, strict=True)]
    true = sum(same and found for same, found in met)
    wrong = sum(same is not found for same, found in met)
    return 2 * true / (2 * true + wrong) if true else 0.0


def best_threshold(labelled: Sequence[Pair], scores: Sequence[float]) -> float:
    """Return the threshold with the highest F1."""
    return max((f1(labelled, scores, step / 2), step / 2) for step in range(60, 201))[1]


def judged(data: Path, draw: Draw, index: NameIndex, python: Path | None) -> tuple[list[Judged], list[str]]:
    """Return the F1 of each group of pairs, and the reason for each peer that is left out."""
    labelled, tuning = pairs(data, draw), pairs(data, Draw.TUNING)
    scores, thresholds, absent = {OURS: ours(labelled, index)}, {OURS: DEFAULT_THRESHOLD}, list[str]()
    for name, peer in (("WRatio", wratio), ("LogicV2", lambda asked: logic_v2(asked, python))):
        try:
            scores[name], thresholds[name] = peer(labelled), best_threshold(tuning, peer(tuning))
        except PeerAbsent as fault:
            absent.append(f"{name} is left out: {fault}")
    return [_group(what, places, labelled, scores, thresholds) for what, places in _groups(labelled)], absent


def _groups(labelled: Sequence[Pair]) -> list[tuple[str, list[int]]]:
    groups = [("all pairs", list(range(len(labelled))))]
    groups += [("pairs that share a word", [place for place, pair in enumerate(labelled) if pair.shares])]
    for script in SCRIPTS:
        groups += [(script.lower(), [place for place, pair in enumerate(labelled) if pair.script == script])]
    return [(what, places) for what, places in groups if len(places) >= FEWEST]


def _group(
    what: str,
    places: Sequence[int],
    labelled: Sequence[Pair],
    scores: Mapping[str, Sequence[float]],
    thresholds: Mapping[str, float],
) -> Judged:
    chosen = [labelled[place] for place in places]
    reached = {name: f1(chosen, [found[place] for place in places], thresholds[name]) for name, found in scores.items()}
    return Judged(what, len(places), reached)
