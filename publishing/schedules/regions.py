"""The regions of Schedule F, by country.

Source: Instructions for Schedule F (Form 990), "Regions". A country that they do not name has no region here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ScheduleRegion(StrEnum):
    """A region, as the instructions call it."""

    ANTARCTICA = "Antarctica"
    CENTRAL_AMERICA = "Central America and the Caribbean"
    EAST_ASIA = "East Asia and the Pacific"
    EUROPE = "Europe (Including Iceland and Greenland)"
    MIDDLE_EAST = "Middle East and North Africa"
    NORTH_AMERICA = "North America"
    RUSSIA = "Russia and Neighboring States"
    SOUTH_AMERICA = "South America"
    SOUTH_ASIA = "South Asia"
    AFRICA = "Sub-Saharan Africa"


UNITED_STATES: Final = frozenset({"US", "PR", "MP", "GU", "AS", "VI"})
"""The fifty states, the District of Columbia, and the commonwealths and possessions that the instructions count in."""

_COUNTRIES: Final[Mapping[ScheduleRegion, str]] = MappingProxyType(
    {
        ScheduleRegion.ANTARCTICA: "AQ",
        ScheduleRegion.CENTRAL_AMERICA: (
            "AG AW BB BS BZ CR CU DM DO GD GP GT HN HT JM KN KY LC MQ NI PA SV TC TT VC VG"
        ),
        ScheduleRegion.EAST_ASIA: (
            "AU BN CN FJ FM HK ID JP KH KI KP KR LA MH MM MN MY NR NZ PG PH PW SB SG TH TL TO TV TW VN VU WS"
        ),
        ScheduleRegion.EUROPE: (
            "AD AL AT BA BE BG CH CZ DE DK EE ES FI FR GB GL GR HR HU IE IS IT LI LT LU LV MC ME MK NL NO PL PT RO RS "
            "SE SI SK SM TR VA"
        ),
        ScheduleRegion.MIDDLE_EAST: "AE BH DJ DZ EG IL IQ IR JO KW LB LY MA MT OM PS QA SA SY TN YE",
        ScheduleRegion.NORTH_AMERICA: "CA MX",
        ScheduleRegion.RUSSIA: "AM AZ BY GE KG KZ MD RU TJ TM UA UZ",
        ScheduleRegion.SOUTH_AMERICA: "AR BO BR CL CO EC GF GY PE PY SR UY VE",
        ScheduleRegion.SOUTH_ASIA: "AF BD BT IN LK MV NP PK",
        ScheduleRegion.AFRICA: (
            "AO BF BI BJ BW CD CF CG CI CM CV ER ET GA GH GM GN GQ GW KE KM LR LS MG ML MR MU MW MZ NA NG RW SC SD SL "
            "SN SO ST SZ TD TG TZ UG ZA ZM ZW"
        ),
    }
)

REGIONS: Final[Mapping[str, ScheduleRegion]] = MappingProxyType(
    {country: region for region, countries in _COUNTRIES.items() for country in countries.split()}
)
"""The region of each country, by its code in ISO 3166-1."""


def is_domestic(country: str) -> bool:
    """True if a country is the United States, as both schedules mean them."""
    return country in UNITED_STATES
