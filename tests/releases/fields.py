"""The fields that a release reads in each type of event. A further one in the same form would be unreadable to it."""

from __future__ import annotations

import json
from typing import Any

from domain.recorded.schema import KINDS


def fields_read() -> dict[str, Any]:
    """Return the form of each type of event, with the names of all fields in it, however deep."""
    return {kind: {"form": model.schema_version, "fields": _names(model)} for kind, model in sorted(KINDS.items())}


def _names(model: Any) -> list[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for part in parts for name in part.get("properties", {})})


def written() -> str:
    """Return them as JSON, a line for each type of event."""
    return "{\n" + ",\n".join(f'"{kind}": {json.dumps(read)}' for kind, read in fields_read().items()) + "\n}\n"
