"""The part of a schedule in which a grant is listed, by its payee and by whom it is for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from domain.parties import Party, PartyKind
from domain.proposal import FundsOut
from publishing.schedules.regions import REGIONS, is_domestic

SEVERAL: Final = ""
"""Stands for countries in several regions: no line of a schedule has more than one."""


class SchedulePart(StrEnum):
    """A part of a schedule, with the line of Form 990, Part IX in which its sums are."""

    DOMESTIC_BODIES = "I.II"
    """Line 1: organisations and governments in the United States, each above the threshold on a line of its own."""
    DOMESTIC_PEOPLE = "I.III"
    """Line 2: individuals in the United States, by type of grant."""
    FOREIGN_BODIES = "F.II"
    """Line 3: organisations and entities abroad."""
    FOREIGN_PEOPLE = "F.III"
    """Line 3: individuals abroad, by type of grant and region."""


class PlaceInSchedules(NamedTuple):
    """The part, and the country by which a foreign grant has its region."""

    part: SchedulePart
    country: str


def place_of(out: FundsOut, payee: Party) -> PlaceInSchedules:
    """Return the part in which a grant to a payee is listed.

    What a body in the United States gets for designated beneficiaries abroad is of Schedule F: for a project of
    somebody abroad that it sponsors, or for bodies abroad of which the payee selects none.
    """
    is_person = payee.kind is PartyKind.INDIVIDUAL
    country = payee.country if not is_domestic(payee.country) else _designated_abroad(out)
    if country is None:
        return PlaceInSchedules(
            SchedulePart.DOMESTIC_PEOPLE if is_person else SchedulePart.DOMESTIC_BODIES, payee.country
        )
    return PlaceInSchedules(SchedulePart.FOREIGN_PEOPLE if is_person else SchedulePart.FOREIGN_BODIES, country)


def _designated_abroad(out: FundsOut) -> str | None:
    """Return the country of the beneficiaries abroad whom a grant at home is designated for, or None.

    Of several countries in one region any stands for it.
    """
    if out.sponsorship is not None and not is_domestic(out.sponsorship.project_of.country):
        return out.sponsorship.project_of.country
    if out.regrant is None or out.regrant.payee_selects:
        return None
    countries = sorted({subrecipient.party.country for subrecipient in out.regrant.subrecipients})
    if any(is_domestic(country) for country in countries):
        return None
    return countries[0] if len({REGIONS.get(country) for country in countries}) == 1 else SEVERAL
