"""JSON with exact numbers: a decimal is written as it is, and never by way of a binary fraction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

JsonValue = None | bool | int | str | Decimal | list["JsonValue"] | Mapping[str, "JsonValue"]
"""A value that JSON can hold, with decimals as its numbers."""

_STEP: Final = " "


def json_text(value: JsonValue, indent: str = "") -> str:
    """Return a value as JSON, its members in their order."""
    deeper = indent + _STEP
    match value:
        case Decimal():
            return format(value, "f")
        case Mapping() if value:
            members = (f"{deeper}{json.dumps(name)}: {json_text(member, deeper)}" for name, member in value.items())
            return "{\n" + ",\n".join(members) + f"\n{indent}}}"
        case list() if value:
            return "[\n" + ",\n".join(f"{deeper}{json_text(member, deeper)}" for member in value) + f"\n{indent}]"
        case _:
            return json.dumps(value, ensure_ascii=False)
