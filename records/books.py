"""The book as a process knows it: a fold of the ledger in the order of positions, which goes on where it stopped.

Each event counts as it counted when it was recorded. What is found later (an event that nobody could read is set aside,
a key was in other hands) makes entries of its own, where it was found: so a closed period stays as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any, Final, NamedTuple

from domain.books.entries import JournalEntry, Origin
from domain.books.events import BookEvent
from domain.books.journal import Journal, JournalStep
from domain.books.moving import LOOKED_AT
from domain.books.periods import Closes, closes_of
from domain.books.statements import Book
from domain.directory.chart import USUAL, BookBasis, BookRules
from domain.directory.directory import Directory, role_fault
from domain.funds.events import SignedFundEvent
from domain.recorded.event import RecordedEvent
from domain.streams import BOOKS_STREAM, DIRECTORY_STREAM, StreamId
from ledger import StoredEvent
from records.authorship import Reader, is_readable
from records.codec import event_in, from_ledger
from records.directory import is_doubted
from records.directory_stream import Directories, DirectoryAt
from records.read_models.as_of import LedgerAsOf

_TYPES: Final = sorted(LOOKED_AT)
_PAGE: Final = 400
"""Events that are judged together: fewer than a process keeps decoded, so that each is decoded once."""
_FUND_STREAMS: Final = "fund/"


class BookView(NamedTuple):
    """The book up to a position, with the organisation's rules for it."""

    book: Book
    rules: BookRules
    position: int
    on: date
    """The day that is asked for. Lists show what stands at its end."""
    missing: tuple[str, ...] = ()
    """The streams that the book goes on with only once people judged an event that nobody can read."""


class _Signed(NamedTuple):
    """A signed event of a fund, by which the fund is made anew once its key is doubted."""

    stream: StreamId
    event: StoredEvent


class BookFold:
    """The fold of one process on one basis. A later reading goes on from the position of the one before."""

    def __init__(self, reader: Reader, basis: BookBasis) -> None:
        self._reader = reader
        self._journal = Journal(basis)
        self._blocked: dict[str, list[StoredEvent]] = {}
        """By stream: the first event that nobody can read, and all after it."""
        self._signed: list[_Signed] = []
        self._lock = asyncio.Lock()
        self.entries: list[JournalEntry] = []
        self.position = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """The streams that wait until people judged an event that nobody can read."""
        return tuple(sorted(self._blocked))

    async def read(self, upto: int) -> list[JournalEntry]:
        """Return the entries of all events up to a position."""
        async with self._lock:
            times = await self._reader.registrar.directories()
            if upto > self.position:
                await self._go_on(upto, times)
                self.position = upto
        return [entry for entry in self.entries if entry.origin.position <= upto]

    async def _go_on(self, upto: int, times: Directories) -> None:
        last = self.position
        async for page in self._pages(upto):
            for event in await self._reader.judge(page, times=times):
                await self._look_again(times.between(last, event.position - 1))
                last = event.position
                self._take(event, event.position, times.at(event.position))
        await self._look_again(times.between(last, upto))

    async def _pages(self, upto: int) -> AsyncIterator[list[StoredEvent]]:
        page: list[StoredEvent] = []
        async for event in self._reader.ledger.read_all("", upto, after=self.position, event_types=_TYPES):
            page.append(event)
            if len(page) == _PAGE:
                yield page
                page = []
        if page:
            yield page

    def _take(self, event: StoredEvent, position: int, directory: Directory) -> None:
        """Take an event, unless it stands behind one that nobody can read."""
        if event.stream_id in self._blocked:
            self._blocked[event.stream_id].append(event)
        elif not _is_known(event, directory):
            self._blocked[event.stream_id] = [event]
        else:
            stream = StreamId(event.stream_id)
            domain_event = _counted(event, directory)
            if isinstance(domain_event, SignedFundEvent):
                self._signed.append(_Signed(stream, event))
            self._add(self._journal.take(JournalStep(position, stream, domain_event)))

    def _add(self, entry: JournalEntry | None) -> None:
        if entry is not None:
            self.entries.append(entry)

    async def _look_again(self, changes: Iterable[DirectoryAt]) -> None:
        """Take the events that waited for a judgement, and make anew the funds in which keys are doubted."""
        for change in changes:
            for stream in [name for name, events in self._blocked.items() if _is_known(events[0], change.directory)]:
                for event in self._blocked.pop(stream):
                    self._take(event, change.position, change.directory)
            acts = [act for act in self._signed if _is_doubted(act.event, change.directory)]
            self._signed = [act for act in self._signed if act not in acts]
            for stream in dict.fromkeys(act.stream for act in acts):
                await self._make_anew(stream, change)

    async def _make_anew(self, stream: StreamId, change: DirectoryAt) -> None:
        """Make a fund anew, without what a doubted key signed."""
        events = await self._reader.ledger.read_stream(stream)
        earlier_events = [event for event in events if event.position < change.position]
        judged_events = await self._reader.judge(earlier_events)
        domain_events = [_counted(event, change.directory) for event in judged_events]
        directory = await self._reader.ledger.read_stream(DIRECTORY_STREAM)
        news = next(event for event in directory if event.position == change.position)
        origin = Origin(change.position, DIRECTORY_STREAM, news.event_type)
        self._add(self._journal.correct_fund(stream.subject, domain_events, origin, news.recorded_at.date()))


