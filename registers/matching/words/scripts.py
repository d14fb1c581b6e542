"""Transliterate names of any script to lower-case Latin letters, and detect different names that become alike."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from anyascii import anyascii

from registers.matching.values import Manner
from registers.matching.words.arabic import vowelled

_SYLLABLES: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IDEOGRAPHS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7af]")
_KOREAN_SYLLABLES: Final = MappingProxyType({"Gim": "Kim", "Bak": "Pak", "Gang": "Kang", "Gwon": "Kwon"})
_KOREAN_SOUNDS: Final = (
    *(("Eo", "O"), ("eo", "o"), ("Eu", "U"), ("eu", "u")),
    *((f"{vowel}{soft}", f"{vowel}{hard}") for vowel in "aeiou" for soft, hard in ("gk", "dt", "bp")),
)
"""From South Korea's official romanisation to McCune and Reischauer's, which lists, newspapers and North Korea use."""
_AMBIGUOUS: Final = re.compile(r"[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Characters that become equal in Latin letters: many Chinese ones become gao, and three Arabic ones become s."""

_VARIANTS: Final = str.maketrans("أإآٱیىکة", "ااااييكه")
"""Variants of Arabic letters, from Persian and Arabic keyboards or hasty writing, each mapped to its plain form."""


def latin(name: str, manner: Manner = Manner.FIRST) -> str:
    """Return a name in lower-case Latin letters. The syllables of Chinese, Japanese and Korean become words."""
    folded_name = name.casefold()
    if folded_name.isascii():
        return folded_name
    letters = anyascii(_HANGUL.sub(_korean, vowelled(folded_name, manner)))
    return (_SYLLABLES.sub(" ", letters) if _IDEOGRAPHS.search(folded_name) else letters).casefold()


def _korean(syllable: re.Match[str]) -> str:
    letters = anyascii(syllable[0])
    for official, usual in _KOREAN_SOUNDS:
        letters = letters.replace(official, usual)
    return _KOREAN_SYLLABLES.get(letters, letters)


def only_read_alike(name: str, other_name: str) -> bool:
    """True if both names have characters of `_AMBIGUOUS`, but not the same ones."""
    first, second = _ambiguous(name), _ambiguous(other_name)
    return bool(first and second) and first != second


def _ambiguous(name: str) -> list[str]:
    """Return a name's characters that are in `_AMBIGUOUS`, sorted, since word order is ignored."""
    letters = unicodedata.normalize("NFKC", name.casefold())
    return sorted(_AMBIGUOUS.findall(letters.translate(_VARIANTS)))
