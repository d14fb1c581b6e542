"""Data types of the ledger: append requests and their results, and stored events. All of them are immutable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from domain.canonical_json import canonical_json

EVENT_NAMESPACE = UUID("0d2f2b2e-5b0e-5a3f-8a54-6a2d1f9c7e01")
"""The namespace of event ids (RFC 9562, section 5.5)."""


MARK: Final = "\u27e6"
"""The character that encrypted text begins with, and that no other text may contain."""

_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_STREAM: Final = re.compile(r"[!-~]{1,200}")
_EVENT_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}")
_LARGEST_PAYLOAD: Final = 1 << 20
_LARGEST_META: Final = 1 << 16
_LARGEST_VERSION: Final = 2**31 - 1
_LARGEST_SCHEMA_VERSION: Final = 2**15 - 1


def holds_nul(content: bytes) -> bool:
    """True if JSON text contains a NUL character, which PostgreSQL's jsonb cannot store."""
    return b"\\u0000" in content and _NUL.search(content) is not None


class LedgerUnavailable(ConnectionError):
    """The ledger did not answer.

    It is unknown whether an append took place. The same request may be sent again.
    """


class AppendStatus(StrEnum):
    """The outcome of appending the events of one command."""

    OK = "OK"
    """The events were recorded by this append."""
    REPLAY = "REPLAY"
    """The same events were recorded before. This is a success, and nothing was added."""
    KEY_REUSE = "KEY_REUSE"
    """An event id was used before for other content. This is a bug or a forgery, so it must not be retried."""
    CONFLICT = "CONFLICT"
    """The stream is at another version than expected. Read it and decide again."""


class PersonalName(NamedTuple):
    """A person's name in an event, and the subject id that distinguishes them from others of the same name."""

    subject: str
    text: str
    beside: tuple[str, ...] = ()
    """The names of fields that are encrypted too, in each JSON object that has the person's name as a value."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append, its payload and metadata as canonical JSON (RFC 8785). Names of people are encrypted."""

    event_type: str
    schema_version: int
    payload: bytes
    meta: bytes
    named: tuple[PersonalName, ...] = ()
    clear: bytes | None = field(default=None, repr=False, compare=False)
    """The payload before its names were encrypted; None if it holds none that are."""

    @classmethod
    def of(
        cls,
        event_type: str,
        schema_version: int,
        payload: Mapping[str, Any],
        meta: Mapping[str, Any],
        names: Iterable[PersonalName] = (),
    ) -> NewEvent:
        """Make an event from JSON-like content.

        Raises:
            rfc8785.CanonicalizationError: JSON cannot represent a value exactly.
            ValueError: The payload contains a NUL character, which PostgreSQL's jsonb cannot store, or MARK.
        """
        return cls.of_canonical(event_type, schema_version, canonical_json(dict(payload)), meta, names)

    @classmethod
    def of_canonical(
        cls,
        event_type: str,
        schema_version: int,
        content: bytes,
        meta: Mapping[str, Any],
        names: Iterable[PersonalName] = (),
    ) -> NewEvent:
        """Make an event from a payload that is canonical JSON already. Raises as `of` does."""
        if holds_nul(content):
            raise ValueError(f"the {event_type} event holds a NUL character, which cannot be stored")
        if MARK.encode() in content:
            raise ValueError(f"the {event_type} event holds the sign {MARK}, which stands for encrypted text alone")
        return cls(event_type, schema_version, content, canonical_json(dict(meta)), tuple(names))

    def check(self) -> None:
        """Raise ValueError if the ledger's table would refuse the event."""
        if not _EVENT_TYPE.fullmatch(self.event_type):
            raise ValueError(f"{self.event_type!r} is not an event type: ASCII letters and digits")
        if not 1 <= self.schema_version <= _LARGEST_SCHEMA_VERSION:
            raise ValueError(f"{self.schema_version} is not a schema version of a {self.event_type}")
        if len(self.payload) > _LARGEST_PAYLOAD:
            raise ValueError(f"a {self.event_type} of {len(self.payload)} bytes is over the limit of 1 MiB")
        if len(self.meta) > _LARGEST_META:
            raise ValueError(f"the metadata of a {self.event_type} are over the limit of 64 KiB")
        if holds_nul(self.meta):
            raise ValueError(f"the metadata of a {self.event_type} hold a NUL character, which cannot be stored")


KnownNames = Mapping[bytes, Any]
"""The people whom a stream names, as a `NameEncryption` knows them; it means nothing to others."""


