"""The weight of a word: a rare word identifies a name, a common one ("foundation", "international") says little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from math import log
from types import MappingProxyType
from typing import Final, NamedTuple

from registers.matching.words.romanisation import normalised_spelling
from registers.matching.words.words import Word, WordRole

_GENERIC_WORDS: Final = """
academy agency agricultural agriculture aid air airlines alliance america american apostolic arab army art arts asia
asian assembly associates association athletic authority bank baptist bible bureau business call capital care
catholic cause center central centre chamber chapel charitable charities charity children childrens christ christian
christians church city club clubs college commerce commercial commission committee community companies company
complex congregation construction cooperation cooperative corporation council country county cultural culture
defence defense department development east eastern economic education educational electronics energy engineering
enterprise enterprises episcopal equipment europe european evangelical exchange export factory family federal
federation fellowship finance financial first food foundation friends front fund funds gas general global gospel
group health heritage high holding holdings holy home hope hospital house human humanitarian import industrial
industries industry information institute institution insurance international investment investments islamic jihad
labor lake league legal legion liberation library life limited lodge logistics lutheran management manufacturing
marine maritime market medical memorial methodist middle military ministries ministry mission missionary missions
modern movement museum music muslim mutual national nations network new nonprofit north northern office oil
organisation organization outreach parish party peace pentecostal peoples petrochemical petroleum pharmaceutical
port power presbyterian press private production products project property public real red refinery relief republic
rescue research resources revolutionary river rural safety saint school schools science scientific security service
services shipping soccer social society solidarity solutions south southern sports state states steel student
students supply support system systems technical technologies technology telecommunications temple textile the
theater theatre town trade trading training transport transportation travel trust union united university valley
veterans village volunteer war welfare west western women womens work workers works world youth
"""
_GENERIC: Final = frozenset(map(normalised_spelling, _GENERIC_WORDS.split()))

_PARTICLE: Final = 0.08
_INITIAL: Final = 0.5
_NUMBER: Final = 0.8
_GENERIC_WEIGHT: Final = 0.35
_PLACE_WEIGHT: Final = 0.5
_LEAST: Final = 0.3
_LEAST_OF_PERSONS: Final = 0.5


class Rarity(NamedTuple):
    """The weights of words, by the number of listed names that contain them."""

    names: int = 0
    occurrences: Mapping[str, int] = MappingProxyType({})
    """The number of listed names that contain a word, by its normalised spelling."""

    @classmethod
    def of(cls, readings: Iterable[tuple[Word, ...]]) -> Rarity:
        """Return the rarity of words among listed names, given as the words of each name."""
        spellings = [{word.spelling for word in words} for words in readings]
        return cls(len(spellings), MappingProxyType(Counter(chain.from_iterable(spellings))))

    def weight(self, word: Word, of_person: bool) -> float:
        """Return the weight of a word in a person's or another name, from near 0 (an article) to 1 (a rare word)."""
        match word.role:
            case WordRole.PARTICLE:
                return _PARTICLE
            case WordRole.INITIAL:
                return _INITIAL
            case WordRole.NUMBER | WordRole.GENERATION:
                return _NUMBER
            case WordRole.WORD:
                return self._of_person(word) if of_person else self._of_organisation(word)

    def _of_person(self, word: Word) -> float:
        return max(_LEAST_OF_PERSONS, self._surprise(word))

    def _of_organisation(self, word: Word) -> float:
        if len(word.text) == 1:
            return _INITIAL
        return max(_LEAST, min(self._surprise(word), _most(word)))

    def _surprise(self, word: Word) -> float:
        """Return 1 for a word in ten names or fewer, falling to 0 for a word in all names."""
        occurrences = self.occurrences.get(word.spelling, 0)
        if occurrences <= 10:
            return 1.0
        return log(self.names / occurrences) / log(self.names / 10)


def _most(word: Word) -> float:
    if word.spelling in _GENERIC:
        return _GENERIC_WEIGHT
    return _PLACE_WEIGHT if word.weak else 1.0


PLAIN: Final = Rarity()
"""The weights without listed names: only generic words and the roles of words count."""
