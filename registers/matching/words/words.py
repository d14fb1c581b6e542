"""Split a name into words that can be compared: in lower-case Latin letters, without legal form, each with its role."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from rigour.names import remove_org_prefixes, remove_org_types, remove_person_prefixes
from rigour.text.normalize import Normalize, normalize
from rigour.text.stopwords import is_stopword

from registers.matching.values import NEWEST, THINGS, ListedKind, Manner, SubjectKind
from registers.matching.words.arabic import bones, other_letters, skeleton, unvowelled
from registers.matching.words.common_names import is_common
from registers.matching.words.korean import sounds_of
from registers.matching.words.nicknames import formal_names, variants
from registers.matching.words.numerals import GENERATIONS, count_of, in_figures, number_of
from registers.matching.words.places import is_place
from registers.matching.words.romanisation import consonants, normalised_spelling, respelt
from registers.matching.words.scripts import latin
from registers.matching.words.ships import bare
from registers.matching.words.vocabulary import (
    AND,
    ARTICLE,
    LEGAL,
    LEGAL_ABROAD,
    LEGAL_SPELLINGS,
    MORE_TITLES,
    PARTICLES,
    more_usual,
    usual,
)

_FLAGS: Final = Normalize.CASEFOLD | Normalize.NFKD | Normalize.NAME

_TELLING: Final = 4
"""Joined words with fewer consonants than this are compared with their vowels: very different names share so few."""

_NAMES_BESIDE_TITLES: Final = 2
"""The names beside which a word is a title: by itself, or with one name, it may be a name."""

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
    korean: str = ""
    """The one spelling of a Korean name's sounds, or an empty text for names that do not look Korean."""
    weak: bool = False
    """True for a word that says little: a place in the name of an organisation, or one of the commonest names."""
    bones: str = ""
    """The consonants that a script without vowels always writes. Words of the first manner have none."""


class NameReading(NamedTuple):
    """A name in the form in which it is compared: its words, and a key."""

    words: tuple[Word, ...]
    """In natural order: a surname written first, before a comma, is moved to the end."""
    key: str
    """Equal for names that differ only in case, accents, script, punctuation, legal form or word order."""
    manner: Manner = NEWEST
    surname: int | None = None
    """The place of the first of several surnames, if a comma tells them from given names: its bearer goes by it."""


def readings(name: str, kind: SubjectKind | ListedKind, manner: Manner = NEWEST) -> tuple[NameReading, ...]:
    """Return a name's reading, followed by those of its letters as another language of its script sounds them."""
    letterings = other_letters(name) if manner >= Manner.SECOND else ()
    return tuple(read(letters, kind, manner) for letters in (name, *letterings))


def read(name: str, kind: SubjectKind | ListedKind, manner: Manner = NEWEST) -> NameReading:
    """Return the words and the key of a name of this kind. A name without letters or digits has no words."""
    person = kind in (SubjectKind.PERSON, ListedKind.PERSON)
    texts = _person(name, manner) if person else _organisation(name, kind, manner)
    words = tuple(_personal(text) if person else _word(text) for text in texts)
    if unvowelled(name):
        words = tuple(word._replace(unvowelled=True) for word in words)
    if manner >= Manner.SECOND:
        words = _told_more(words, texts, person, "," in name)
    surname = _first_surname(name, words) if person and manner >= Manner.SECOND else None
    return NameReading(words, " ".join(sorted(texts)), manner, surname)


def _first_surname(name: str, words: tuple[Word, ...]) -> int | None:
    """Return the place of the first of several surnames, or None if there is one, or nobody can tell."""
    surnames, comma, given_names = name.partition(",")
    places = [place for place, word in enumerate(words) if word.role is WordRole.WORD]
    count = sum(word.role is WordRole.WORD for word in map(_personal, _texts(latin(surnames, Manner.SECOND))))
    if not comma or "," in given_names or _is_generation(given_names) or not 1 < count < len(places):
        return None
    return places[-count]


