"""Read models as of a time (bitemporal): what was true then, and what was known then.

A bank's answer of Monday that was imported on Friday was true on Monday and known on Friday. "Known" limits the events
by the time at which they were recorded, "true" by the time at which they say that they happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from ledger import Ledger, StoredEvent
from ledger.projections import Document, Projection, in_memory
from records.authorship import Reader, is_readable
from records.codec import from_ledger


@dataclass(frozen=True, slots=True)
class LedgerAsOf:
    """A limit on the events to read, with up to three bounds. A bound that is None does not apply."""

    true_at: datetime | None = None
    known_at: datetime | None = None
    position: int | None = None

    @property
    def present(self) -> bool:
        """True if no bound is set, so that the present state is read."""
        return self == LedgerAsOf()


async def events_as_of(ledger: Ledger, prefix: str, ledger_as_of: LedgerAsOf) -> list[StoredEvent]:
    """Return the events within the cut of all streams whose ids begin with a prefix, ordered by position."""
    upto = await last_position(ledger, ledger_as_of)
    return await _within(Reader(ledger), [event async for event in ledger.read_all(prefix, upto=upto)], ledger_as_of)


async def streams_as_of(reader: Reader, streams: Sequence[str], ledger_as_of: LedgerAsOf) -> list[StoredEvent]:
    """Return the events of some streams within the cut, each stream's in order. No other stream is read."""
    upto = await last_position(reader.ledger, ledger_as_of)
    async with reader.ledger.connection() as connection:
        events = await reader.ledger.read_streams(streams, upto, connection)
    return await _within(reader, events, ledger_as_of)


async def last_position(ledger: Ledger, ledger_as_of: LedgerAsOf) -> int:
    """Return the last position that the cut allows by what was known."""
    upto = await ledger.head() if ledger_as_of.position is None else ledger_as_of.position
    return upto if ledger_as_of.known_at is None else min(upto, await ledger.position_at(ledger_as_of.known_at))


async def _within(reader: Reader, events: list[StoredEvent], ledger_as_of: LedgerAsOf) -> list[StoredEvent]:
    """Return the events, judged, that had happened by the cut."""
    stored_events, true_at = _before_the_unreadable(await reader.judge(events)), ledger_as_of.true_at
    return [event for event in stored_events if true_at is None or _happened_at(event) <= true_at]


def _before_the_unreadable(events: Iterable[StoredEvent]) -> Iterator[StoredEvent]:
    """Yield each stream's events before the first that nobody can read: that stops its stream, and no other."""
    unreadable_streams = set[str]()
    for event in events:
        if event.stream_id not in unreadable_streams and (event.doubt or is_readable(event)):
            yield event
        else:
            unreadable_streams.add(event.stream_id)


def _happened_at(stored_event: StoredEvent) -> datetime:
    moment: datetime = cast(Any, from_ledger(stored_event).event).at
    return moment


async def documents_as_of(
    ledger: Ledger, projection: Projection, ledger_as_of: LedgerAsOf, stream_id: str = ""
) -> dict[str, Document]:
    """Return {stream id: document} of a read model as of a cut, for one stream, or for all if `stream_id` is empty.

    The documents are folded anew on each call. A stream that cannot be read, or folded, to its end is as it stood
    before.
    """
    if stream_id:
        return in_memory(projection, await streams_as_of(Reader(ledger), [stream_id], ledger_as_of))
    return in_memory(projection, await events_as_of(ledger, projection.prefix, ledger_as_of))