def _is_known(event: StoredEvent, directory: Directory) -> bool:
    """True if an event can be read, or if two guardians have set it aside by a directory."""
    return is_readable(event) or directory.is_set_aside(event.position, event.leaf.hex())


def _counted(event: StoredEvent, directory: Directory) -> Any:
    """Return an event, or Disregarded in place of one that counts for nothing by a directory."""
    if not event.doubt and not is_readable(event):
        event = event._replace(doubt="two guardians set it aside: nobody can read it")
    if not event.doubt and _is_doubted(event, directory):
        event = event._replace(doubt="its key may have been used by others")
    return event_in(event)


def _is_doubted(event: StoredEvent, directory: Directory) -> bool:
    """True if a fund's event was signed with a key that was in other hands by then."""
    if not directory.compromised or not event.stream_id.startswith(_FUND_STREAMS) or event.doubt:
        return False
    recorded_event = from_ledger(event)
    act = recorded_event.event
    return isinstance(act, SignedFundEvent) and is_doubted(directory, act.signature, recorded_event)


class Books:
    """The books that one process reads, on either basis."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._folds: dict[BookBasis, BookFold] = {}

    async def closes(self, upto: int | None = None) -> Closes:
        """Return the closed periods, as far as they were closed up to a position. See `read_closes`."""
        return await read_closes(self._reader, upto)

    async def rules(self) -> BookRules:
        """Return the organisation's rules for the book."""
        directory = await self._reader.registrar.directory()
        books = directory.rules.books if directory.rules is not None else None
        return books or USUAL

    async def read(self, on: date, upto: int | None = None, rules: BookRules | None = None) -> BookView:
        """Return the book up to a position, or up to the newest event, by the organisation's rules or by others."""
        book_rules = rules or await self.rules()
        position = await self._reader.ledger.head() if upto is None else upto
        fold = self.fold(book_rules.basis)
        entries = await fold.read(position)
        return BookView(Book(entries, await self.closes(position)), book_rules, position, on, fold.missing)

    async def as_of(self, ledger_as_of: LedgerAsOf, today: date) -> BookView:
        """Return the book as of two times: as it stood at the end of the one's day, by what was known at the other."""
        limit = ledger_as_of.known_at
        upto = ledger_as_of.position if limit is None else await self._reader.ledger.position_at(limit)
        moment = ledger_as_of.true_at or limit
        return await self.read(moment.date() if moment is not None else today, upto)

    def fold(self, basis: BookBasis) -> BookFold:
        """Return the fold on a basis, which this process goes on with."""
        if basis not in self._folds:
            self._folds[basis] = BookFold(self._reader, basis)
        return self._folds[basis]


async def read_closes(reader: Reader, upto: int | None = None) -> Closes:
    """Return the closed periods, as far as they were closed up to a position, or up to now.

    What was signed without the role for it, or with a key that was in other hands by then, closes nothing.
    """
    events, times = await reader.read(BOOKS_STREAM), await reader.registrar.directories()
    today = reader.registrar.known
    acts = (act for act in events if upto is None or act.position <= upto)
    return closes_of(act.event for act in acts if _counts(act, times.at(act.position), today))


def _counts(act: RecordedEvent, directory: Directory, today: Directory) -> bool:
    """True if an act on a period was its signer's to take, by the directory of then, and its key is not doubted."""
    event = act.event
    if not isinstance(event, BookEvent) or is_doubted(today, event.signature, act):
        return False
    on = (act.recorded_at or event.at).date()
    return role_fault(directory, event.actor, event.act.replace("_", " "), event.roles, on) is None
