"""Countries on the lists of the Financial Action Task Force, as the organisation keeps them: a dated table (FATF)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.values import Country, Value, is_none


class WatchKind(StrEnum):
    """The list of the Financial Action Task Force on which a country stands."""

    CALL_FOR_ACTION = "CALL_FOR_ACTION"
    """High-risk jurisdictions subject to a call for action."""
    INCREASED_MONITORING = "INCREASED_MONITORING"
    """Jurisdictions under increased monitoring."""


class WatchedCountry(Value):
    """A country on one of the lists, for a time."""

    country: Country
    kind: WatchKind
    since: date = Field(description="The day of the FATF's statement")
    until: date | None = Field(
        default=None, description="The first day on which it no longer stands there", exclude_if=is_none
    )

    def applies(self, on: date) -> bool:
        """True if the country stands there on a day."""
        return self.since <= on and (self.until is None or on < self.until)

    def __str__(self) -> str:
        return f"{self.country} (FATF: {self.kind.value.lower().replace('_', ' ')}, {self.since})"


def applying(rows: Iterable[WatchedCountry], countries: Collection[str], on: date) -> tuple[WatchedCountry, ...]:
    """Return the rows of a table that apply on a day to some countries."""
    return tuple(row for row in rows if row.country in countries and row.applies(on))


def twice_watched(rows: Iterable[WatchedCountry]) -> str | None:
    """Return a country that stands on two rows for one day, or None."""
    by_country: dict[str, list[WatchedCountry]] = {}
    for row in sorted(rows, key=lambda row: row.since):
        earlier_rows = by_country.setdefault(row.country, [])
        if any(earlier_row.applies(row.since) for earlier_row in earlier_rows):
            return row.country
        earlier_rows.append(row)
    return None
