"""Projections: a name, a generation, a prefix of streams, and a pure fold of their events to documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent

Document = dict[str, Any]


class ProjectionStopped(RuntimeError):
    """A projection may not go on: the ledger is another one, or a newer release writes it. The message says what."""


JudgeEvents = Callable[[Sequence[StoredEvent], PoolConnectionProxy], Awaitable[list[StoredEvent]]]
"""Says of events which count for nothing, before they are folded, by what it reads over a connection that is lent.

What it says of one may change to that only.
"""


async def as_recorded(events: Sequence[StoredEvent], _connection: PoolConnectionProxy) -> list[StoredEvent]:
    """Return events as they are: all of them count."""
    return list(events)


class Projection(NamedTuple):
    """A fold, and its name. Raise the generation when the fold changes; the old one serves until the new is built."""

    name: str
    generation: int
    prefix: str
    """Of the streams that it folds."""
    fold: Callable[[Document | None, Sequence[StoredEvent]], Document]
    """From a stream's document, or None, and its next events to its new document. Pure; it may raise."""


class Quarantined(NamedTuple):
    """A stream that cannot be folded."""

    stream_id: str
    position: int
    reason: str


def in_memory(projection: Projection, events: Iterable[StoredEvent]) -> dict[str, Document]:
    """Return the documents that a projection makes of events: a read model as of whatever they end with."""
    streams: dict[str, list[StoredEvent]] = {}
    for event in events:
        if event.stream_id.startswith(projection.prefix):
            streams.setdefault(event.stream_id, []).append(event)
    return {stream: projection.fold(None, told) for stream, told in streams.items()}