def _told_more(words: tuple[Word, ...], texts: list[str], person: bool, comma: bool) -> tuple[Word, ...]:
    """Return words with what the second manner knows of them."""
    if not person:
        letters = _last_letters(words)
        return tuple(
            word._replace(role=WordRole.PARTICLE) if place in letters else _of_organisation(word)
            for place, word in enumerate(words)
        )
    sounds = sounds_of(texts, comma) or [""] * len(texts)
    return _with_titles(
        tuple(
            respelt_word._replace(
                korean=sound, formal=(*word.formal, *variants(word.text)), weak=is_common(word.spelling)
            )
            for word, respelt_word, sound in zip(words, map(_respelt, words), sounds, strict=True)
        )
    )


def _with_titles(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return the words of a person's name with more titles as particles, if enough of a name is left without them."""
    titled = tuple(
        word._replace(role=WordRole.PARTICLE) if word.role is WordRole.WORD and word.text in MORE_TITLES else word
        for word in words
    )
    return titled if sum(word.role is WordRole.WORD for word in titled) >= _NAMES_BESIDE_TITLES else words


@lru_cache(maxsize=65_536)
def _respelt(word: Word) -> Word:
    spelling = respelt(word.spelling)
    sounds = consonants(spelling)
    return word._replace(spelling=spelling, consonants=sounds, bones=bones(sounds))


def _last_letters(words: tuple[Word, ...]) -> range:
    """Return the places of two or more single letters at the end: an abbreviation of a legal form, such as B.S.C."""
    first = len(words)
    while first > 1 and len(words[first - 1].text) == 1 and words[first - 1].role is WordRole.WORD:
        first -= 1
    return range(first, len(words)) if len(words) - first > 1 else range(0)


@lru_cache(maxsize=65_536)
def _of_organisation(word: Word) -> Word:
    if word.text in LEGAL_ABROAD:
        return _respelt(word._replace(role=WordRole.PARTICLE))
    if word.role is WordRole.WORD:
        word = word._replace(spelling=normalised_spelling(more_usual(word.text)))
    return _respelt(word)._replace(weak=is_place(word.text))


def run_together(name: str, kind: SubjectKind | ListedKind) -> str:
    """Return a name's letters and digits, legal form included: equal if names differ only in spaces or punctuation."""
    letters = latin(name)
    return _NEITHER_LETTER_NOR_DIGIT.sub("", bare(letters) if kind in THINGS else letters)


def joined(words: tuple[Word, ...]) -> Word:
    """Return several words as one, as if the spaces between them had been left out."""
    word = _joined("".join([word.text for word in words]), words[0].unvowelled)
    return _joined_more(word, words) if words[0].bones else word


def _joined_more(word: Word, words: tuple[Word, ...]) -> Word:
    """Return joined words with what the second manner knows of them."""
    word, sounds = _respelt(word), [part.korean for part in words]
    tells = len(word.bones) >= _TELLING - any(part.text == "allah" for part in words)
    word = word._replace(unvowelled=words[0].unvowelled and tells)
    return word._replace(korean="".join(sounds)) if all(sounds) else word


@lru_cache(maxsize=65_536)
def _joined(text: str, without_vowels: bool) -> Word:
    word = _made(text, WordRole.WORD, without_vowels=without_vowels)
    return word if len(skeleton(word.consonants)) >= _TELLING else word._replace(unvowelled=False)


def _person(name: str, manner: Manner) -> list[str]:
    surname, comma, given_name = name.partition(",")
    natural = f"{given_name} {surname}" if comma and "," not in given_name and not _is_generation(given_name) else name
    letters = latin(natural, manner)
    return _without(ARTICLE, _texts(remove_person_prefixes(letters)) or _texts(letters))


def _is_generation(text: str) -> bool:
    return text.strip(" .").casefold() in GENERATIONS


def _organisation(name: str, kind: SubjectKind | ListedKind, manner: Manner) -> list[str]:
    letters = latin(name, manner)
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
