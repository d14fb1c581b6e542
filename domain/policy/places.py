"""Embargoed places: where nearly every transfer of money or services by a US person is forbidden (rules 3.2).

A dated table: the day of the decision, or of the payment, says which rows apply. No row was read again by counsel, so
the rule that uses them is unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple


class Embargo(NamedTuple):
    """An embargo on a country, or on a region of it (ISO 3166-2), for a time."""

    place: str
    name: str
    citation: str
    until: date | None = None
    """The first day on which it no longer applies; None if it does."""
    in_part: bool = False
    """True if a part of the region is embargoed: a person must say which part is concerned."""

    def applies(self, on: date) -> bool:
        """Return whether it applies on a day."""
        return self.until is None or on < self.until


EMBARGOES: Final = (
    Embargo("CU", "Cuba", "31 CFR part 515"),
    Embargo("IR", "Iran", "31 CFR part 560"),
    Embargo("KP", "North Korea", "31 CFR part 510"),
    Embargo("SY", "Syria", "31 CFR part 542; ended by E.O. 14312", until=date(2025, 7, 1)),
    Embargo("UA-43", "Crimea", "E.O. 13685"),
    Embargo("UA-40", "Sevastopol", "E.O. 13685"),
    Embargo("UA-14", "Donetsk", "E.O. 14065", in_part=True),
    Embargo("UA-09", "Luhansk", "E.O. 14065", in_part=True),
)
"""Every embargo that is known, those that ended included."""


def embargoes_on(country: str, region: str | None, on: date) -> Iterator[Embargo]:
    """Yield the embargoes that apply to a place on a day."""
    yield from (one for one in EMBARGOES if one.place in {country, region} and one.applies(on))


def needs_region(country: str, on: date) -> bool:
    """Return whether an embargo on a day applies to regions of a country, so that the region must be known."""
    return any(one.place.startswith(f"{country}-") and one.applies(on) for one in EMBARGOES)
