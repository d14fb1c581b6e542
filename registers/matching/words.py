"""Read a name into words that can be compared: one script, one case, without legal form, each with its role."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from anyascii import anyascii
from rigour.names import remove_obj_prefixes, remove_org_prefixes, remove_org_types, remove_person_prefixes
from rigour.text.normalize import Normalize, normalize
from rigour.text.phonetics import metaphone
from rigour.text.stopwords import is_stopword

from registers.matching.romanisation import consonants, romanised
from registers.matching.values import ListedKind, SubjectKind

_FLAGS: Final = Normalize.CASEFOLD | Normalize.NFKD | Normalize.NAME
_SYLLABLES: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IDEOGRAPHS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ABJADS: Final = re.compile(r"[\u0590-\u06ff]")
_ORDINAL: Final = re.compile(r"0*(\d+)(?:st|nd|rd|th)?")
_LEGAL: Final = frozenset({"company", "corporation", "corp", "co", "incorporated", "limited", "inc", "ltd"})
_ARTICLE: Final = frozenset({"the"})
_LEGAL_SPELLINGS: Final = frozenset(map(romanised, _LEGAL))
_ABBREVIATED: Final = {
    "assn": "association",
    "assoc": "association",
    "bros": "brothers",
    "centre": "center",
    "dept": "department",
    "fdn": "foundation",
    "fndn": "foundation",
    "govt": "government",
    "inst": "institute",
    "intl": "international",
    "intnl": "international",
    "mfg": "manufacturing",
    "mgmt": "management",
    "natl": "national",
    "organisation": "organization",
    "svc": "service",
    "svcs": "services",
    "univ": "university",
}
_SAME_KIND: Final = {
    "airline": "air",
    "airlines": "air",
    "airways": "air",
    "charitable": "charity",
    "charities": "charity",
    "commercial": "commerce",
    "educational": "education",
    "enterprises": "enterprise",
    "holdings": "holding",
    "industrial": "industry",
    "industries": "industry",
    "investments": "investment",
    "services": "service",
    "technologies": "technology",
    "traders": "trade",
    "trading": "trade",
}
"""Words by which the same organisation calls its kind now so and now so."""
_USUAL: Final = {**_ABBREVIATED, **_SAME_KIND}
_GENERATIONS: Final = {"jr": 2, "junior": 2, "sr": 1, "senior": 1, "ii": 2, "iii": 3, "iv": 4}
_PARTICLE_WORDS: Final = """
abou abu ad al ar as ayatollah az ben bin bint colonel commander da de del della den der di doctor dos dr el
engineer general haji hajj hajji ibn imam la le maulana maulavi mawlawi mr mrs ms mulla mullah ould qari sayed
sayyid seyed shaikh shaykh sheik sheikh st syed ter ud ul van von zu
"""
_PARTICLES: Final = frozenset(_PARTICLE_WORDS.split())


class Role(StrEnum):
    """What a word does in a name."""

    WORD = "WORD"
    PARTICLE = "PARTICLE"
    """An article, a preposition, a title: it tells no one from another."""
    INITIAL = "INITIAL"
    NUMBER = "NUMBER"
    GENERATION = "GENERATION"
    """Junior, senior, the third."""


class Word(NamedTuple):
    """A word in small Latin letters, and the forms that it is compared by."""

    text: str
    role: Role
    spelling: str
    consonants: str
    sound: str
    number: int | None = None
    """What a number or a generation counts."""
    unvowelled: bool = False
    """Written in a script that leaves out vowels: Arabic, Hebrew and their kin."""


class Reading(NamedTuple):
    """A name as it is compared."""

    words: tuple[Word, ...]
    """In natural order: a surname that was put first, before a comma, stands last."""
    key: str
    """Equal keys are the same name, whatever its case, accents, script, punctuation, legal form and word order."""


def read(name: str, kind: SubjectKind | ListedKind) -> Reading:
    """Read a name; a name without letters or digits has no words."""
    person = kind in (SubjectKind.PERSON, ListedKind.PERSON)
    texts = _person(name) if person else _organisation(name, kind)
    words = tuple(_personal(text) if person else _word(text) for text in texts)
    if _ABJADS.search(name):
        words = tuple(word._replace(unvowelled=True) for word in words)
    return Reading(words, " ".join(sorted(texts)))


@lru_cache(maxsize=65_536)
def joined(texts: tuple[str, ...]) -> Word:
    """Return neighbouring words as the one word that they are where a space was lost."""
    return _made("".join(texts), Role.WORD)


def _person(name: str) -> list[str]:
    surname, comma, given = name.partition(",")
    natural = f"{given} {surname}" if comma and "," not in given and _generation(given) is None else name
    latin = _latin(natural)
    return _without(_ARTICLE, _texts(remove_person_prefixes(latin)) or _texts(latin))


def _generation(text: str) -> int | None:
    return _GENERATIONS.get(text.strip(" .").casefold())


def _organisation(name: str, kind: SubjectKind | ListedKind) -> list[str]:
    latin = _latin(name)
    thing = kind in (ListedKind.VESSEL, ListedKind.AIRCRAFT)
    plain = remove_obj_prefixes(latin) if thing else remove_org_prefixes(latin)
    texts = _texts(plain) or _texts(latin)
    bare = remove_org_types(" ".join(texts), "", _FLAGS).split()
    return _without(_LEGAL | _ARTICLE, bare or texts)


def _without(dropped: frozenset[str], texts: list[str]) -> list[str]:
    """Set words aside wherever they stand, unless nothing else is left."""
    return [text for text in texts if text not in dropped] or texts


def _latin(name: str) -> str:
    folded = name.casefold()
    if folded.isascii():
        return folded
    latin = anyascii(folded)
    return (_SYLLABLES.sub(" ", latin) if _IDEOGRAPHS.search(folded) else latin).casefold()


def _texts(latin: str) -> list[str]:
    return (normalize(latin, _FLAGS) or "").split()


@lru_cache(maxsize=65_536)
def _personal(text: str) -> Word:
    if text in _GENERATIONS:
        return _made(text, Role.GENERATION, _GENERATIONS[text])
    if text in _PARTICLES:
        return _made(text, Role.PARTICLE)
    if len(text) == 1 and text.isalpha():
        return _made(text, Role.INITIAL)
    return _number(text) or _made(text, Role.WORD)


@lru_cache(maxsize=65_536)
def _word(text: str) -> Word:
    tells = not is_stopword(text) and romanised(text) not in _LEGAL_SPELLINGS
    return _number(text) or _made(text, Role.WORD if tells else Role.PARTICLE)


def _number(text: str) -> Word | None:
    number = _ORDINAL.fullmatch(text)
    return _made(text, Role.NUMBER, int(number[1])) if number else None


def _made(text: str, role: Role, number: int | None = None) -> Word:
    spelling = romanised(_USUAL.get(text, text))
    return Word(text, role, spelling, consonants(spelling), metaphone(text), number)
