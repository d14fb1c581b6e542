"""The message about an event: the event as it is stored, with names of people sealed as they stand in the ledger."""

from __future__ import annotations

import json
from typing import NamedTuple

from ledger import StoredEvent
from ledger.stored_json import event_as_json


class Message(NamedTuple):
    """A message to an endpoint."""

    id: str
    """The event's position and the beginning of its leaf: the same event is the same message, however often it is sent.

    After a restore another event may stand at its position. That one has another leaf, and is another message.
    """
    body: bytes


def message_of(event: StoredEvent) -> Message:
    """Return the message about an event, which must be as it is stored."""
    data = event_as_json(event)
    body = {"type": event.event_type, "timestamp": data["recorded_at"], "data": data}
    return Message(f"{event.position}-{event.leaf.hex()[:16]}", json.dumps(body, ensure_ascii=False).encode())
