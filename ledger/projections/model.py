"""Projections: a name, a generation, a prefix of streams, and a pure fold of their events to documents and lines."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent
from ledger.projections.written import stored_form

Document = dict[str, Any]
"""A document, as it is stored or as a fold returns it: there, frozen values may stand for the JSON that is theirs."""


class ProjectionStopped(RuntimeError):
    """The projection cannot continue: the ledger is another one, or a newer release wrote to it (see the message)."""


JudgeEvents = Callable[[Sequence[StoredEvent], PoolConnectionProxy], Awaitable[list[StoredEvent]]]
"""Returns the events before they are folded, with `doubt` set on those disregarded. Reads over the given connection.

A later call may find that another event is disregarded, but never that a disregarded one is valid again.
"""


async def as_recorded(events: Sequence[StoredEvent], _connection: PoolConnectionProxy) -> list[StoredEvent]:
    """Return the events unchanged: none is disregarded."""
    return list(events)


class Line(NamedTuple):
    """A line of a list: its place there, the terms that it is found by, the sum that it is about, and what it shows."""

    list: str
    place: str
    terms: tuple[str, ...]
    amount: str | None
    shown: Document


class Listing(NamedTuple):
    """The rule by which a projection's streams stand in lists, now and at the end of each day."""

    lines: Callable[[Document | None, Sequence[Sequence[StoredEvent]]], list[list[Line]]]
    """Returns a stream's lines after each day, given its document so far and each day's events. Pure, but may raise."""
    happened_at: Callable[[StoredEvent], datetime]
    """Returns the time at which an event happened, as it says itself."""


class Projection(NamedTuple):
    """A named fold of events into documents. When it changes, raise the generation, so that it is built anew."""

    name: str
    generation: int
    prefix: str
    """The prefix of the ids of the streams that are folded."""
    fold: Callable[[Document | None, Sequence[StoredEvent]], Document]
    """Returns a stream's new document, given the one so far (None at first) and its next events. Pure. May raise."""
    listing: Listing | None = None
    judged: bool = True
    """False if its fold asks nothing of who signed: it folds events as they were recorded."""


class Quarantined(NamedTuple):
    """A stream that cannot be folded, with the position of the event that failed and the reason."""

    stream_id: str
    position: int
    reason: str


def in_memory(projection: Projection, events: Iterable[StoredEvent]) -> dict[str, Document]:
    """Return the documents that a projection makes of events, by stream id: the read model as of the last event.

    A stream that cannot be folded to its end is folded as far as it can be, as a projector does.
    """
    streams = by_stream(event for event in events if event.stream_id.startswith(projection.prefix))
    documents = ((stream, _as_far_as_possible(projection, events)) for stream, events in streams.items())
    return {stream: json.loads(stored_form(document)) for stream, document in documents if document is not None}


def _as_far_as_possible(projection: Projection, events: Sequence[StoredEvent]) -> Document | None:
    with suppress(Exception):
        return projection.fold(None, events)
    document: Document | None = None
    with suppress(Exception):
        for event in events:
            document = projection.fold(document, (event,))
    return document


def by_stream(events: Iterable[StoredEvent]) -> dict[str, list[StoredEvent]]:
    """Return events by stream id, in their order."""
    streams: dict[str, list[StoredEvent]] = {}
    for event in events:
        streams.setdefault(event.stream_id, []).append(event)
    return streams
