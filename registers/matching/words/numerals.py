"""Numbers in names, in whatever spelling: Brigade 44, Forty Four and 44th, Fund II and Fund 2.

A number distinguishes organisations whose names are otherwise equal, so it must be neither lost nor misread.
"""

from __future__ import annotations

import re
from itertools import pairwise
from types import MappingProxyType
from typing import Final

GENERATIONS: Final = MappingProxyType({"jr": 2, "junior": 2, "sr": 1, "senior": 1, "ii": 2, "iii": 3, "iv": 4})
"""Generation suffixes in names of persons, each with the generation that it stands for (senior 1, junior 2)."""

_ORDINAL: Final = re.compile(r"0*(\d+)(?:st|nd|rd|th)?")
_UNIT_WORDS: Final = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_ORDINAL_WORDS: Final = "first second third fourth fifth sixth seventh eighth ninth tenth"
_TENS_WORDS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS: Final = MappingProxyType(dict(zip(_TENS_WORDS.split(), range(20, 100, 10), strict=True)))
_IN_WORDS: Final = MappingProxyType(
    {
        **{word: number for words in (_UNIT_WORDS, _ORDINAL_WORDS) for number, word in enumerate(words.split(), 1)},
        **_TENS,
    }
)
_ROMAN: Final = MappingProxyType(
    {
        tens * "x" + unit: 10 * tens + number
        for tens in range(4)
        for number, unit in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
        if (tens, number) not in ((0, 0), (1, 1))
    }
)
"""Roman numerals from 1 to 39 with their values, without 11: xi is much more often a Chinese syllable."""


def number_of(text: str) -> int | None:
    """Return the value of a number or ordinal in figures (44, 44th), or None."""
    number = _ORDINAL.fullmatch(text) if text[0].isdigit() else None
    return int(number[1]) if number else None


def count_of(text: str) -> int | None:
    """Return the value of a number or ordinal in figures or as a single word (44th, forty), or None."""
    return _IN_WORDS[text] if text in _IN_WORDS else number_of(text)


def in_figures(texts: list[str]) -> list[str]:
    """Return a name's words with Roman numerals (one letter: only as the last word) and two-word numbers in figures."""
    figures: list[str] = []
    for before, text in pairwise(("", *texts)):
        unit = _IN_WORDS.get(text, 10) if before in _TENS else 10
        last = 0 < len(figures) == len(texts) - 1
        if unit < 10:
            figures[-1] = str(_TENS[before] + unit)
        elif text in _ROMAN and (len(text) > 1 or last):
            figures.append(str(_ROMAN[text]))
        else:
            figures.append(text)
    return figures
