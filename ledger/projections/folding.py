"""The fold of a stream as a projector stores it: its document and lines, as far as its events can be folded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from ledger.model import StoredEvent
from ledger.projections.listing import StreamLines, listed
from ledger.projections.model import Document, Projection, ProjectionStopped, Quarantined
from ledger.projections.written import stored_form


class StreamFold(NamedTuple):
    """A stream's document, with the version and position of the newest event in it."""

    stream_id: str
    version: int
    position: int
    document: str
    listed: StreamLines | None
    """Its lines, if its projection has lists."""


def fold_of(projection: Projection, document: Document | None, events: Sequence[StoredEvent]) -> StreamFold:
    """Return a stream after its next events, given its document so far. Raises as the projection's fold does."""
    last, lists = events[-1], projection.listing
    lines = listed(lists, document, events) if lists is not None else None
    return StreamFold(
        last.stream_id, last.version, last.position, stored_form(projection.fold(document, events)), lines
    )


def longest_fold(
    projection: Projection, document: Document | None, events: Sequence[StoredEvent]
) -> tuple[StreamFold | None, Quarantined | None]:
    """Return a stream after those of its next events that can be folded, and the one that cannot.

    Its document does not depend on where a batch ends.

    Raises:
        ProjectionStopped: A newer release recorded an event.
    """
    try:
        return fold_of(projection, document, events), None
    except ProjectionStopped:
        raise
    except Exception:
        good, failure = _one_by_one(projection, document, events)
    return (fold_of(projection, document, events[:good]) if good else None), failure


def _one_by_one(
    projection: Projection, document: Document | None, events: Sequence[StoredEvent]
) -> tuple[int, Quarantined | None]:
    """Return how many events can be folded, and the one that cannot."""
    for number, event in enumerate(events):
        try:
            document = json.loads(fold_of(projection, document, [event]).document)
        except ProjectionStopped:
            raise
        except Exception as fault:
            reason = f"{type(fault).__name__}: {fault}".replace("\x00", "").encode("utf-8", "replace").decode()
            return number, Quarantined(event.stream_id, event.position, reason[:500])
    return len(events), None
