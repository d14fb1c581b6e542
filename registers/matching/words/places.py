"""Names of places: countries are never taken for misspellings of each other, and any place says little of a name."""

from __future__ import annotations

from functools import cache
from typing import Final

from rigour.territories import get_territories


@cache
def countries() -> frozenset[str]:
    """Return the names of countries that are a single word in ASCII letters, in lower case."""
    names = (territory.name.casefold() for territory in get_territories() if territory.is_country)
    return frozenset(name for name in names if name.isascii() and name.isalpha())


_SHORT: Final = """
uk us usa uae ussr ksa drc prc dprk
"""
_STATES: Final = """
alabama alaska arizona arkansas california carolina colorado connecticut dakota delaware florida georgia hawaii idaho
illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
montana nebraska nevada hampshire jersey mexico york ohio oklahoma oregon pennsylvania rhode tennessee texas utah
vermont virginia washington wisconsin wyoming england scotland wales ulster
"""
_CITIES: Final = """
aleppo amman ankara athens baghdad bangkok beijing beirut berlin bogota brussels cairo caracas chicago damascus delhi
dubai geneva hamburg harare havana istanbul jakarta jerusalem kabul karachi kiev kyiv lagos london madrid managua manila
milan minsk mogadishu moscow mumbai nairobi paris peshawar pyongyang riyadh rome sanaa sarajevo seoul shanghai tehran
tokyo tripoli tunis vienna zurich
"""
_PLACES: Final = frozenset(f"{_SHORT} {_STATES} {_CITIES}".split())


def is_place(word: str) -> bool:
    """True if a word in lower-case Latin letters names a country, a state of the United States or a large city."""
    return word in _PLACES or word in countries()
