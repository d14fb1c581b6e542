"""Points for or against a match: from the countries, and from the dates of birth."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from registers.matching.values import THINGS, Birth, Listed, ListedKind, Subject

_SAME_COUNTRY: Final = 1.0
_OTHER_COUNTRY: Final = -3.0
_SAME_DAY: Final = 5.0
_SAME_YEAR: Final = 2.0
_OTHER_DAY: Final = -3.0
_NEXT_YEAR: Final = -2.0
_OTHER_YEAR: Final = -15.0
_UNCERTAIN_YEARS: Final = 2
"""The number of years by which a listed year of birth is often wrong."""


class Points(NamedTuple):
    """Points for a match (positive) or against it (negative), and the reason."""

    points: float
    reason: str


def country_evidence(subject: Subject, listed: Listed) -> Points | None:
    """Return the points for the country, or None if either side's is unknown or the entry is a ship or aircraft."""
    if subject.country is None or not listed.countries or listed.kind in THINGS:
        return None
    known = ", ".join(sorted(listed.countries))
    if subject.country in listed.countries:
        return Points(_SAME_COUNTRY, f"country {subject.country} is listed")
    return Points(_OTHER_COUNTRY, f"country {subject.country} is not among those listed: {known}")


def birth_evidence(subject: Subject, listed: Listed) -> Points | None:
    """Return the points for the closest listed birth date, or None if either is unknown or it lists no person."""
    if subject.born is None or listed.kind is not ListedKind.PERSON:
        return None
    born = subject.born
    return max((_birth(born, birth) for birth in listed.births), default=None)


def _birth(born: date, birth: Birth) -> Points:
    apart = abs(born.year - birth.year)
    said = f"born {born.isoformat()}, listed as born {_written(birth)}"
    if apart > _UNCERTAIN_YEARS:
        return Points(_OTHER_YEAR, f"{said}: {apart} years apart")
    if apart:
        return Points(_NEXT_YEAR, f"{said}: {apart} year{'s' * (apart > 1)} apart")
    return _within_year(born, birth, said)


def _within_year(born: date, birth: Birth, said: str) -> Points:
    match birth.month, birth.day:
        case None, _:
            return Points(_SAME_YEAR, f"{said}: the same year")
        case month, None if month == born.month:
            return Points(_SAME_YEAR, f"{said}: the same month")
        case month, day if (month, day) == (born.month, born.day):
            return Points(_SAME_DAY, f"{said}: the same day")
        case _:
            return Points(_OTHER_DAY, f"{said}: another day of the same year")


def _written(birth: Birth) -> str:
    parts = (birth.year, birth.month, birth.day)
    return "-".join(f"{part:02}" for part in parts if part is not None)
