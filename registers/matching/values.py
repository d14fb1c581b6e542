"""Values of matching: a subject that is screened, an entry that is listed, and a hit of the two."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple


class SubjectKind(StrEnum):
    """The kind of a screened subject."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class ListedKind(StrEnum):
    """The kind of a listed entry."""

    PERSON = "PERSON"
    ENTITY = "ENTITY"
    VESSEL = "VESSEL"
    AIRCRAFT = "AIRCRAFT"


THINGS: Final = frozenset({ListedKind.VESSEL, ListedKind.AIRCRAFT})
"""What moves between countries, and is nobody."""


class Quality(StrEnum):
    """The quality with which a listed name identifies its bearer, in the publisher's judgement."""

    PRIMARY = "PRIMARY"
    ALIAS = "ALIAS"
    WEAK = "WEAK"
    """What the United Nations call a low-quality alias and OFAC a weak one: a nickname or a code name."""


class Birth(NamedTuple):
    """A listed date of birth, as exact as the publisher knows it."""

    year: int
    month: int | None = None
    day: int | None = None


class Subject(NamedTuple):
    """The party that is screened, under one of its names."""

    name: str
    kind: SubjectKind
    country: str | None = None
    """ISO 3166 alpha-2, in capitals."""
    born: date | None = None


class Listed(NamedTuple):
    """One name of one listed entity."""

    reference: int
    """The caller's own number of the row; nothing is read from it."""
    entity: str
    name: str
    kind: ListedKind
    quality: Quality = Quality.PRIMARY
    countries: frozenset[str] = frozenset()
    """ISO 3166 alpha-2, in capitals; empty where the list names none."""
    births: tuple[Birth, ...] = ()


class Hit(NamedTuple):
    """A meeting of a subject and a listed name, with its score."""

    listed: Listed
    score: float
    """From 0 (nothing in common) to 100 (the same name, and nothing speaks against it)."""
    exact: bool
    """The same name once case, accents, script, punctuation, legal form and word order are set aside."""
    explanation: tuple[str, ...]
    """Every word with the word it was compared to, what was left over, and what country and birth say."""
