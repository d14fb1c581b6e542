"""Read the country that a list means by a name, so that it can speak for or against a match."""

from __future__ import annotations

from functools import cache
from typing import Final

import pycountry

_CALLED_OTHERWISE: Final = {
    "burma": "MM",
    "congo, democratic republic of the": "CD",
    "democratic republic of the congo": "CD",
    "iran": "IR",
    "korea, north": "KP",
    "korea, south": "KR",
    "north korea": "KP",
    "palestinian": "PS",
    "russia": "RU",
    "syria": "SY",
    "turkey": "TR",
    "west bank": "PS",
}
"""Names that the lists use and ISO 3166 does not."""


_NAMES: Final = {
    name.casefold(): str(country.alpha_2)
    for country in pycountry.countries
    for field in ("name", "official_name", "common_name")
    if (name := getattr(country, field, None))
}


@cache
def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country, None where the name is none or says nothing."""
    wanted = name.strip().removeprefix("the ").casefold()
    if not wanted:
        return None
    if known := _CALLED_OTHERWISE.get(wanted):
        return known
    return _NAMES.get(wanted)
