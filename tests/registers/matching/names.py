"""Invented parties and invented listed names."""

from __future__ import annotations

from datetime import date

from registers.matching import Birth, ListedKind, ListedName, Quality, Subject, SubjectKind


def person(name: str, country: str | None = None, born: date | None = None) -> Subject:
    return Subject(name, SubjectKind.PERSON, country, born)


def organisation(name: str, country: str | None = None) -> Subject:
    return Subject(name, SubjectKind.ORGANISATION, country)


def listed(
    name: str,
    kind: ListedKind = ListedKind.ENTITY,
    quality: Quality = Quality.PRIMARY,
    countries: frozenset[str] = frozenset(),
    births: tuple[Birth, ...] = (),
    reference: int = 1,
) -> ListedName:
    return ListedName(reference, f"entity {reference}", name, kind, quality, countries, births)


def listed_person(name: str, *births: Birth, countries: frozenset[str] = frozenset(), reference: int = 1) -> ListedName:
    return listed(name, ListedKind.PERSON, countries=countries, births=births, reference=reference)
