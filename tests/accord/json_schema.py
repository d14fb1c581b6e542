"""Judge a value by a JSON Schema: the keywords that our schemas use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
KEYWORDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("$ref", "type", "pattern", "format", "title", "description"), (str,)),
    **dict.fromkeys(("properties", "$defs", "items", "discriminator"), (dict,)),
    **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems", "required", "enum", "examples"), (list,)),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), (int,)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), (int, float)),
    **dict.fromkeys(("default", "const"), (object,)),
    "additionalProperties": (bool, dict),
}


def parts_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema inside it."""
    yield schema
    inside = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inside += [part for keyword in ("anyOf", "oneOf", "allOf", "prefixItems") for part in schema.get(keyword, [])]
    inside += [
        schema[keyword] for keyword in ("items", "additionalProperties") if isinstance(schema.get(keyword), dict)
    ]
    for part in inside:
        yield from parts_of(part)


def errors_of(schema: dict[str, Any]) -> Iterator[str]:
    """Yield what makes it no valid schema: keywords of the wrong kind, no such type, references to nothing."""
    for part in parts_of(schema):
        for keyword, value in part.items():
            if not isinstance(value, KEYWORDS.get(keyword, (object,))):
                yield f"{keyword}: {value!r}"
        if part.get("type", "object") not in TYPES:
            yield f"no type {part['type']}"
        if part.get("$ref", "").removeprefix("#/$defs/") not in {"", *schema.get("$defs", {})}:
            yield f"{part['$ref']} refers to nothing"
        re.compile(part.get("pattern", ""))


def strangers_of(schema: dict[str, Any]) -> set[str]:
    """Return the keywords that JSON Schema does not have, and that every reader therefore passes over."""
    return {keyword for part in parts_of(schema) for keyword in part} - set(KEYWORDS)


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
            if value <= schema.get("exclusiveMinimum", value - 1):
                yield f"{at} is too small"


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
