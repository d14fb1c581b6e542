"""Identifiers of organisations, as org-id.guide makes them: the register's code, a hyphen and the number."""

from __future__ import annotations

import re
from typing import Final

from domain.parties import Funder, Party, PartyNumber

_US_TAX: Final = "US-EIN"
_EIN_AS_WRITTEN: Final = re.compile(r"([0-9]{2})[\s-]?([0-9]{7})", re.ASCII)


def id_of_party(party: Party) -> str | None:
    """Return a party's identifier: by its US tax number, or else by its first number in another register, or None."""
    if party.ein:
        return f"{_US_TAX}-{party.ein}"
    numbers = sorted(map(_id_of_number, party.numbers))
    return numbers[0] if numbers else None


def id_of_funder(funder: Funder) -> str | None:
    """Return a funder's identifier, or None if the directory holds neither a US tax number nor another one."""
    if funder.ein:
        return f"{_US_TAX}-{funder.ein}"
    return _id_of_number(funder.number) if funder.number is not None else None


def _id_of_number(number: PartyNumber) -> str:
    """Return the identifier of a number. A US tax number that stands among others is written as its own field is."""
    ein = _EIN_AS_WRITTEN.fullmatch(number.number) if number.scheme == _US_TAX else None
    return f"{number.scheme}-{''.join(ein.groups()) if ein is not None else number.number}"
