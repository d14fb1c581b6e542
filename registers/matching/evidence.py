"""Points for or against a match: from the countries, and from the dates of birth."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from registers.matching.values import THINGS, Birth, ListedKind, ListedName, Subject

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


def country_evidence(subject: Subject, listing: ListedName) -> Points | None:
    """Return the points for the country, or None if either side's is unknown or the entry is a ship or aircraft."""
    if subject.country is None or not listing.countries or listing.kind in THINGS:
        return None
    country_names = ", ".join(sorted(listing.countries))
    if subject.country in listing.countries:
        return Points(_SAME_COUNTRY, f"country {subject.country} is listed")
    return Points(_OTHER_COUNTRY, f"country {subject.country} is not among those listed: {country_names}")


def birth_evidence(subject: Subject, listing: ListedName) -> Points | None:
    """Return the points for the closest listed birth date, or None if either is unknown or it lists no person."""
    if subject.born is None or listing.kind is not ListedKind.PERSON:
        return None
    born = subject.born
    return max((_birth(born, birth) for birth in listing.births), default=None)


def _birth(born: date, birth: Birth) -> Points:
    apart = abs(born.year - birth.year)
    comparison = f"born {born.isoformat()}, listed as born {_written(birth)}"
    if apart > _UNCERTAIN_YEARS:
        return Points(_OTHER_YEAR, f"{comparison}: {apart} years apart")
    if apart:
        return Points(_NEXT_YEAR, f"{comparison}: {apart} year{'s' * (apart > 1)} apart")
    return _within_year(born, birth, comparison)


def _within_year(born: date, birth: Birth, comparison: str) -> Points:
    match birth.month, birth.day:
        case None, _:
            return Points(_SAME_YEAR, f"{comparison}: the same year")
        case month, None if month == born.month:
            return Points(_SAME_YEAR, f"{comparison}: the same month")
        case month, day if (month, day) == (born.month, born.day):
            return Points(_SAME_DAY, f"{comparison}: the same day")
        case _:
            return Points(_OTHER_DAY, f"{comparison}: another day of the same year")


def _written(birth: Birth) -> str:
    parts = (birth.year, birth.month, birth.day)
    return "-".join(f"{part:02}" for part in parts if part is not None)
