"""The timeline of each partnership and of each attempt to pay: one entry per event, ordered by version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.streams import PARTNERSHIP_STREAMS
from ledger import StoredEvent
from ledger.projections import Document, Projection
from records.read_models.judging import decoded_event


def fold_stream(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Return a stream's timeline with one more entry for each event."""
    before = document["entries"] if document is not None else []
    return {"entries": [*before, *map(_entry, events)]}


TIMELINE: Final = Projection("timeline", 2, PARTNERSHIP_STREAMS, fold_stream)


def _entry(stored_event: StoredEvent) -> Document:
    event = decoded_event(stored_event)
    return {
        "position": stored_event.position,
        "version": stored_event.version,
        "at": event.at.isoformat(),
        "recorded_at": stored_event.recorded_at.isoformat(),
        "event": stored_event.event_type,
        "actor": getattr(event, "actor", "accord"),
        "signed": getattr(event, "signature", None) is not None,
        "counts": not stored_event.doubt,
    }
