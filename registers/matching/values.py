"""Values of matching: the screened subject, the listed name, and the scored comparison of the two."""

from __future__ import annotations

from datetime import date
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple


class Manner(IntEnum):
    """A way of reading and scoring names, by the edition of the rule book that names it (ADR 0131).

    A manner that evidence was made in is never changed: evidence is made anew in it.
    """

    FIRST = 1
    SECOND = 2
    """Persian readings, Korean spellings, places as weak words, and weak aliases that only ask."""


NEWEST: Final = Manner.SECOND


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
"""The kinds that are neither persons nor organisations and that move between countries."""


class Quality(StrEnum):
    """A listed name's reliability as a mark of its bearer, as the publisher rates it."""

    PRIMARY = "PRIMARY"
    ALIAS = "ALIAS"
    WEAK = "WEAK"
    """A nickname or a code name: a low-quality alias in the United Nations' terms, a weak one in OFAC's."""


class Birth(NamedTuple):
    """A listed date of birth. Month and day are None where the publisher does not know them."""

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


class ListedName(NamedTuple):
    """One name of one listed entity."""

    reference: int
    """The caller's own number of the row. Here it only orders hits with equal scores."""
    entity: str
    name: str
    kind: ListedKind
    quality: Quality = Quality.PRIMARY
    countries: frozenset[str] = frozenset()
    """ISO 3166 alpha-2, in capitals, empty if the list gives no country."""
    births: tuple[Birth, ...] = ()


class Hit(NamedTuple):
    """The comparison of a subject with a listed name: its score, and the explanation."""

    listed: ListedName
    score: float
    """From 0 (nothing in common) to 100 (the same name, without evidence against a match)."""
    exact: bool
    """True if the names are the same but for case, accents, script, punctuation, legal form and word order."""
    explanation: tuple[str, ...]
    """Lines on each pair of words, on the words left over, and on the evidence of country and date of birth."""
