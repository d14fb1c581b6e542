"""An event as the follower looks at it, and the words for what it cannot recompute."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from domain.directory.directory import Directory
from domain.recorded.event import RecordedEvent
from ledger import StoredEvent
from records.codec import from_ledger
from records.privacy.sealed_texts import is_marked, opened


class Beyond(StrEnum):
    """A part of an event that the ledger alone does not recompute. It is counted, and never taken as verified."""

    UNSIGNED = "Accord itself recorded it, and nobody signed it"
    SEALED_WORDS = "names in it are sealed, so its words are not held against what was signed"
    SEALED_FACTS = "names in its facts are sealed: neither its digest nor whom its evidence is about is recomputed"
    REGISTERS = "it rests on versions of registers that are not kept here"
    EDITION = "its edition of the rule book is not in this release"
    TOGETHER = "sums of other partnerships that count together with it are not added up again"
    RATES = "the reference rates that it names are not kept here"
    BANK_FILE = "the bank's file is not given out to this token"
    ELSEWHERE = "its signer saw the case at another place than it has here, as where it was recorded again"


class EventLook(NamedTuple):
    """An event to verify, with its names blanked, and the directory before it."""

    stored: StoredEvent
    directory: Directory
    recorded: RecordedEvent

    @property
    def event(self) -> Any:
        """The domain event."""
        return self.recorded.event

    @property
    def is_sealed(self) -> bool:
        """True if names in it are sealed."""
        return bool(self.stored.blanked)


def without_names(event: StoredEvent) -> StoredEvent:
    """Return an event as somebody without the keys of names reads it: sealed names are blanks. Its leaf stays."""
    return event._replace(**opened(event.payload, {})._asdict()) if is_marked(event.payload) else event


def look_at(event: StoredEvent, directory: Directory) -> EventLook:
    """Return a look at an event whose names are blanked.

    Raises:
        EventUnreadable: It cannot be read.
        UpgradeNeeded: A newer release recorded it.
    """
    return EventLook(event, directory, from_ledger(event))
