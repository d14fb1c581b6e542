"""A question as a row of a workbook: one word for what is answered, where JSON Schema has several keywords."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from domain.editions.question_schema import TYPES

_BY_WORD: Final[Mapping[str, dict[str, Any]]] = {
    "line": {"type": "string"},
    "number": {"type": "integer"},
    "yes-no": {"type": "boolean"},
    "choice": {"type": "string"},
    "choices": {"type": "array"},
    **{name: {"type": type_, "format": name} for name, type_ in TYPES.items()},
}
_BOUNDS: Final = {"integer": ("minimum", "maximum"), "array": ("minItems", "maxItems"), "string": ("", "maxLength")}


def schema_of_row(kind: str, choices: list[str], least: int | None, most: int | None) -> dict[str, Any]:
    """Return the schema of a question. Raises ValueError for a kind that is none."""
    if kind.startswith("{"):
        return dict(json.loads(kind))
    if kind.startswith("words:"):
        schema: dict[str, Any] = {"type": "string", "format": kind}
    elif kind in _BY_WORD:
        schema = dict(_BY_WORD[kind])
    else:
        kinds = ", ".join(("words:N", *_BY_WORD))
        raise ValueError(f"{kind[:30]!r} is no kind of answer; write one of {kinds}")
    if kind == "choice":
        schema["enum"] = choices
    elif kind == "choices":
        schema["items"] = {"type": "string", "enum": choices}
    elif choices:
        raise ValueError(f"{kind} has nothing to choose; write choice or choices, or empty that cell")
    for limit, keyword in zip((least, most), _BOUNDS.get(schema["type"], ("", "")), strict=True):
        if limit is not None:
            if not keyword:
                raise ValueError(f"{kind} has no such bound; empty that cell")
            schema[keyword] = limit
    return schema


def row_of_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a question's schema: kind, choices, least and most. What no word says is JSON."""
    choices = list(schema.get("enum") or schema.get("items", {}).get("enum") or ())
    least, most = (schema.get(keyword) for keyword in _BOUNDS.get(str(schema["type"]), ("", "")))
    kind = _word_of(schema)
    try:
        if schema_of_row(kind, choices, least, most) == schema:
            return {"kind": kind, "choices": "; ".join(choices), "least": least, "most": most}
    except ValueError:
        pass
    return {"kind": json.dumps(schema, ensure_ascii=False, sort_keys=True), "choices": "", "least": None, "most": None}


def _word_of(schema: Mapping[str, Any]) -> str:
    if "format" in schema:
        return str(schema["format"])
    if "enum" in schema:
        return "choice"
    return {"integer": "number", "boolean": "yes-no", "array": "choices"}.get(str(schema["type"]), "line")


_CONDITION: Final = re.compile(r"([a-z][a-z0-9_]*)\s*=\s*(\S+)")


def condition_of(text: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    """Return the condition that a cell says, such as `all_spent = no`. `kinds`: of answers, by question.

    Raises:
        ValueError: It does not have that form.
    """
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:30]!r} is no condition; write another question and its answer: all_spent = no")
    question, answer = match.groups()
    is_flag = kinds.get(question) == "yes-no" and answer in {"yes", "no"}
    return {"question": question, "equals": answer == "yes" if is_flag else answer}
