"""Read the directory from its own stream. Events of other streams, and what they need, are not loaded for it."""

from __future__ import annotations

from bisect import bisect_left
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


class DirectoryStream:
    """The directory's stream. It caches the directory as read so far, and reads only new events."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._stood: tuple[DirectoryAt, ...] = ()
        self.read = 0
        """The version of its stream up to which the directory is known."""

    async def directory(self, connection: PoolConnectionProxy | None = None) -> Directory:
        """Return the current directory, read over `connection` or over one of its own.

        Raises:
            UpgradeNeeded: A newer release recorded one of its events.
        """
        known, read = self._stood, self.read  # never changed in place: other tasks may read meanwhile
        stored = await self._ledger.read_stream(DIRECTORY_STREAM, max(read - 1, 0), connection=connection)
        if known and (not stored or stored[0].leaf != known[-1].leaf):
            known, read = (), 0  # the ledger was restored to an earlier point: read it all again
            stored = await self._ledger.read_stream(DIRECTORY_STREAM, connection=connection)
        news = _stood_after(known, [one for one in stored if one.version > read])
        if news or not known:
            self._stood, self.read = (*known, *news), read + len(news)
        return self.known

    @property
    def known(self) -> Directory:
        """The directory as it was last read."""
        return self._stood[-1].directory if self._stood else Directory()

    async def directories(self, connection: PoolConnectionProxy | None = None) -> Directories:
        """Return the directory as it stood at each position of the ledger."""
        await self.directory(connection)
        return Directories(self._stood)


class DirectoryAt(NamedTuple):
    """The directory after one of its events, with the event's position and leaf."""

    position: int
    leaf: bytes
    directory: Directory


class Directories:
    """The directory at each position of the ledger."""

    def __init__(self, stood: Sequence[DirectoryAt]) -> None:
        self._stood = stood

    def at(self, position: int) -> Directory:
        """Return the directory before a position of the ledger."""
        before = bisect_left(self._stood, position, key=attrgetter("position"))
        return self._stood[before - 1].directory if before else Directory()


def _stood_after(known: Sequence[DirectoryAt], stored: Sequence[StoredEvent]) -> list[DirectoryAt]:
    """Return the directory after each of the new events."""
    directory, stood = known[-1].directory if known else Directory(), list[DirectoryAt]()
    for one in stored:
        directory = evolve_directory(directory, _said_in_directory(one), verified)
        stood.append(DirectoryAt(one.position, one.leaf, directory))
    return stood


def _said_in_directory(stored: StoredEvent) -> DirectoryEvent | UnreadableEvent:
    """Return the directory event that was stored, or an UnreadableEvent if it cannot be read or is of another kind."""
    kind = _KINDS.get(stored.event_type)
    if kind is not None and kind.schema_version == stored.schema_version:
        with suppress(ValueError):
            event: DirectoryEvent = kind.model_validate_json(stored.payload)
            return event
    return _said_otherwise(stored)


def _said_otherwise(stored: StoredEvent) -> DirectoryEvent | UnreadableEvent:
    """Return what was stored in another form than today's, or of another kind, or what cannot be read.

    Only this needs the schema of every stored event, which is loaded for it.
    """
    from records.codec import content_of, read_stored

    try:
        event = read_stored(stored)
        reason = f"{event.event_type} is no event of the directory"
    except EventUnreadable as fault:
        event, reason = None, str(fault)
    if isinstance(event, DirectoryEvent):
        return event
    try:
        content: object = content_of(stored)
    except ValueError:
        content = None
    leaf = stored.leaf.hex()
    return UnreadableEvent.of(stored.position, leaf, stored.event_type, stored.command_id, reason, content)
