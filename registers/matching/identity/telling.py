"""Words of names that tell one body from another, and those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from registers.matching.identity.name_words import NameWord
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.words.body_words import COMMERCIAL, COMMON

_BODIES_WORDS: Final = """
academy alumnae alumni alumnus apartment apprenticeship auxiliary benefit booster building cemetery chapel charity
church clinic college education endowment foundation friend fund guild health hospital housing junior lady manor
museum pension plan preschool property retirement scholarship school service training trust welfare woman women youth
"""
BODIES: Final = COMMERCIAL | frozenset(_BODIES_WORDS.split())
"""Words, in the singular, that make another body beside one: its auxiliary, its foundation, its school."""

SLIPS: Final = 1
"""The most misspelt words that are allowed in a name. With more of them it is another name."""


def is_telling(word: NameWord) -> bool:
    """True if a word is no filler, no number and no common word."""
    return not word.optional and not word.is_number and word.longs.isdisjoint(COMMON)


def is_of_row(word: NameWord, context: Sequence[NameWord]) -> bool:
    """True if a word stands for one of some other words."""
    return any(word.stands_for(context_word) for context_word in context)


def tell(words: Iterable[NameWord], row_name: RegisteredName) -> bool:
    """True if one of some words is telling, and no place of the row's."""
    return any(is_telling(word) and not is_of_row(word, row_name.around) for word in words)
