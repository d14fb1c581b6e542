"""Telephone numbers: in international form where they are recorded, and compared by their digits however written."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final

from pydantic import StringConstraints

Telephone = Annotated[str, StringConstraints(pattern=r"^\+[1-9](?:[ ()-]{0,2}[0-9]){6,14}$", max_length=30)]
"""A number with its country, such as +32 2 123 45 67."""

_LAST_DIGITS: Final = 8
"""The last digits by which two spellings of a number are the same: one may lack its country, or have a zero more."""
_BETWEEN: Final = re.compile(r"(?<=[0-9])[^0-9A-Za-z,;\n]{1,4}(?=[0-9])")
_TRUNK: Final = re.compile(r"\(0\)")


def digits_of(number: str) -> str:
    """Return the digits of a number without the zero that is dialled inside a country alone."""
    return re.sub(r"[^0-9]", "", _TRUNK.sub("", number))


def is_same_number(first: str, second: str) -> bool:
    """True if two recorded numbers are one, however they are written."""
    return digits_of(first) == digits_of(second)


def names_number(text: str, number: str) -> bool:
    """True if a text names a number, in any script's digits, with or without its country and whatever parts it."""
    signs = (unicodedata.decimal(sign, None) for sign in text)
    plain = "".join(sign if digit is None else str(digit) for sign, digit in zip(text, signs, strict=True))
    digits = _BETWEEN.sub("", _TRUNK.sub("", plain))
    return digits_of(number)[-_LAST_DIGITS:] in digits
