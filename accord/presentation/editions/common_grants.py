"""A question set as other systems read it: JSON Schema 2020-12, and a mapping to and from CommonGrants.

The mapping has the form of a CommonGrants mapping: an object in which a leaf says the field that it takes.
"""

from __future__ import annotations

from typing import Any, Final

from domain.editions.questions import QuestionSet

SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"


def exported(content: QuestionSet) -> dict[str, Any]:
    """Return the schema and the mappings of a question set."""
    return {
        "name": content.name,
        "edition": content.edition,
        "languages": list(content.languages),
        "schema": schema_of(content),
        "mappingToCommonGrants": _nested({bank_name: question for question, bank_name in content.asks.items()}),
        "mappingFromCommonGrants": _nested(dict(content.asks)),
    }


def schema_of(content: QuestionSet) -> dict[str, Any]:
    """Return the JSON Schema of a set, with titles and descriptions in its first language."""
    language = content.languages[0]
    properties = {}
    for name in content.order:
        question = content.asked.properties[name].model_dump(mode="json", by_alias=True, exclude_defaults=True)
        hint = content.said(f"{name}.hint", language)
        words = {"title": content.said(f"{name}.label", language), **({"description": hint} if hint else {})}
        properties[name] = {**words, **question}
    always = [name for name in content.asked.required if name not in content.shown_if]
    schema: dict[str, Any] = {
        "$schema": SCHEMA,
        "$id": f"urn:accord:edition:{content.name}:{content.edition}",
        "title": content.said("title", language),
        "type": "object",
        "properties": properties,
        "required": always,
        "additionalProperties": False,
    }
    if conditions := [_condition(content, name) for name in content.asked.required if name in content.shown_if]:
        schema["allOf"] = conditions
    return schema


def _condition(content: QuestionSet, name: str) -> dict[str, Any]:
    """Return the part of a schema that asks for an answer only where its question is shown."""
    condition = content.shown_if[name]
    premise = {"properties": {condition.question: {"const": condition.equals}}, "required": [condition.question]}
    return {"if": premise, "then": {"required": [name]}}


def _nested(fields: dict[str, str]) -> dict[str, Any]:
    return {target: {"field": source} for target, source in sorted(fields.items())}
