"""The fold of one process: funds in one sequence, and partnerships some at a time, of which only entries stay.

A partnership's entries rest on its own streams, and on the exceptions that it resolved, and on nothing of others. So
its state is dropped once its entries are made. When it goes on, its streams are read again from their beginning, and
what they make beyond the position of the last reading is new.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

from domain.books.entries import JournalEntry
from domain.books.journal import Journal
from domain.books.moving import LOOKED_AT
from domain.directory.chart import BookBasis
from domain.partnership.events import ContradictionResolved
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import StoredEvent
from records.authorship import Reader, is_readable
from records.books.judged import JudgedStreams
from records.codec import read_stored
from records.directory_stream import Directories
from records.funds import FUND_STREAMS

_TYPES: Final = sorted(LOOKED_AT)
_PAGE: Final = 400
"""Events that are judged together: fewer than a process keeps decoded, so that each is decoded once."""
_PARTNERSHIPS: Final = 24
"""Partnerships that are folded together: so few that their events are one such page, most of the time."""


class BookFold:
    """The fold of one process on one basis. A later reading goes on from the position of the one before."""

    def __init__(self, reader: Reader, basis: BookBasis) -> None:
        self._reader = reader
        self._basis = basis
        self._funds = self._anew()
        self._streams: dict[str, set[str]] = {}
        """By partnership: its own stream, and those of its attempts to pay, as far as they move money."""
        self._blocked: dict[str, list[str]] = {}
        """By partnership: the streams that wait until people judged an event that nobody can read."""
        self._lock = asyncio.Lock()
        self.entries: list[JournalEntry] = []
        """In the order of their positions."""
        self.position = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """The streams that wait until people judged an event that nobody can read."""
        return tuple(sorted({*self._funds.blocked, *chain.from_iterable(self._blocked.values())}))

    async def read(self, upto: int) -> list[JournalEntry]:
        """Return the entries of all events up to a position.

        A reading that is cut off has taken nothing: the next one begins where it began.
        """
        async with self._lock:
            times = await self._reader.registrar.directories()
            if upto > self.position:
                await self._go_on(upto, times)
        return self.entries[: bisect_right(self.entries, upto, key=_position_of)]

    def _anew(self) -> JudgedStreams:
        return JudgedStreams(self._reader, Journal(self._basis))

    async def _go_on(self, upto: int, times: Directories) -> None:
        entries, streams_that_wait = await self._read_partnerships(upto, times)
        try:
            await self._read_funds(upto, times)
        except BaseException:
            self._funds = self._anew()
            raise
        # Nothing is waited for from here on, so nothing is taken in part.
        entries += self._funds.drain()
        self.entries += sorted(filter(self._is_new, entries), key=_order_of)
        self._blocked = streams_that_wait
        self.position = upto

    def _is_new(self, entry: JournalEntry) -> bool:
        return entry.origin.position > self.position

    async def _read_funds(self, upto: int, times: Directories) -> None:
        page: list[StoredEvent] = []
        after = self._funds.position
        async for event in self._reader.ledger.read_all(FUND_STREAMS, upto, after=after, event_types=_TYPES):
            page.append(event)
            if len(page) == _PAGE:
                await self._funds.take(page, times)
                page = []
        await self._funds.take(page, times)
        await self._funds.reach(upto, times)

    async def _read_partnerships(self, upto: int, times: Directories) -> _Fresh:
        """Return the new entries of the partnerships that went on, and of those that waited for a judgement."""
        fresh = _Fresh([], {})
        partnerships = sorted({*await self._moved(), *self._blocked})
        for start in range(0, len(partnerships), _PARTNERSHIPS):
            streams = await self._folded(partnerships[start : start + _PARTNERSHIPS], upto, times)
            fresh.entries.extend(filter(self._is_new, streams.drain()))
            for name in streams.blocked:
                fresh.blocked.setdefault(StreamId(name).subject, []).append(name)
        return fresh

    async def _moved(self) -> set[str]:
        """Return the partnerships that have events after the last reading, with all their streams taken note of."""
        names = await self._reader.ledger.moved_since(PARTNERSHIP_STREAMS, _TYPES, self.position)
        for name in names:
            self._streams.setdefault(StreamId(name).subject, set()).add(name)
        return {StreamId(name).subject for name in names}

    async def _folded(self, partnerships: Sequence[str], upto: int, times: Directories) -> JudgedStreams:
        """Return some partnerships with all their entries up to a position."""
        streams = self._anew()
        events = await self._events(partnerships, upto)
        for start in range(0, len(events), _PAGE):
            await streams.take(events[start : start + _PAGE], times)
        await streams.reach(upto, times)
        return streams

    async def _events(self, partnerships: Sequence[str], upto: int) -> list[StoredEvent]:
        """Return the events of partnerships and of the exceptions that they resolved, in the order of positions."""
        names = [name for partnership in partnerships for name in sorted(self._streams[partnership])]
        ledger = self._reader.ledger
        async with ledger.connection() as connection:
            events = await ledger.read_streams(names, upto, connection, event_types=_TYPES)
            if exceptions := sorted({*_exceptions_of(events)}):
                events += await ledger.read_streams(exceptions, upto, connection, event_types=_TYPES)
        return sorted(events, key=attrgetter("position"))


class _Fresh(NamedTuple):
    """The entries that a reading of partnerships made, and their streams that wait, by partnership."""

    entries: list[JournalEntry]
    blocked: dict[str, list[str]]


_RESOLVED: Final = ContradictionResolved.model_fields["event_type"].default


def _exceptions_of(events: Iterable[StoredEvent]) -> Iterator[str]:
    """Yield the streams of the exceptions that partnerships resolved."""
    for event in events:
        if event.event_type == _RESOLVED and is_readable(event):
            resolution = read_stored(event)
            if isinstance(resolution, ContradictionResolved):
                yield StreamId.exception(resolution.exception_id)


def _position_of(entry: JournalEntry) -> int:
    return entry.origin.position


def _order_of(entry: JournalEntry) -> tuple[int, str]:
    """Return the order of an entry, also among those which one change of the directory makes."""
    return entry.origin.position, entry.origin.stream
