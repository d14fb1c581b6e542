"""Explain a score in lines that a person can check by hand against both names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from registers.matching.evidence import Points
from registers.matching.pairing import WordPair
from registers.matching.weighing import Leftover, WeightedPairing
from registers.matching.words.words import NameReading


def explain(
    reading: NameReading,
    other_reading: NameReading,
    pairing: WeightedPairing,
    evidence: tuple[Points, ...],
    sameness: str,
) -> tuple[str, ...]:
    """Return the explanation: a line for each pair, each word left over and each piece of evidence.

    The pairs are in the order of the first name. `sameness` is the first line, unless it is empty.
    """
    lines = [sameness] if sameness else []
    lines += [_paired(reading, other_reading, pair, weight, pairing.whole) for pair, weight in sorted(pairing.pairs)]
    lines += _left("party", pairing.ones_left, pairing.whole)
    lines += _left("list", pairing.others_left, pairing.whole)
    lines += [f"{piece.reason} ({piece.points:+.0f} points)" for piece in evidence]
    return tuple(lines)


def _paired(reading: NameReading, other_reading: NameReading, pair: WordPair, weight: float, whole: float) -> str:
    first, second = _text(reading, pair.ones), _text(other_reading, pair.others)
    weighs = f"weighs {weight / whole:.0%}"
    if pair.likeness == 1:
        return f"{first} = {second}, {weighs}"
    return f"{first} ~ {second}, {pair.likeness:.0%} alike, {weighs}"


def _text(reading: NameReading, places: Iterable[int]) -> str:
    return " ".join(reading.words[place].text for place in places)


def _left(side: str, leftovers: tuple[Leftover, ...], whole: float) -> Iterator[str]:
    for leftover in leftovers:
        cost = leftover.cost / whole * 100 if whole else 0.0
        yield f"{leftover.word.text} stands only in the {side}'s name (-{cost:.1f} points)"
