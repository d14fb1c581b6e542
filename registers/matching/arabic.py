"""Scripts without vowels: write in Latin letters what they leave out or write together.

Arabic writes the article and the name as one word, and "Abu" with a letter that is no sound there. Latin letters write
them apart and with vowels. What is left to compare are the consonants that the script is sure to write.
"""

from __future__ import annotations

import re
from typing import Final

from registers.matching.romanisation import undoubled

_ABJADS: Final = re.compile(r"[\u0590-\u06ff]")
_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
_ARTICLE: Final = re.compile(r"(?<!\w)ال(?!له\b)(?=\w{3})")
_KIN: Final = (
    (re.compile(r"(?<!\w)[أا]ب[وي]\b"), "abu"),
    (re.compile(r"(?<!\w)عبد(?!\w)"), "abd"),
    (re.compile(r"(?<!\w)[اإ]?بن\b"), "bin"),
    (re.compile(r"(?<!\w)الله\b"), "allah"),
    (re.compile(r"(?<!\w)عل[يى]\b"), "ali"),
)
"""The words that names are built with (father, servant, son, God), and a name that is sure of one letter only."""

_Z: Final = str.maketrans("ظ", "ز")
"""Z is how names with this letter are written in Latin; a transliteration writes dh."""

_NOT_SURE: Final = str.maketrans({"v": "", "p": "b"})
"""W is a vowel more often than not, which romanisation writes v; Arabic has no p."""


def unvowelled(name: str) -> bool:
    """Return whether a name is written in a script that leaves out vowels: Arabic, Hebrew and their kin."""
    return _ABJADS.search(name) is not None


def vowelled(name: str) -> str:
    """Write the article by itself, and the words that names are built with in Latin letters."""
    if not _ARABIC.search(name):
        return name
    name = name.translate(_Z)
    for arabic, latin in _KIN:
        name = arabic.sub(latin, name)
    return _ARTICLE.sub("al ", name)


def skeleton(consonants: str) -> str:
    """Return those consonants of a romanised word that a script without vowels is sure to write."""
    sure = consonants.translate(_NOT_SURE).rstrip("h")
    return undoubled(sure) or consonants
