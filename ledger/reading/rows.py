"""The columns of stored events, and what becomes of their rows. All that reads the ledger reads these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from ledger.model import ReadablePayload, StoredEvent

COLUMNS: Final = (
    "position, stream_id, version, event_id, command_id, event_type, schema_version, payload, meta, recorded_at, leaf"
)
PAGE: Final = 1000
"""The number of events that are read at once."""
LONG_SECONDS: Final = 600.0
"""Seconds for a query that reads everything."""
WANTED: Final = "position > $1 AND starts_with(stream_id, $2) AND ($3::text[] IS NULL OR event_type = ANY ($3))"
"""The condition on position, prefix and types of events."""


def stored(row: asyncpg.Record) -> StoredEvent:
    """Return the event of a row of `COLUMNS`."""
    return StoredEvent(*row)


def opened(events: Sequence[StoredEvent], contents: Sequence[ReadablePayload]) -> list[StoredEvent]:
    """Return the events with their readable contents. Those that name nobody stay the same values."""
    return [
        event if event.payload is content.payload and not content.blanked else event._replace(**content._asdict())
        for event, content in zip(events, contents, strict=True)
    ]
