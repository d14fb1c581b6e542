"""Map a country's name on a sanctions list to its ISO code, which is evidence for or against a match."""

from __future__ import annotations

from functools import cache
from typing import Final

from rigour.territories import lookup_territory

_MEANS_TWO: Final = frozenset({"congo", "korea"})
"""Names that two countries share. They are evidence neither for nor against a match."""

_SHORTEST_NAME: Final = 4
"""The fewest characters of a name. Shorter texts are codes of several kinds: "na" does not name Namibia."""


@cache
def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country, or of a region's country, or None if unknown or ambiguous."""
    country_name = name.strip()
    if len(country_name) < _SHORTEST_NAME or country_name.casefold() in _MEANS_TWO or country_name.isdigit():
        return None
    territory = lookup_territory(country_name)
    while territory is not None and len(territory.code) != 2:  # Crimea is ua-cri
        territory = territory.parent
    return territory.code.upper() if territory is not None and not territory.is_historical else None
