"""Weigh a pairing of words: the likeness of the pairs against the cost of the words left over."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from registers.matching.pairing import Pairing, WordPair
from registers.matching.values import Manner
from registers.matching.words.rarity import Rarity
from registers.matching.words.romanisation import normalised_spelling
from registers.matching.words.words import NameReading, Word, WordRole

_DROPPED_OF_PERSON: Final = 0.25
"""The share of its weight that a word costs if one side leaves it out: people drop middle names."""

_EACH_MORE: Final = 0.12
_DROPPED_AT_MOST: Final = 0.5
"""The highest share for persons: `_DROPPED_OF_PERSON` grows by `_EACH_MORE` with every further word left out."""

_FIRST_DROPPED: Final = 0.95
"""The least share for a first name: if only one side has it, the other side may be a father or a brother."""

_LAST_DROPPED: Final = 0.55
"""The least share for a last name: if only one side has it, it may be a second surname or the surname itself."""

_SURNAME_DROPPED: Final = 0.55
"""The least share for the first of several surnames beside words of which one is no common name: it may be another's
name, and a rare name that is the same is worth a question."""

_SURE: Final = 0.9
"""The likeness of words from which no other name may be meant: beside it a Muhammad may be left out."""

_PROPHETS_NAME: Final = normalised_spelling("muhammad")
_PARTICLE: Final = 0.3
_ENOUGH_WORDS: Final = 2
_OF_PARTICLES: Final = 0.4
"""Pairs of this weight or less are articles and titles, and do not count as words in common."""

_TELLING: Final = 0.4
"""The least weight of a distinguishing word. A lighter one is shared by too many names."""


class Omission(NamedTuple):
    """The share of its weight that a word costs if one side leaves it out."""

    share: float
    first: float = 0.0
    """The least share for a name's first word, not counting particles."""
    last: float = 0.0
    """The least share for a name's last word, not counting particles."""
    surname: float = _FIRST_DROPPED
    """The least share for the first of several surnames, where a comma tells it."""
    prophets: bool = False
    """True if a Muhammad before other names is no first name: what both have is alike enough to tell its bearer."""


_ANOTHER_NAME: Final = Omission(1.0)
"""For names that share one word only, or only frequent words: a leftover word means another name, not an omission."""


class Costs(NamedTuple):
    """What differs between manners of weighing."""

    same_word: float
    """The likeness from which two words are treated as the same word, spelt differently or misspelt."""
    organisation: Omission
    contained: Omission
    """For a name contained in a longer one: lists often add names, such as a father's, a clan's or a second surname."""


_COSTS: Final = MappingProxyType(
    {
        Manner.FIRST: Costs(0.9, Omission(0.45), Omission(_DROPPED_OF_PERSON, _FIRST_DROPPED, 0.45)),
        Manner.SECOND: Costs(
            0.75,
            Omission(0.4),
            Omission(_DROPPED_OF_PERSON, _FIRST_DROPPED, 0.35, _SURNAME_DROPPED, prophets=True),
        ),
    }
)
"""Who leaves out a last name that the list has may leave out a second surname, or the surname itself."""

_COMMON: Final = Omission(0.5, _FIRST_DROPPED, _FIRST_DROPPED)
"""For names whose words in common are among the commonest: what else stands in either tells who it is."""


class Leftover(NamedTuple):
    """A word without a counterpart, and its cost in weight."""

    word: Word
    cost: float


class WeightedPairing(NamedTuple):
    """A weighed pairing: the weights of the pairs, and the costs of the words left over."""

    pairs: tuple[tuple[WordPair, float], ...]
    """Each pair with the total weight of its words in both names."""
    ones_left: tuple[Leftover, ...]
    others_left: tuple[Leftover, ...]

    @property
    def whole(self) -> float:
        """The weight of the pairs plus the cost of the words left over."""
        leftover_cost = sum(leftover.cost for leftover in self.ones_left + self.others_left)
        return sum(weight for _, weight in self.pairs) + leftover_cost

    @property
    def share(self) -> float:
        """The share of the whole that is alike, from 0 to 1."""
        return sum(weight * pair.likeness for pair, weight in self.pairs) / self.whole if self.pairs else 0.0


