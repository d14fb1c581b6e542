"""Pages of a list: an opaque cursor names the place after which the next one begins, for the very same question."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from accord.api.faults import ApiProblem

BESIDE: Final = frozenset({"cursor", "limit"})
"""The parameters that are no part of a question: one may read on in larger pages."""
_LONGEST: Final = 2000
_REMEDY: Final = "write `next` of the page before, with the same filters, or leave it out for the first page"


def cursor_after(place: str, path: str, values: Mapping[str, Any]) -> str:
    """Return the cursor of the page after a place."""
    content = json.dumps([_question(path, values), place]).encode()
    return urlsafe_b64encode(content).decode().rstrip("=")


def place_of(cursor: str, path: str, values: Mapping[str, Any]) -> str:
    """Return the place that a cursor names.

    Raises:
        ApiProblem: It is no cursor, or was given for another question.
    """
    try:
        question, place = json.loads(urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor) % 4)))
        if not (isinstance(place, str) and place.isprintable()):
            raise ValueError(place)
    except (ValueError, TypeError, binascii.Error):
        raise ApiProblem(400, "parameter cursor", "it is none of this API's", _REMEDY) from None
    if question != _question(path, values):
        raise ApiProblem(400, "parameter cursor", "it was given for another question", _REMEDY)
    return place


def number_of(cursor: str, path: str, values: Mapping[str, Any]) -> int:
    """Return the place that a cursor names in a list whose places are numbers. Raises as `place_of` does."""
    place = place_of(cursor, path, values)
    if not re.fullmatch(r"[0-9]{1,9}", place):
        raise ApiProblem(400, "parameter cursor", "it is none of this API's", _REMEDY)
    return int(place)


def _question(path: str, values: Mapping[str, Any]) -> str:
    asked = {name: value for name, value in sorted(values.items()) if name not in BESIDE and value is not None}
    return sha256(json.dumps([path, asked], default=str).encode()).hexdigest()[:16]
