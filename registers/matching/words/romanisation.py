"""One spelling for the many ways in which a name is written in Latin letters.

Many sounds of Arabic, Russian or Persian have no single letter in English, French or German. The tables map the common
alternatives to one of them: this is not a transcription, only a form in which two spellings can be compared.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_SERVANT: Final = (re.compile(r"^[ao]bd(?:[aeou]l|[aeou]r(?=$|r)|h[aeou]l)"), "abd")
"""Abdul, Abdel, Abdur before the name of God."""

_ARTICLE: Final = (re.compile(r"^[ae]l(?=[bcdfghjkmnpqrstvwxyz].{4})"), "")
"""The Arabic article (al, el), written as one word with what follows."""

_PROPHET: Final = (re.compile(r"^m[aeou]+[ck]?h+[aeou]*m+[aeou]+[dt]+$"), "muhamad")
_IOTATED: Final = (re.compile(r"^(?:ye|je|ie)"), "e")
_CHINESE: Final = (re.compile(r"^(?:x|hs)(?=[iu])"), "sh")
"""X in Pinyin and hs in Wade-Giles, which other romanisations write as sh."""

_BEGINNINGS: Final = MappingProxyType(
    {
        "a": (_SERVANT, _ARTICLE),
        "o": (_SERVANT,),
        "e": (_ARTICLE,),
        "m": (_PROPHET,),
        **dict.fromkeys("yji", (_IOTATED,)),
        **dict.fromkeys("xh", (_CHINESE,)),
    }
)
"""Patterns for the beginning of a word, by its first letter."""

_ENDINGS: Final = (
    *((ending, "ov") for ending in ("off", "ow")),
    *((ending, "ev") for ending in ("ieff", "yeff", "eff", "iev", "yev", "jev", "iew", "ew")),
    *((ending, "eva") for ending in ("ieva", "yeva", "jeva", "iewa", "ewa")),
    *((ending, "ski") for ending in ("skiy", "skii", "skij", "skyy", "skyi", "sky")),
    *((ending, "ska") for ending in ("skaya", "skaia", "skaja")),
    ("ovs", "ov"),
    ("evs", "ev"),
    ("ejs", "ai"),
    ("aj", "ai"),
    ("ej", "ai"),
    ("vic", "vich"),
    *((ending, "ich") for ending in ("itch", "itsch", "ych", "icz")),
)
_ENDS: Final = tuple(ending for ending, _ in _ENDINGS)
_SOUNDS: Final = (
    ("dzh", "j"),
    ("dsch", "j"),
    ("dj", "j"),
    ("tsch", "ch"),
    ("tch", "ch"),
    ("shch", "sh"),
    ("sch", "sh"),
    ("kh", "k"),
    ("ck", "k"),
    ("ph", "f"),
    ("gh", "g"),
    ("dh", "d"),
    ("th", "t"),
    ("iou", "iu"),
    ("yu", "iu"),
    ("oo", "u"),
    ("ou", "u"),
    ("ue", "u"),
    ("oe", "u"),
    ("ae", "a"),
    ("ee", "i"),
    ("ei", "ai"),
    ("ey", "ai"),
    ("ay", "ai"),
)
"""Sounds that are written in several letters, in the order in which they are replaced."""

_LOOKALIKES: Final = str.maketrans("01345", "oieas")
"""Digits written in place of letters that look like them: I0n for Ion."""

_LETTERS: Final = str.maketrans({"q": "k", "x": "ks", "w": "v", "y": "i", "o": "u", "e": "i"})
_HARD_C: Final = re.compile(r"c(?![eiyh])")
_SILENT_H: Final = ("ah", "ih", "uh")
_DIPHTHONG: Final = re.compile(r"a[uv](?=[bcdfghjklmnpqrstxz])")
_LAST_Z: Final = re.compile(r"z$")
_DOUBLED: Final = re.compile(r"(.)(?=\1)")
_VOWELS: Final = str.maketrans("", "", "aeiouy")


@lru_cache(maxsize=131_072)
def normalised_spelling(word: str) -> str:
    """Return the one spelling to which all spellings of a lower-case Latin word are reduced."""
    spelling = word if word.isalpha() else _undisguised(word)
    for pattern, alternative in _BEGINNINGS.get(word[:1], ()):
        spelling = pattern.sub(alternative, spelling, count=1)
    if spelling.endswith(_ENDS):
        spelling = _ending(spelling)
    for sound, alternative in _SOUNDS:
        spelling = spelling.replace(sound, alternative)
    spelling = (_HARD_C.sub("k", spelling) if "c" in spelling else spelling).translate(_LETTERS)
    return undoubled(spelling[:-1] if spelling.endswith(_SILENT_H) else spelling) or word


def respelt(spelling: str) -> str:
    """Return a normalised spelling with one vowel for au, aw and ou, and one letter for a last s and z.

    So Fawzi, Fauzi and Fouzi are one name, and Yepes and Yepez.
    """
    return _LAST_Z.sub("s", _DIPHTHONG.sub("u", spelling))


def undoubled(letters: str) -> str:
    """Return the letters with each run of the same letter reduced to one."""
    return _DOUBLED.sub("", letters)


def _undisguised(word: str) -> str:
    """Replace digits by the letters that they look like, if the word has at least two letters for each digit."""
    letters = sum(map(str.isalpha, word))
    return word.translate(_LOOKALIKES) if letters >= 2 * (len(word) - letters) else word


def _ending(word: str) -> str:
    for ending, alternative in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + alternative
    return word


def consonants(spelling: str) -> str:
    """Return a spelling without its vowels, which differ most between transcriptions."""
    return spelling.translate(_VOWELS) or spelling
