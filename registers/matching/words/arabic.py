"""Names in scripts that leave out vowels (Arabic, Hebrew), made comparable with their Latin spellings.

Arabic writes the article and the name as one word, and "Abu" with a letter that is silent in it. Latin spellings
separate the article and write the vowels. So only the consonants that the script always writes can be compared.
"""

from __future__ import annotations

import re
from typing import Final

from registers.matching.words.romanisation import undoubled

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
"""Words that are common parts of names (father, servant, son, God), and Ali, which has one comparable consonant."""

_Z: Final = str.maketrans("ظ", "ز")
"""Latin spellings of names write this letter (zah) as z, but the transliteration would be dh."""

_NOT_SURE: Final = str.maketrans({"v": "", "p": "b"})
"""V is dropped: it is a romanised w, which is mostly a vowel. P becomes b: Arabic has no p."""


def unvowelled(name: str) -> bool:
    """True if a name has letters of Arabic or Hebrew script, which leave out vowels."""
    return _ABJADS.search(name) is not None


def vowelled(name: str) -> str:
    """Return a name with the Arabic article as a separate word and the common parts of names in Latin letters."""
    if not _ARABIC.search(name):
        return name
    name = name.translate(_Z)
    for arabic, latin in _KIN:
        name = arabic.sub(latin, name)
    return _ARTICLE.sub("al ", name)


def skeleton(consonants: str) -> str:
    """Return the consonants of a word that Arabic and Hebrew script always write, or all if there are none.

    P becomes b, and a doubled letter is written once.
    """
    sure = consonants.translate(_NOT_SURE).rstrip("h")
    return undoubled(sure) or consonants
