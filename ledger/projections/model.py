"""Projections: a name, a generation, a prefix of streams, and a pure fold of their events to documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent

Document = dict[str, Any]


class ProjectionStopped(RuntimeError):
    """The projection may not continue: the ledger is another one, or a newer release wrote to it (see the message)."""


JudgeEvents = Callable[[Sequence[StoredEvent], PoolConnectionProxy], Awaitable[list[StoredEvent]]]
"""Marks the events that are disregarded before they are folded; reads what it needs over the given connection.

The verdict on an event may later change to disregarded, and in no other way.
"""


async def as_recorded(events: Sequence[StoredEvent], _connection: PoolConnectionProxy) -> list[StoredEvent]:
    """Return the events unchanged: all of them count."""
    return list(events)


class Projection(NamedTuple):
    """A fold, and its name. Raise the generation when the fold changes; the old one serves until the new is built."""

    name: str
    generation: int
    prefix: str
    """The beginning of the ids of the streams that it folds."""
    fold: Callable[[Document | None, Sequence[StoredEvent]], Document]
    """Returns a stream's new document, given its document so far, or None, and its next events. Pure; may raise."""


class Quarantined(NamedTuple):
    """A stream that cannot be folded."""

    stream_id: str
    position: int
    reason: str


def in_memory(projection: Projection, events: Iterable[StoredEvent]) -> dict[str, Document]:
    """Return the documents that a projection makes of events, by stream id: the read model as of the last event."""
    streams: dict[str, list[StoredEvent]] = {}
    for event in events:
        if event.stream_id.startswith(projection.prefix):
            streams.setdefault(event.stream_id, []).append(event)
    return {stream: projection.fold(None, told) for stream, told in streams.items()}
