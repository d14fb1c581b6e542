"""Judge a value by a JSON Schema: the keywords that our schemas use, and a fault for every other keyword."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
NOTES = {"$defs", "title", "description", "default", "examples", "discriminator"}


def check_schema(schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    """Yield what makes it no valid schema: unknown keywords, types, patterns, and references to nothing."""
    for keyword, value in schema.items():
        match keyword, value:
            case "$ref", str():
                if value.removeprefix("#/$defs/") not in root.get("$defs", {}):
                    yield f"{value} refers to nothing"
            case (("properties" | "$defs"), dict()):
                for part in value.values():
                    yield from check_schema(part, root)
            case (("anyOf" | "oneOf" | "allOf" | "prefixItems"), [_, *_]):
                for part in value:
                    yield from check_schema(part, root)
            case (("items" | "additionalProperties" | "not"), dict()):
                yield from check_schema(value, root)
            case "additionalProperties", bool():
                pass
            case "type", str():
                if value not in TYPES:
                    yield f"no type {value}"
            case "pattern", str():
                re.compile(value)
            case (("required" | "enum"), list()):
                pass
            case (("minLength" | "maxLength" | "minItems" | "maxItems"), int()):
                pass
            case (("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"), int() | float()):
                pass
            case "format", str():
                pass
            case _ if keyword in NOTES or keyword == "const":
                pass
            case _:
                yield f"{keyword}: {value!r} is no keyword that is known here"


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> list[str]:
    """Return every fault that a schema finds in a value."""
    return list(_faults(value, schema, root, at))


def _faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if reference := schema.get("$ref"):
        yield from _faults(value, root["$defs"][reference.removeprefix("#/$defs/")], root, at)
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{at} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is none of {schema['enum']}"
    if "anyOf" in schema and all(faults(value, part, root, at) for part in schema["anyOf"]):
        yield f"{at} fits none of its forms"
    match value:
        case str():
            yield from _text(value, schema, at)
        case dict():
            yield from _object(value, schema, root, at)
        case list():
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                yield f"{at} has {len(value)} items"
            for index, item in enumerate(value):
                yield from _faults(item, schema.get("items", {}), root, f"{at}[{index}]")
        case int() | float():
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                yield f"{at} is out of bounds"


def _text(value: str, schema: dict[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{at} has {len(value)} characters"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at} does not match {schema['pattern']}"
    if schema.get("format") == "date":
        date.fromisoformat(value)


def _object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        if name in known:
            yield from _faults(item, known[name], root, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}.{name} is no field"