@dataclass(frozen=True, slots=True)
class AppendRequest:
    """A request to append all events of one command to one stream. They are recorded together or not at all.

    `expected_version` is the version that the stream must have before the append, 0 for a new stream.
    """

    stream_id: str
    command_id: UUID
    expected_version: int
    events: tuple[NewEvent, ...]
    names: KnownNames | None = field(default=None, repr=False, compare=False)
    """The people whom its stream names, if that was read before: who is among them is not looked up again."""
    beside: str = ""
    """The stream whose newest event the answer is to report, together with this request's own; '' for no report."""

    def __post_init__(self) -> None:
        """Refuse an append that the database would refuse, so that one invalid command does not undo its whole batch.

        Raises:
            ValueError: There are no events, a stream id or event is malformed, or a number or size is out of bounds.
        """
        if not self.events:
            raise ValueError("a command without events cannot be recorded")
        if not _STREAM.fullmatch(self.stream_id):
            raise ValueError(f"{self.stream_id!r} is not a stream id: 1 to 200 visible ASCII characters")
        if not 0 <= self.expected_version <= _LARGEST_VERSION - len(self.events):
            raise ValueError(f"{self.expected_version} is not a version that {self.stream_id} can have")
        for event in self.events:
            event.check()

    @property
    def size(self) -> int:
        """The total size of payloads and metadata in bytes."""
        return sum(len(event.payload) + len(event.meta) for event in self.events)

    @property
    def resulting_version(self) -> int:
        """The stream's version after this request is recorded."""
        return self.expected_version + len(self.events)

    def event_id(self, index: int) -> UUID:
        """Return the id of the event at `index`: the same on every attempt, so that the database recognises a retry."""
        return uuid5(EVENT_NAMESPACE, f"{self.stream_id}\x1f{self.command_id}\x1f{index}")


@dataclass(frozen=True, slots=True)
class AppendResult:
    """The result of one append request. `first_position` is that of its first event, if its events are recorded."""

    status: AppendStatus
    first_position: int | None
    stream_version: int
    """The version that the stream has now."""
    report: AppendReport | None = None
    """Its events as they stand in the ledger, if the request asked for them; None where they must be read."""

    @property
    def recorded(self) -> bool:
        """True if the events are in the ledger, recorded by this append or an earlier one."""
        return self.status in {AppendStatus.OK, AppendStatus.REPLAY}


class NotAllowed(RuntimeError):
    """The login may not append an event of this type to this stream. The message names both."""


def _anything(_stream_id: str, _event_type: str) -> bool:
    return True


class Door(NamedTuple):
    """The database function through which events are appended, and the events that it accepts, by stream id and type.

    The database refuses all other events too. They are refused here first, so that none rolls back its whole batch.
    """

    function: str = "ledger.append"
    lets_through: Callable[[str, str], bool] = _anything

    def check(self, request: AppendRequest) -> None:
        """Raise NotAllowed if the database function does not accept an event of the request."""
        for event in request.events:
            if not self.lets_through(request.stream_id, event.event_type):
                raise NotAllowed(f"{self.function} lets no {event.event_type} through to {request.stream_id}")


class StoredEvent(NamedTuple):
    """An event as recorded in the ledger, with its leaf hash."""

    position: int
    stream_id: str
    version: int
    event_id: UUID
    command_id: UUID
    event_type: str
    schema_version: int
    payload: bytes
    meta: bytes
    recorded_at: datetime
    leaf: bytes
    doubt: str = ""
    """The reason why the event is disregarded, or ''. It is determined when the event is read, and never stored."""
    blanked: frozenset[str] = frozenset()
    """The people whose texts in it could not be decrypted when it was read. See `Opened`."""


class AppendReport(NamedTuple):
    """A report of an append, as of the end of its statement: nobody else could append before."""

    events: tuple[StoredEvent, ...]
    """Each is proved by its leaf to be stored as it was sent; its names are in clear."""
    newest: bytes | None
    """The leaf of the newest event of the stream `AppendRequest.beside`; None if that is empty."""


class Movement(NamedTuple):
    """A stream's newest event among those asked for: its version in the stream and its position in the ledger."""

    stream_id: str
    version: int
    position: int


class StoredPayload(NamedTuple):
    """The payload of an event, with its position, stream id, type, schema version and leaf hash."""

    position: int
    stream_id: str
    event_type: str
    schema_version: int
    payload: bytes
    leaf: bytes
    blanked: frozenset[str] = frozenset()
    """The people whose texts in it could not be decrypted when it was read. See `Opened`."""


STRAY: Final = ""
"""Stands among the people of `Opened.blanked` for a mark that belongs to nobody's encrypted text."""


class ReadablePayload(NamedTuple):
    """A payload as readers see it."""

    payload: bytes
    blanked: frozenset[str] = frozenset()
    """The ids of the people whose key is destroyed and whose texts stood in it, and STRAY if it holds another mark.

    A mark proves nothing: whoever reads the event asks whether the guardians' signed erasures list it.
    """
