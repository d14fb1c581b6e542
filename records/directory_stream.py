"""Read the directory from its own stream. Events of other streams, and what they need, are not loaded for it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory
from domain.directory.evolution import evolve_directory
from domain.directory.freezing import UnreadableEvent
from domain.directory.people import DirectoryEvent
from domain.errors import EventUnreadable
from domain.streams import DIRECTORY_STREAM
from domain.unions import kinds_of
from ledger import Ledger, StoredEvent
from records.keys.verification import verified

_KINDS: Final[dict[str, Any]] = {
    str(kind.model_fields["event_type"].default): kind for kind in kinds_of(DirectoryEvent)
}
"""The class of each type of event of the directory."""

_UNFOUNDED: Final = Directory()
"""The directory before its first event. One object: who keeps a fund asks whether the directory is still the same."""


class DirectoryStream:
    """The directory's stream. It caches the directory as read so far, and reads only new events."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._stood: tuple[DirectoryAt, ...] = ()
        """After each of its events. Never changed in place, since several tasks read at a time."""

    @property
    def read(self) -> int:
        """The version of its stream up to which the directory is known."""
        return len(self._stood)

    @property
    def begins(self) -> int:
        """The version before its last known event, with which the next reading begins."""
        return _from(self._stood)

    @property
    def known(self) -> Directory:
        """The directory as far as it was read and, within a moment, as it stood at that."""
        history = self._as_of_the_moment
        return _newest(self._stood if history is None else history)

    async def directory(self, connection: PoolConnectionProxy | None = None) -> Directory:
        """Return the current directory, read over `connection` or over one of its own.

        Raises:
            UpgradeNeeded: A newer release recorded one of its events.
        """
        return _newest(await self._read_on(connection))

    async def directories(self, connection: PoolConnectionProxy | None = None) -> Directories:
        """Return the directory as it stood at each position of the ledger. Raises as `directory` does."""
        return Directories(await self._read_on(connection))

    async def read_beside(
        self, stream_id: str, after: int, connection: PoolConnectionProxy | None = None
    ) -> tuple[list[StoredEvent], Directories]:
        """Return the events of another stream after a version, and the directory at each position, as of one moment.

        Raises as `directory` does.
        """
        if (history := self._as_of_the_moment) is not None:
            return await self._ledger.read_stream(stream_id, after, connection=connection), Directories(history)
        known_history = self._stood
        events, news = await self._ledger.read_beside(
            stream_id, after, DIRECTORY_STREAM, _from(known_history), connection=connection
        )
        return events, Directories(await self._learn(known_history, news, connection))

    def as_far_as(self, newest: bytes | None) -> Directories | None:
        """Return the directory at each position, or None if an event, by its leaf, is not the newest one known here."""
        stood = self._stood
        return Directories(stood) if (stood[-1].leaf if stood else None) == newest else None

    async def _read_on(self, connection: PoolConnectionProxy | None) -> tuple[DirectoryAt, ...]:
        if (history := self._as_of_the_moment) is not None:
            return history
        known_history = self._stood
        events = await self._ledger.read_stream(DIRECTORY_STREAM, _from(known_history), connection=connection)
        return await self._learn(known_history, events, connection)

    @property
    def _as_of_the_moment(self) -> tuple[DirectoryAt, ...] | None:
        """The directory at the moment as of which this task reads, or None if that was not read yet."""
        moment = self._ledger.moment
        return moment.answers.get(self) if moment is not None else None

    async def _learn(
        self,
        known_history: tuple[DirectoryAt, ...],
        events: Sequence[StoredEvent],
        connection: PoolConnectionProxy | None,
    ) -> tuple[DirectoryAt, ...]:
        """Return the directory after each event, given what was known and the events from the last of those on.

        What others have read meanwhile is kept where it goes further: an older reading that comes late undoes nothing.
        """
        moment = self._ledger.moment
        if known_history and (not events or events[0].leaf != known_history[-1].leaf):
            # The ledger was restored to an earlier point, or this moment is older than what others have read since:
            # it is read all again, and in the first case what went further is forgotten.
            events = await self._ledger.read_stream(DIRECTORY_STREAM, connection=connection)
            history = tuple(_stood_after((), events))
            if moment is None:
                self._stood = history
        else:
            history = (
                *known_history,
                *_stood_after(known_history, [event for event in events if event.version > len(known_history)]),
            )
            # Others may have read further meanwhile: a late reading undoes nothing.
            if not _goes_on_from(history, self._stood):
                self._stood = history
        if moment is not None:
            moment.answers[self] = history
        return history


