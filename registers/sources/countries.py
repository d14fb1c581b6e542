"""Read the country that a list means by a name, so that it can speak for or against a match."""

from __future__ import annotations

from functools import cache
from typing import Final

from rigour.territories import lookup_territory

_MEANS_TWO: Final = frozenset({"congo", "korea"})
"""Names that two countries share: such a name speaks neither for nor against a match."""

_SHORTEST_NAME: Final = 4
"""Shorter texts are codes, of which lists publish several kinds: "na" is no name of Namibia."""


@cache
def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country, or of the one that a region is in; None where none is meant."""
    wanted = name.strip()
    if len(wanted) < _SHORTEST_NAME or wanted.casefold() in _MEANS_TWO or wanted.isdigit():
        return None
    territory = lookup_territory(wanted)
    while territory is not None and len(territory.code) != 2:  # Crimea is ua-cri
        territory = territory.parent
    return territory.code.upper() if territory is not None and not territory.is_historical else None
