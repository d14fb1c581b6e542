"""The API in OpenAPI 3.1, made of the table that serves it: a path that is served is described, and none other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from accord.api.faults import MEDIA_TYPE, TITLES
from accord.api.parameters import LARGEST, Parameter
from accord.api.requests import ApiBody, ApiPath
from domain.organisation.tokens import Scope

PATH: Final = "/v1/openapi.json"
_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": LARGEST}
_TEXT: Final = {"type": "string"}
_HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ID: Final = {"type": "string", "format": "uuid"}
_TIME: Final = {"type": ["string", "null"], "format": "date-time"}


def _record(properties: Mapping[str, Any], optional: Sequence[str] = ()) -> dict[str, Any]:
    """Return the schema of an object with these properties and no other."""
    required_names = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required_names, "additionalProperties": False}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_PAGE: Final = {
    "true_at": _TIME,
    "known_at": _TIME,
    "position": {**_NUMBER, "description": "the position of the ledger up to which the rows are made"},
    "rows": {"type": "array", "items": {"type": "object"}},
    "next": {"type": ["string", "null"], "description": "the cursor of the next page, or null after the last"},
}
_EVENT: Final = {
    "position": _NUMBER, "stream": _TEXT, "version": _NUMBER, "type": _TEXT, "schema_version": _NUMBER,
    "event_id": _ID, "command_id": _ID, "recorded_at": {"type": "string", "format": "date-time"},
    "payload": {**_TEXT, "description": "the stored bytes as text: what the leaf commits to"},
    "meta": {**_TEXT, "description": "the stored bytes as text"},
    "meta_base64": {**_TEXT, "description": "the stored bytes, where they are no text"},
    "leaf": _HASH,
}  # fmt: skip

SCHEMAS: Final[dict[str, Any]] = {
    "Head": _record({"size": _NUMBER, "root": _HASH}),
    "Event": _record(_EVENT, ("meta", "meta_base64")),
    "Events": _record(
        {
            "ledger": _TEXT, "head": _reference("Head"),
            "events": {"type": "array", "items": _reference("Event"), "maxItems": 1000},
            "next": {**_NUMBER, "description": "what to ask `after` next"},
        }
    ),
    "Consistency": _record(
        {
            "ledger": _TEXT, "from": _reference("Head"), "to": _reference("Head"),
            "proof": {"type": "array", "items": _HASH, "maxItems": 128},
        }
    ),
    "Note": _TEXT,
    "Taken": _record(
        {
            "kind": {"type": "string", "enum": ["COSIGNED", "STOPPED"]},
            "place": {**_NUMBER, "description": "the size that is cosigned, or the position of where it stopped"},
            "new": {"type": "boolean", "description": "false if the same was handed in before"},
        }
    ),
    "File": {"type": "string", "contentMediaType": "application/octet-stream"},
    "Page": _record(_PAGE),
    "BookPage": _record(
        {
            **_PAGE, "on": {"type": "string", "format": "date"},
            "missing": {"type": "array", "items": _TEXT, "description": "streams with an event that nobody can read"},
        }
    ),
    "Problem": _record(
        {
            "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "place": _TEXT,
            "fault": _TEXT, "remedy": _TEXT,
        }
    ),
}  # fmt: skip
"""The schemas of answers, by their names."""


def openapi(paths: Sequence[ApiPath], origin: str) -> dict[str, Any]:
    """Return the document of an API that is served at an origin."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Accord",
            "version": version("accord"),
            "summary": "Lists, events and proofs for programs, and where followers hand in. Nothing is decided here.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": origin}],
        "paths": {path.path: {path.method.lower(): _operation(path)} for path in paths},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": f"A token that two guardians enrolled, with scopes of {', '.join(Scope)}",
                }
            },
            "responses": {str(status): _problem(status) for status in TITLES},
        },
    }  # fmt: skip


def _operation(path: ApiPath) -> dict[str, Any]:
    answer = {"description": path.summary, "content": {path.media_type: {"schema": _reference(path.schema)}}}
    beside = {405} if path.takes is not None else {405, 413}
    faults = {str(status): {"$ref": f"#/components/responses/{status}"} for status in TITLES if status not in beside}
    return {
        "operationId": path.path.removeprefix("/v1/").replace("/{", "_").replace("}", ""),
        "summary": path.summary,
        "description": f"Needs a token with the scope `{path.scope}`.",
        "security": [{"token": [str(path.scope)]}],
        "parameters": [_parameter(parameter, path.path) for parameter in path.parameters],
        **(_body(path.takes) if path.takes is not None else {}),
        "responses": {"200": answer, **({"201": answer} if path.takes is not None else {}), **faults},
    }


def _body(body: ApiBody) -> dict[str, Any]:
    """Return the body that is handed in. No characters take fewer bytes than there are of them."""
    schema = {"type": "string", "minLength": 1, "maxLength": body.largest}
    return {
        "requestBody": {
            "required": True, "description": body.what, "content": {body.media_type: {"schema": schema}},
        }
    }  # fmt: skip


def _parameter(parameter: Parameter, path: str) -> dict[str, Any]:
    is_in_path = f"{{{parameter.name}}}" in path
    default = {} if parameter.default in (None, "") else {"default": parameter.default}
    return {
        "name": parameter.name,
        "in": "path" if is_in_path else "query",
        "required": parameter.required or is_in_path,
        "description": f"{parameter.what}: {parameter.form.example}",
        "schema": {**parameter.form.schema, **default},
    }


def _problem(status: int) -> dict[str, Any]:
    return {"description": TITLES[status], "content": {MEDIA_TYPE: {"schema": _reference("Problem")}}}
