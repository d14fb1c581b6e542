"""Names in scripts that leave out vowels (Arabic, Hebrew), made comparable with their Latin spellings.

Arabic writes the article and the name as one word, and "Abu" with a letter that is silent in it. Latin spellings
separate the article and write the vowels. So only the consonants that the script always writes can be compared.
"""

from __future__ import annotations

import re
from typing import Final

from registers.matching.values import Manner
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

_MORE_KIN: Final = (
    (re.compile(r"(?<!\w)عبدال(?!له\b)(?=\w{2})"), "abd al "),
    (re.compile(r"(?<!\w)طه\b"), "taha"),
    (re.compile(r"(?<!\w)عدي\b"), "uday"),
    (re.compile(r"(?<!\w)عمر\b"), "umar"),
    (re.compile(r"(?<!\w)يحيي\b"), "yahya"),
    (re.compile(r"(?<=\w\w) (?=allah\b)"), ""),
)
"""The servant written together with a name of God, names of one sure letter or that read like a title, and names that
end with that of God, as one word."""

_SHORTER_ARTICLE: Final = re.compile(r"(?<!\w)ال(?!له\b)(?=\w{2})")
_H_ALONE: Final = re.compile(r"(?<=[تطدضكسزصقگپ])ه")
"""An h after a letter with which it would be read as one sound, such as th."""

_FIRST_AIN: Final = re.compile(r"(?<!\w)ع")
_ONE_FORM: Final = str.maketrans("یىکھہ", "ييكهه")
"""Persian and Urdu forms of letters."""

_LONG_A: Final = str.maketrans(dict.fromkeys("اأإآ", "a"))
_Z: Final = str.maketrans("ظ", "ز")
"""Latin spellings of names write this letter (zah) as z, but the transliteration would be dh."""

_NOT_SURE: Final = str.maketrans({"v": "", "p": "b"})
"""V is dropped: it is a romanised w, which is mostly a vowel. P becomes b: Arabic has no p."""


_OTHER_LETTERS: Final = (
    str.maketrans({"ض": "ز", "ذ": "ز", "ظ": "ز", "ث": "س", "ق": "غ"}),
    str.maketrans({"ج": "گ"}),
)
"""The sounds of letters in Persian, and in Egypt, each as a letter that is always read so: Reza for Rida, Gamal."""


def other_letters(name: str) -> tuple[str, ...]:
    """Return a name as other readers of its script would write what they read, each as far as it differs."""
    if not _ARABIC.search(name):
        return ()
    variants = dict.fromkeys(name.translate(letters) for letters in _OTHER_LETTERS)
    return tuple(letters for letters in variants if letters != name)


def unvowelled(name: str) -> bool:
    """True if a name has letters of Arabic or Hebrew script, which leave out vowels."""
    return _ABJADS.search(name) is not None


def vowelled(name: str, manner: Manner = Manner.FIRST) -> str:
    """Return a name with the Arabic article as a separate word and the common parts of names in Latin letters."""
    if not _ARABIC.search(name):
        return name
    name = name.translate(_Z)
    if manner >= Manner.SECOND:
        return _with_long_vowels(name.translate(_ONE_FORM))
    for arabic, latin in _KIN:
        name = arabic.sub(latin, name)
    return _ARTICLE.sub("al ", name)


def _with_long_vowels(name: str) -> str:
    for arabic, latin in (*_KIN, *_MORE_KIN):
        name = arabic.sub(latin, name)
    name = _H_ALONE.sub("a\N{ARABIC LETTER HEH}", _SHORTER_ARTICLE.sub("al ", name))
    return _FIRST_AIN.sub("a", name).translate(_LONG_A)


def bones(consonants: str) -> str:
    """Return the skeleton of a word in which k and g are one letter, as q is written either way: Qasem, Gasem."""
    return skeleton(consonants.replace("g", "k"))


def skeleton(consonants: str) -> str:
    """Return the consonants of a word that Arabic and Hebrew script always write, or all if there are none.

    P becomes b, and a doubled letter is written once.
    """
    sure = consonants.translate(_NOT_SURE).rstrip("h")
    return undoubled(sure) or consonants
