"""The lists of a grant: its places of activity and its classifications."""

from __future__ import annotations

from publishing.awards import Award
from publishing.cases import Stand


def locations(award: Award) -> list[dict[str, str]]:
    """Return the places of activity, each with its country, and its region if there is one."""
    return [
        {"countryCode": place.country, **({"name": place.region} if place.region is not None else {})}
        for place in award.places
    ]


def classifications(award: Award, stand: Stand) -> list[dict[str, str]]:
    """Return the sector and the organisation's objective, as far as they are recorded."""
    interest = award.case.partnership.proposed.public_interest
    codes = (("OECD DAC purpose code", interest.sector), (f"Objectives of {stand.funder.name}", interest.objective))
    return [{"vocabulary": vocabulary, "code": code} for vocabulary, code in codes if code is not None]
