"""Split a name into words that can be compared: in lower-case Latin letters, without legal form, each with its role."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from rigour.names import remove_org_prefixes, remove_org_types, remove_person_prefixes
from rigour.text.normalize import Normalize, normalize
from rigour.text.stopwords import is_stopword

from registers.matching.values import THINGS, ListedKind, SubjectKind
from registers.matching.words.arabic import skeleton, unvowelled
from registers.matching.words.nicknames import formal_names
from registers.matching.words.numerals import GENERATIONS, count_of, in_figures, number_of
from registers.matching.words.romanisation import consonants, normalised_spelling
from registers.matching.words.scripts import latin
from registers.matching.words.ships import bare
from registers.matching.words.vocabulary import AND, ARTICLE, LEGAL, LEGAL_SPELLINGS, PARTICLES, usual

_FLAGS: Final = Normalize.CASEFOLD | Normalize.NFKD | Normalize.NAME

_TELLING: Final = 4
"""Joined words with fewer consonants than this are compared with their vowels: very different names share so few."""

_NEITHER_LETTER_NOR_DIGIT: Final = re.compile(r"[^a-z0-9]+")


class WordRole(StrEnum):
    """A word's role in a name."""

    WORD = "WORD"
    PARTICLE = "PARTICLE"
    """A word that does not distinguish names: an article, a preposition, a title or a legal form."""
    INITIAL = "INITIAL"
    NUMBER = "NUMBER"
    GENERATION = "GENERATION"
    """A suffix of a person's name, such as junior, senior or the third."""


class Word(NamedTuple):
    """A word in lower-case Latin letters, and the forms in which it is compared."""

    text: str
    role: WordRole
    spelling: str
    consonants: str
    number: int | None = None
    """The value of a number or a generation."""
    unvowelled: bool = False
    """True if the name was written in Arabic or Hebrew script, which leave out vowels."""
    formal: tuple[str, ...] = ()
    """The full names that a nickname stands for, in normalised spelling."""


class NameReading(NamedTuple):
    """A name in the form in which it is compared: its words, and a key."""

    words: tuple[Word, ...]
    """In natural order: a surname written first, before a comma, is moved to the end."""
    key: str
    """Equal for names that differ only in case, accents, script, punctuation, legal form or word order."""


def read(name: str, kind: SubjectKind | ListedKind) -> NameReading:
    """Return the words and the key of a name of this kind. A name without letters or digits has no words."""
    person = kind in (SubjectKind.PERSON, ListedKind.PERSON)
    texts = _person(name) if person else _organisation(name, kind)
    words = tuple(_personal(text) if person else _word(text) for text in texts)
    if unvowelled(name):
        words = tuple(word._replace(unvowelled=True) for word in words)
    return NameReading(words, " ".join(sorted(texts)))


def run_together(name: str, kind: SubjectKind | ListedKind) -> str:
    """Return a name's letters and digits, legal form included: equal if names differ only in spaces or punctuation."""
    letters = latin(name)
    return _NEITHER_LETTER_NOR_DIGIT.sub("", bare(letters) if kind in THINGS else letters)


def joined(words: tuple[Word, ...]) -> Word:
    """Return several words as one, as if the spaces between them had been left out."""
    return _joined("".join([word.text for word in words]), words[0].unvowelled)


@lru_cache(maxsize=65_536)
def _joined(text: str, without_vowels: bool) -> Word:
    word = _made(text, WordRole.WORD, without_vowels=without_vowels)
    return word if len(skeleton(word.consonants)) >= _TELLING else word._replace(unvowelled=False)


def _person(name: str) -> list[str]:
    surname, comma, given_name = name.partition(",")
    natural = f"{given_name} {surname}" if comma and "," not in given_name and not _is_generation(given_name) else name
    letters = latin(natural)
    return _without(ARTICLE, _texts(remove_person_prefixes(letters)) or _texts(letters))


def _is_generation(text: str) -> bool:
    return text.strip(" .").casefold() in GENERATIONS


def _organisation(name: str, kind: SubjectKind | ListedKind) -> list[str]:
    letters = latin(name)
    texts = _texts(bare(letters) if kind in THINGS else remove_org_prefixes(letters)) or _texts(letters)
    without_form = remove_org_types(" ".join(in_figures(texts)), "", _FLAGS).split()
    return _without(LEGAL | ARTICLE | AND, without_form or texts)


def _without(stop_words: frozenset[str], texts: list[str]) -> list[str]:
    """Return the texts without the dropped ones, or all of them if nothing else is left."""
    return [text for text in texts if text not in stop_words] or texts


def _texts(letters: str) -> list[str]:
    return (normalize(letters, _FLAGS) or "").split()


@lru_cache(maxsize=65_536)
def _personal(text: str) -> Word:
    if text in GENERATIONS:
        return _made(text, WordRole.GENERATION, GENERATIONS[text])
    if text in PARTICLES:
        return _made(text, WordRole.PARTICLE)
    if len(text) == 1 and text.isalpha():
        return _made(text, WordRole.INITIAL)
    if (number := number_of(text)) is not None:
        return _made(text, WordRole.NUMBER, number)
    return _made(text, WordRole.WORD, formal=formal_names(text))


@lru_cache(maxsize=65_536)
def _word(text: str) -> Word:
    if (number := count_of(text)) is not None:
        return _made(text, WordRole.NUMBER, number)
    tells = not is_stopword(text) and normalised_spelling(text) not in LEGAL_SPELLINGS
    return _made(text, WordRole.WORD if tells else WordRole.PARTICLE)


def _made(
    text: str, role: WordRole, number: int | None = None, without_vowels: bool = False, formal: tuple[str, ...] = ()
) -> Word:
    spelling = normalised_spelling(usual(text))
    return Word(text, role, spelling, consonants(spelling), number, without_vowels, formal)
