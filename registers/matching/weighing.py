"""Weigh a pairing of words: how alike the pairs are, and what the words that are left over cost."""

from __future__ import annotations

from typing import Final, NamedTuple

from registers.matching.pairing import Pairing, WordPair
from registers.matching.rarity import Rarity
from registers.matching.words import Reading, Word, WordRole

_DROPPED_OF_PERSON: Final = 0.25
"""The share of its weight that a name costs which one side leaves out: people drop middle names."""

_EACH_MORE: Final = 0.12
_DROPPED_AT_MOST: Final = 0.5
"""The more names one side leaves out, the less it is the same name."""

_FIRST_DROPPED: Final = 0.95
"""A first name that only one side has is the mark of a father or a brother."""

_LAST_DROPPED: Final = 0.55
_LAST_OF_CONTAINED: Final = 0.45
"""A last name that only one side has may be a second surname, but also the surname itself."""

_DROPPED_OF_ORGANISATION: Final = 0.45

_PARTICLE: Final = 0.3
_ENOUGH_WORDS: Final = 2
_OF_PARTICLES: Final = 0.4
"""Pairs that weigh no more are articles and titles."""

_TELLING: Final = 0.4
"""A word that weighs less is shared by too many names to tell one from another."""

_MET: Final = 0.9
"""Words that are so much alike are the same, spelt otherwise or slipped."""


class Omission(NamedTuple):
    """The shares of their weight that words cost which one side leaves out."""

    share: float
    first: float = 0.0
    """At least, for the first word of a name."""
    last: float = 0.0
    """At least, for its last word."""


_ANOTHER_NAME: Final = Omission(1.0)
"""Where a single word is common to both, or only common words, a word left over is not omitted but another name."""

_OF_ORGANISATION: Final = Omission(_DROPPED_OF_ORGANISATION)
_CONTAINED: Final = Omission(_DROPPED_OF_PERSON, _FIRST_DROPPED, _LAST_OF_CONTAINED)
"""Where all of a name is found in a longer one, the rest is what lists know more: fathers, clans, second surnames."""


class Leftover(NamedTuple):
    """A word without counterpart, and what it costs in weight."""

    word: Word
    cost: float


class Weighed(NamedTuple):
    """A pairing in figures: the weights of the pairs, and the cost of the rest."""

    pairs: tuple[tuple[WordPair, float], ...]
    """Each with the weight of its words on both sides."""
    ones_left: tuple[Leftover, ...]
    others_left: tuple[Leftover, ...]

    @property
    def whole(self) -> float:
        """The weight of all that was compared."""
        left = sum(one.cost for one in self.ones_left + self.others_left)
        return sum(weight for _, weight in self.pairs) + left

    @property
    def share(self) -> float:
        """The share of the whole that is alike, from 0 to 1."""
        return sum(weight * one.likeness for one, weight in self.pairs) / self.whole if self.pairs else 0.0


def weigh(one: Reading, other: Reading, pairing: Pairing, rarity: Rarity, of_person: bool) -> Weighed:
    """Weigh the pairs and the words left over."""
    ones = [rarity.weight(word, of_person) for word in one.words]
    others = [rarity.weight(word, of_person) for word in other.words]
    pairs = tuple((pair, _of_pair(pair, ones, others)) for pair in pairing.pairs)
    first, second = _substance(one, pairing.ones_left, ones), _substance(other, pairing.others_left, others)
    contradicted = min(first, second)
    omission = _omission(pairs, pairing, contradicted, of_person)
    return Weighed(
        pairs,
        _leftovers(one, pairing.ones_left, ones, _at(omission, first, contradicted)),
        _leftovers(other, pairing.others_left, others, _at(omission, second, contradicted)),
    )


def _of_pair(pair: WordPair, ones: list[float], others: list[float]) -> float:
    return sum(ones[place] for place in pair.ones) + sum(others[place] for place in pair.others)


def _omission(
    pairs: tuple[tuple[WordPair, float], ...], pairing: Pairing, contradicted: float, of_person: bool
) -> Omission:
    words = sum(len(pair.ones) + len(pair.others) for pair, weight in pairs if weight > _OF_PARTICLES)
    if words < 2 * _ENOUGH_WORDS or max(weight for _, weight in pairs) < 2 * _TELLING:
        return _ANOTHER_NAME
    if not of_person:
        return _OF_ORGANISATION
    if contradicted == 0 and all(pair.likeness >= _MET for pair, weight in pairs if weight > _OF_PARTICLES):
        return _CONTAINED
    left = max(len(pairing.ones_left), len(pairing.others_left))
    share = min(_DROPPED_AT_MOST, _DROPPED_OF_PERSON + _EACH_MORE * (left - 1))
    return Omission(share, _FIRST_DROPPED, _LAST_DROPPED)


def _tells(word: Word) -> bool:
    return word.role is not WordRole.PARTICLE


def _substance(reading: Reading, places: tuple[int, ...], weights: list[float]) -> float:
    return sum(weights[place] for place in places if _tells(reading.words[place]))


def _at(omission: Omission, own: float, contradicted: float) -> Omission:
    """Words that stand against words of the other name cost all of their weight, mere omissions a share."""
    share = (contradicted + (own - contradicted) * omission.share) / own if own else 0.0
    return omission._replace(share=share)


def _leftovers(
    reading: Reading, places: tuple[int, ...], weights: list[float], omission: Omission
) -> tuple[Leftover, ...]:
    telling = [place for place, word in enumerate(reading.words) if _tells(word)]
    floors = {telling[-1]: omission.last, telling[0]: omission.first} if telling else {}
    return tuple(
        Leftover(reading.words[place], weights[place] * _share(reading.words[place], floors.get(place, 0.0), omission))
        for place in places
    )


def _share(word: Word, floor: float, omission: Omission) -> float:
    return max(omission.share, floor) if _tells(word) else _PARTICLE
