"""Some streams in the order of positions, for a journal: each event as it counted when it was recorded.

What is found later of an event (it could not be read and is set aside, its key was in other hands) makes entries of its
own, where it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from domain.books.entries import JournalEntry, Origin
from domain.books.journal import Journal, JournalStep
from domain.directory.directory import Directory
from domain.funds.events import SignedFundEvent
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import StoredEvent
from records.authorship import Reader, is_readable
from records.codec import event_in, from_ledger
from records.directory import is_doubted
from records.directory_stream import Directories, DirectoryAt
from records.funds import FUND_STREAMS


class _Signed(NamedTuple):
    """A signed event of a fund, by which the fund is made anew once its key is doubted."""

    stream: StreamId
    event: StoredEvent


class JudgedStreams:
    """The streams that one journal hears. Take their events in the order of positions, each once."""

    def __init__(self, reader: Reader, journal: Journal) -> None:
        self._reader = reader
        self._journal = journal
        self.position = 0
        """The position up to which its events are taken."""
        self._signed: list[_Signed] = []
        self.blocked: dict[str, list[StoredEvent]] = {}
        """By stream: the first event that nobody can read, and all after it."""
        self._entries: list[JournalEntry] = []

    def drain(self) -> list[JournalEntry]:
        """Return the entries that were made since this was asked the last time."""
        entries, self._entries = self._entries, []
        return entries

    async def take(self, events: Sequence[StoredEvent], times: Directories) -> None:
        """Take the next events. `times`: the directory at each position, read after them."""
        for event in await self._reader.judge(events, times=times):
            await self._look_again(times.between(self.position, event.position - 1))
            self.position = event.position
            self._hear(event, event.position, times.at(event.position))

    async def reach(self, upto: int, times: Directories) -> None:
        """Take what the directory says up to a position, to which there is no other event."""
        await self._look_again(times.between(self.position, upto))
        self.position = upto

    def _hear(self, event: StoredEvent, position: int, directory: Directory) -> None:
        """Take an event, unless it stands behind one that nobody can read."""
        if event.stream_id in self.blocked:
            self.blocked[event.stream_id].append(event)
        elif not _is_known(event, directory):
            self.blocked[event.stream_id] = [event]
        else:
            stream = StreamId(event.stream_id)
            domain_event = _counted(event, directory)
            if isinstance(domain_event, SignedFundEvent):
                self._signed.append(_Signed(stream, event))
            self._add(self._journal.take(JournalStep(position, stream, domain_event)))

    def _add(self, entry: JournalEntry | None) -> None:
        if entry is not None:
            self._entries.append(entry)

    async def _look_again(self, changes: Iterable[DirectoryAt]) -> None:
        """Take the events that waited for a judgement, and make anew the funds in which keys are doubted."""
        for change in changes:
            for stream in [name for name, events in self.blocked.items() if _is_known(events[0], change.directory)]:
                for event in self.blocked.pop(stream):
                    self._hear(event, change.position, change.directory)
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
    if not directory.compromised or not event.stream_id.startswith(FUND_STREAMS) or event.doubt:
        return False
    recorded_event = from_ledger(event)
    act = recorded_event.event
    return isinstance(act, SignedFundEvent) and is_doubted(directory, act.signature, recorded_event)
