"""A stored event as JSON for others: all that its leaf is made of, to the byte, with names of people sealed."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from ledger.model import StoredEvent


def event_as_json(event: StoredEvent) -> dict[str, Any]:
    """Return an event with all that its leaf is made of: payload and metadata as they are stored, to the byte.

    The event must be as it is stored. Whoever opened its names before would tell them.
    """
    return {
        "position": event.position,
        "stream": event.stream_id,
        "version": event.version,
        "type": event.event_type,
        "schema_version": event.schema_version,
        "event_id": str(event.event_id),
        "command_id": str(event.command_id),
        "recorded_at": event.recorded_at.isoformat("T", "microseconds")[:26] + "Z",
        "payload": event.payload.decode(),
        **_meta(event.meta),
        "leaf": event.leaf.hex(),
    }


def _meta(content: bytes) -> dict[str, str]:
    """Return metadata as text or, where they are none, in base64: the database holds them to no form."""
    try:
        return {"meta": content.decode()}
    except UnicodeDecodeError:
        return {"meta_base64": b64encode(content).decode()}
