"""Projections: a name, a generation, a prefix of streams, and a pure fold of their events to documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent

Document = dict[str, Any]


class ProjectionStopped(RuntimeError):
    """The projection cannot continue: the ledger is another one, or a newer release wrote to it (see the message)."""


JudgeEvents = Callable[[Sequence[StoredEvent], PoolConnectionProxy], Awaitable[list[StoredEvent]]]
"""Returns the events before they are folded, with `doubt` set on those disregarded. Reads over the given connection.

A later call may find that another event is disregarded, but never that a disregarded one is valid again.
"""


async def as_recorded(events: Sequence[StoredEvent], _connection: PoolConnectionProxy) -> list[StoredEvent]:
    """Return the events unchanged: none is disregarded."""
    return list(events)


class Projection(NamedTuple):
    """A named fold of events into documents. When it changes, raise the generation, so that it is built anew."""

    name: str
    generation: int
    prefix: str
    """The prefix of the ids of the streams that are folded."""
    fold: Callable[[Document | None, Sequence[StoredEvent]], Document]
    """Returns a stream's new document, given the one so far (None at first) and its next events. Pure; may raise."""


class Quarantined(NamedTuple):
    """A stream that cannot be folded, with the position of the event that failed and the reason."""

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
