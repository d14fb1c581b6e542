"""JSON as a value: two texts are the same value exactly if they say the same, however it is written.

A database writes what it keeps anew: `30000` may come back as `3E+4`, `1e22` as its digits, and an object in another
order of its fields.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from decimal import Decimal
from typing import Any


def value_of(text: str) -> Hashable:
    """Return the value of JSON text: numbers compare by value, texts by their characters, objects without order.

    A truth value is no number, and a number no text.
    """
    return _value(json.loads(text, parse_float=Decimal, parse_int=Decimal))


def _value(content: Any) -> Hashable:
    match content:
        case dict():
            return frozenset((name, _value(member)) for name, member in content.items())
        case list():
            return tuple(map(_value, content))
        case bool():
            return bool, content  # for Python, True equals 1
        case _:
            return content  # type: ignore[no-any-return]
