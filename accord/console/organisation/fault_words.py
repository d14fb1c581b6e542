"""Faults of what was typed on the organisation's forms: what to write, and no validator's sentence."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

REMEDIES: Final = {
    "staff_id": "write small letters, digits, points and hyphens, such as amara.okello",
    "name": "write the name, of at least three letters",
    "roles": "tick one role at least",
    "limits": "write a currency and a sum, such as USD 20,000.00",
    "reason": "say why, in a sentence of at least three letters",
    "funder": "choose whose money it is; a funder is entered in the directory first",
    "currency": "write the three letters of a currency, such as USD",
    "programme": "write the name of the programme, or leave it empty",
    "first_day": "give the first day",
    "last_day": "give the last day",
    "starts_on": "give the first day",
    "ends_on": "give the last day",
    "borrower": "choose somebody of the directory",
    "role": "choose one of their roles",
    "amount": "write a sum above zero, such as 20,000.00",
    "partnerships": "write the ids of partnerships, such as P-2026-0042",
    "to": "choose the fund that gets the money",
    "funder_id": "write capitals, digits and hyphens, such as ISOC",
    "ein": "write its nine digits, or leave it empty",
    "profile": "choose what it is to the tax office",
    "account": "write the number of the account in our record, such as BA-W7SW7OMSGC5X",
}
"""What to write in a field, by its name."""


def faults_in_words(fault: ValidationError) -> str:
    """Return a line for each field that is wrong: its name, and what to write there."""
    return "\n".join(dict.fromkeys(map(_line, fault.errors())))


def _line(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        words = error["msg"].removeprefix("Value error, ")
        return words if not error["loc"] or words.startswith(tuple(REMEDIES)) else f"{_name(error)}: {words}"
    return f"{_name(error)}: {REMEDIES.get(_name(error), 'write it anew')}"


def _name(error: ErrorDetails) -> str:
    """Return the innermost field that a fault is about, as far as a form asks for it."""
    names = [str(part) for part in error["loc"] if str(part) in REMEDIES]
    return names[-1] if names else str(error["loc"][0])
