"""Write a name of any script in small Latin letters, and remember what those letters cannot tell apart."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from anyascii import anyascii

from registers.matching.arabic import vowelled

_SYLLABLES: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IDEOGRAPHS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7af]")
_KOREAN_SYLLABLES: Final = MappingProxyType({"Gim": "Kim", "Bak": "Pak", "Gang": "Kang", "Gwon": "Kwon"})
_KOREAN_SOUNDS: Final = (
    *(("Eo", "O"), ("eo", "o"), ("Eu", "U"), ("eu", "u")),
    *((f"{vowel}{soft}", f"{vowel}{hard}") for vowel in "aeiou" for soft, hard in ("gk", "dt", "bp")),
)
"""Lists write Korean as Pyongyang and the newspapers do (McCune and Reischauer), not as the ministry in Seoul does."""
_AMBIGUOUS: Final = re.compile(r"[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of which Latin letters make fewer: many characters are read gao, and three letters of Arabic are an s."""

_VARIANTS: Final = str.maketrans("أإآٱیىکة", "ااااييكه")
"""Letters that are written for one another, by Persian and by Arabic keyboards and in haste."""


def latin(name: str) -> str:
    """Return a name in small Latin letters; the syllables of Chinese, Japanese and Korean are words."""
    folded = name.casefold()
    if folded.isascii():
        return folded
    letters = anyascii(_HANGUL.sub(_korean, vowelled(folded)))
    return (_SYLLABLES.sub(" ", letters) if _IDEOGRAPHS.search(folded) else letters).casefold()


def _korean(syllable: re.Match[str]) -> str:
    letters = anyascii(syllable[0])
    for official, usual in _KOREAN_SOUNDS:
        letters = letters.replace(official, usual)
    return _KOREAN_SYLLABLES.get(letters, letters)


def only_read_alike(one: str, other: str) -> bool:
    """Return whether both names are in a script that Latin letters tell too little of, and in other letters of it."""
    first, second = _ambiguous(one), _ambiguous(other)
    return bool(first and second) and first != second


def _ambiguous(name: str) -> list[str]:
    """Sorted, since the order of words is set aside."""
    letters = unicodedata.normalize("NFKC", name.casefold())
    return sorted(_AMBIGUOUS.findall(letters.translate(_VARIANTS)))