class DirectoryAt(NamedTuple):
    """The directory after one of its events, with the event's position and leaf."""

    position: int
    leaf: bytes
    directory: Directory


class Directories:
    """The directory at each position of the ledger."""

    def __init__(self, history: Sequence[DirectoryAt]) -> None:
        self._stood = history

    def at(self, position: int) -> Directory:
        """Return the directory before a position of the ledger."""
        before = bisect_left(self._stood, position, key=attrgetter("position"))
        return self._stood[before - 1].directory if before else _UNFOUNDED

    def between(self, after: int, upto: int) -> Sequence[DirectoryAt]:
        """Return the directory after each of its events after a position and up to another."""
        first, last = (bisect_right(self._stood, position, key=attrgetter("position")) for position in (after, upto))
        return self._stood[first:last]


def _newest(history: Sequence[DirectoryAt]) -> Directory:
    return history[-1].directory if history else _UNFOUNDED


def _from(known_history: Sequence[DirectoryAt]) -> int:
    """Return the version after which to read: the last known event comes again, to show that it is still there."""
    return max(len(known_history) - 1, 0)


def _goes_on_from(history: Sequence[DirectoryAt], other_history: Sequence[DirectoryAt]) -> bool:
    """True if another reading begins as this one does, and goes at least as far."""
    return len(other_history) >= len(history) and (
        not history or other_history[len(history) - 1].leaf == history[-1].leaf
    )


def _stood_after(known_history: Sequence[DirectoryAt], events: Sequence[StoredEvent]) -> list[DirectoryAt]:
    """Return the directory after each of the new events."""
    directory, history = known_history[-1].directory if known_history else Directory(), list[DirectoryAt]()
    for event in events:
        directory = directory_after(directory, event)
        history.append(DirectoryAt(event.position, event.leaf, directory))
    return history


def directory_after(directory: Directory, event: StoredEvent) -> Directory:
    """Return the directory after an event of its stream. Raises UpgradeNeeded: a newer release recorded it."""
    return evolve_directory(directory, _said_in_directory(event), verified)


def _said_in_directory(stored_event: StoredEvent) -> DirectoryEvent | UnreadableEvent:
    """Return the directory event that was stored, or an UnreadableEvent if it cannot be read or is of another kind."""
    kind = _KINDS.get(stored_event.event_type)
    # Each class reads the older forms of its events as they are.
    if kind is not None and stored_event.schema_version <= kind.schema_version:
        with suppress(ValueError):
            event: DirectoryEvent = kind.model_validate_json(stored_event.payload)
            return event
    return _said_otherwise(stored_event)


def _said_otherwise(stored_event: StoredEvent) -> DirectoryEvent | UnreadableEvent:
    """Return an event that was stored in another form than today's, or is of another kind, or cannot be read.

    Only this needs the schema of every stored event, which is loaded for it.
    """
    # Here and not above: it loads the schema of every event, which a command of the shell would wait for.
    from records.codec import content_of, read_stored

    try:
        event = read_stored(stored_event)
        reason = f"{event.event_type} is no event of the directory"
    except EventUnreadable as fault:
        event, reason = None, str(fault)
    if isinstance(event, DirectoryEvent):
        return event
    try:
        content: object = content_of(stored_event)
    except ValueError:
        content = None
    leaf = stored_event.leaf.hex()
    return UnreadableEvent.of(
        stored_event.position, leaf, stored_event.event_type, stored_event.command_id, reason, content
    )
