"""Account numbers as people see them: by their last digits, also inside the words of a bank."""

from __future__ import annotations

import re
from typing import Final

_IBAN: Final = r"\b(?<!PK-)[A-Z]{2}[0-9]{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)\b"
"""In one piece or in groups of four. A key's id may look like one; it has its own beginning."""

_LONG_NUMBER: Final = r"(?<![0-9a-f])[0-9]{8,}(?![0-9a-f])"
"""A domestic account number. Digits beside the letters of a digest are none."""

_ACCOUNT_NUMBER: Final = re.compile(f"{_IBAN}|{_LONG_NUMBER}")


_TWO_DIGITS: Final = re.compile("[0-9]{2}")
"""Both have them side by side: most texts have none, and are looked through for them in less time."""


def masked(text: str) -> str:
    """Return a text with each IBAN and long number reduced to its last four characters."""
    if not _TWO_DIGITS.search(text):
        return text
    return _ACCOUNT_NUMBER.sub(lambda match: masked_account(match.group().replace(" ", "")), text)


def masked_account(number: str) -> str:
    """Return the last four characters of an account number after an ellipsis, as banks print it."""
    return f"…{number[-4:]}" if len(number) > 4 else number


def plain_number(number: str) -> str:
    """Return the letters and digits of an IBAN or an account number: banks write spaces and dashes as they like."""
    return "".join(sign for sign in number.upper() if sign.isalnum())


def is_same_account(number: str, other_number: str) -> bool:
    """True if two writings are of one IBAN or account number."""
    return plain_number(number) == plain_number(other_number)
