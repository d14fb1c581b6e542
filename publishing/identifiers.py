"""Identifiers of organisations, as org-id.guide makes them: the register's code, a hyphen and the number."""

from __future__ import annotations

from domain.parties import Funder, Party

_US_TAX: str = "US-EIN"


def id_of_party(party: Party) -> str | None:
    """Return a party's identifier: by its US tax number, or else by its first number in another register, or None."""
    if party.ein:
        return f"{_US_TAX}-{party.ein}"
    numbers = sorted(f"{number.scheme}-{number.number}" for number in party.numbers)
    return numbers[0] if numbers else None


def id_of_funder(funder: Funder) -> str | None:
    """Return a funder's identifier, or None if the directory holds neither a US tax number nor another one."""
    if funder.ein:
        return f"{_US_TAX}-{funder.ein}"
    return f"{funder.number.scheme}-{funder.number.number}" if funder.number is not None else None
