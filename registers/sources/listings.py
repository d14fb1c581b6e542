"""The names of an entry of a list whose births are texts: each with its quality, its countries and its births."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from registers.matching import Birth, ListedKind, ListedName, Quality
from registers.sources.kinds import ListedRow


def listed_names(
    row: ListedRow,
    number: str,
    kind: ListedKind,
    names: Iterable[tuple[Quality, Iterable[str]]],
    countries: Iterable[str],
    births: Iterable[str],
) -> Iterator[ListedName]:
    """Yield the names of an entry. `births`: each as YYYY-MM-DD, or with the year first where no more is known."""
    known_countries, known_births = frozenset(countries), tuple(map(_birth, births))
    for quality, quality_names in names:
        for name in quality_names:
            yield ListedName(row.reference, number, name, kind, quality, known_countries, known_births)


def _birth(birth_text: str) -> Birth:
    """Return the date, or only its year if the text is not a complete, valid date."""
    try:
        day = date.fromisoformat(birth_text)
    except ValueError:
        return Birth(int(birth_text[:4]))
    return Birth(day.year, day.month, day.day)
