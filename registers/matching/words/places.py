"""Names of countries, which are never taken for misspellings of each other (Iran and Iraq, Niger and Nigeria)."""

from __future__ import annotations

from functools import cache

from rigour.territories import get_territories


@cache
def countries() -> frozenset[str]:
    """Return the names of countries that are a single word in ASCII letters, in lower case."""
    names = (territory.name.casefold() for territory in get_territories() if territory.is_country)
    return frozenset(name for name in names if name.isascii() and name.isalpha())