def weigh(
    reading: NameReading, other_reading: NameReading, pairing: Pairing, rarity: Rarity, of_person: bool
) -> WeightedPairing:
    """Weigh a pairing of two names with the weights of their words. `of_person` is True for the names of persons."""
    weights = [rarity.weight(word, of_person) for word in reading.words]
    other_weights = [rarity.weight(word, of_person) for word in other_reading.words]
    pairs = tuple((pair, _of_pair(pair, weights, other_weights)) for pair in pairing.pairs)
    first, second = (
        _substance(reading, pairing.ones_left, weights),
        _substance(other_reading, pairing.others_left, other_weights),
    )
    contradiction = min(first, second)
    omission = _omission(
        pairs, pairing, contradiction, of_person, _COSTS[reading.manner], _are_common(pairs, reading, other_reading)
    )
    return WeightedPairing(
        pairs,
        _leftovers(reading, pairing.ones_left, weights, _for_side(omission, first, contradiction)),
        _leftovers(other_reading, pairing.others_left, other_weights, _for_side(omission, second, contradiction)),
    )


def _are_common(pairs: tuple[tuple[WordPair, float], ...], reading: NameReading, other_reading: NameReading) -> bool:
    """True if all that two names of persons share are very common names, as the second manner knows them."""
    words = [reading.words[place] for pair, _ in pairs for place in pair.ones]
    words += [other_reading.words[place] for pair, _ in pairs for place in pair.others]
    return reading.manner >= Manner.SECOND and all(word.weak for word in words if word.role is WordRole.WORD)


def _of_pair(pair: WordPair, weights: list[float], other_weights: list[float]) -> float:
    return sum(weights[place] for place in pair.ones) + sum(other_weights[place] for place in pair.others)


def _omission(
    pairs: tuple[tuple[WordPair, float], ...],
    pairing: Pairing,
    contradiction: float,
    of_person: bool,
    costs: Costs,
    is_common: bool,
) -> Omission:
    words = sum(len(pair.ones) + len(pair.others) for pair, weight in pairs if weight > _OF_PARTICLES)
    if words < 2 * _ENOUGH_WORDS or max(weight for _, weight in pairs) < 2 * _TELLING:
        return _ANOTHER_NAME
    if not of_person:
        return costs.organisation
    if is_common:
        return _COMMON
    if contradiction == 0 and all(pair.likeness >= costs.same_word for pair, weight in pairs if weight > _OF_PARTICLES):
        return _contained(pairs, costs)
    leftover_count = max(len(pairing.ones_left), len(pairing.others_left))
    share = min(_DROPPED_AT_MOST, _DROPPED_OF_PERSON + _EACH_MORE * (leftover_count - 1))
    return Omission(share, _FIRST_DROPPED, _LAST_DROPPED)


def _contained(pairs: tuple[tuple[WordPair, float], ...], costs: Costs) -> Omission:
    is_sure = all(pair.likeness >= _SURE for pair, weight in pairs if weight > _OF_PARTICLES)
    return costs.contained._replace(prophets=costs.contained.prophets and is_sure)


def _is_distinguishing(word: Word) -> bool:
    return word.role is not WordRole.PARTICLE


def _substance(reading: NameReading, places: tuple[int, ...], weights: list[float]) -> float:
    return sum(weights[place] for place in places if _is_distinguishing(reading.words[place]))


def _for_side(omission: Omission, leftover_weight: float, contradiction: float) -> Omission:
    """Return the omission for one side: leftover weight that both sides have costs in full, any more only its share."""
    share = (
        (contradiction + (leftover_weight - contradiction) * omission.share) / leftover_weight
        if leftover_weight
        else 0.0
    )
    return omission._replace(share=share)


def _leftovers(
    reading: NameReading, places: tuple[int, ...], weights: list[float], omission: Omission
) -> tuple[Leftover, ...]:
    telling = [place for place, word in enumerate(reading.words) if _is_distinguishing(word)]
    if omission.prophets and _begins_with_a_prophets(reading, telling, places):
        telling = telling[1:]
    floors = {telling[-1]: omission.last, telling[0]: omission.first} if telling else {}
    if reading.surname is not None:
        floors[reading.surname] = omission.surname
    return tuple(
        Leftover(reading.words[place], weights[place] * _share(reading.words[place], floors.get(place, 0.0), omission))
        for place in places
    )


def _begins_with_a_prophets(reading: NameReading, telling: list[int], left: tuple[int, ...]) -> bool:
    """True if one side leaves out a Muhammad before other names, as its bearers do."""
    is_left = len(telling) > _ENOUGH_WORDS and telling[0] in left
    return is_left and reading.words[telling[0]].spelling == _PROPHETS_NAME


def _share(word: Word, floor: float, omission: Omission) -> float:
    return max(omission.share, floor) if _is_distinguishing(word) else _PARTICLE
