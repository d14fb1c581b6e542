"""Events as the ledger takes and returns them: frozen, and free of any meaning of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID, uuid5

import rfc8785
from asyncpg.pool import PoolConnectionProxy

EVENT_NAMESPACE = UUID("0d2f2b2e-5b0e-5a3f-8a54-6a2d1f9c7e01")
"""The namespace of event ids (RFC 9562, section 5.5)."""


MARK: Final = "\u27e6"
"""The sign that encrypted text begins with, and that no other text may hold."""

_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_STREAM: Final = re.compile(r"[!-~]{1,200}")
_EVENT_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}")
_LARGEST_PAYLOAD: Final = 1 << 20
_LARGEST_META: Final = 1 << 16
_LARGEST_VERSION: Final = 2**31 - 1
_LARGEST_SCHEMA_VERSION: Final = 2**15 - 1


def holds_nul(content: bytes) -> bool:
    """Return whether JSON text holds a NUL character, which PostgreSQL's jsonb cannot."""
    return _NUL.search(content) is not None


class LedgerUnavailable(ConnectionError):
    """The ledger did not answer. Whether an append took place is unknown; send the same one again."""


class AppendStatus(StrEnum):
    """The ledger's answer to a command."""

    OK = "OK"
    """Its events are recorded now."""
    REPLAY = "REPLAY"
    """The very same events were recorded before; success, nothing new."""
    KEY_REUSE = "KEY_REUSE"
    """An event id was used before for other content; a bug or a forgery, never to be retried."""
    CONFLICT = "CONFLICT"
    """The stream is at another version than expected; read it and decide again."""


class Naming(NamedTuple):
    """A text that names somebody, and what tells them from others who bear the same name."""

    subject: str
    text: str
    beside: tuple[str, ...] = ()
    """Fields that are encrypted as well, where they stand in an object with that text."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append. Payload and metadata are stored as RFC 8785 canonical bytes; whoever is named, encrypted."""

    event_type: str
    schema_version: int
    payload: bytes
    meta: bytes
    named: tuple[Naming, ...] = ()

    @classmethod
    def of(
        cls,
        event_type: str,
        schema_version: int,
        payload: Mapping[str, Any],
        meta: Mapping[str, Any],
        named: Iterable[Naming] = (),
    ) -> NewEvent:
        """Make an event of JSON-like content.

        Raises:
            rfc8785.CanonicalizationError: A value that JSON cannot hold exactly.
            ValueError: A NUL character, which PostgreSQL's jsonb cannot hold, or the sign that marks encrypted text.
        """
        content = rfc8785.dumps(dict(payload))
        if holds_nul(content):
            raise ValueError(f"the {event_type} event holds a NUL character, which cannot be stored")
        if MARK.encode() in content:
            raise ValueError(f"the {event_type} event holds the sign {MARK}, which stands for encrypted text alone")
        return cls(event_type, schema_version, content, rfc8785.dumps(dict(meta)), tuple(named))

    def check(self) -> None:
        """Raise ValueError for what the ledger's table would not hold."""
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


@dataclass(frozen=True, slots=True)
class AppendRequest:
    """All events of one command on one stream: recorded together or not at all.

    `expected_version` is the version that the stream must have before, 0 for a new stream.
    """

    stream_id: str
    command_id: UUID
    expected_version: int
    events: tuple[NewEvent, ...]

    def __post_init__(self) -> None:
        """Refuse here what the database would refuse, so that one bad command never rolls back its batch mates.

        Raises:
            ValueError: No events, a stream or event type that is not plain ASCII, or a number or size out of bounds.
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
        """Bytes of content."""
        return sum(len(event.payload) + len(event.meta) for event in self.events)

    @property
    def resulting_version(self) -> int:
        """The version that the stream has once this is recorded."""
        return self.expected_version + len(self.events)

    def event_id(self, index: int) -> UUID:
        """Return the identity of the event at `index`: the same on every attempt, so that a retry is a replay."""
        return uuid5(EVENT_NAMESPACE, f"{self.stream_id}\x1f{self.command_id}\x1f{index}")


@dataclass(frozen=True, slots=True)
class AppendResult:
    """The answer to one command. `stream_version` is the version that the stream has now."""

    status: AppendStatus
    first_position: int | None
    stream_version: int

    @property
    def recorded(self) -> bool:
        """True if the events are in the ledger, now or since before."""
        return self.status in {AppendStatus.OK, AppendStatus.REPLAY}


class NotAllowed(RuntimeError):
    """An append that this login may not make. The message names the stream and the type of event."""


def _anything(_stream_id: str, _event_type: str) -> bool:
    return True


class Door(NamedTuple):
    """The function that appends, and which events it lets through, by stream and type.

    The database refuses the others as well; asked here first, one of them never rolls back its batch mates.
    """

    function: str = "ledger.append"
    lets_through: Callable[[str, str], bool] = _anything

    def check(self, request: AppendRequest) -> None:
        """Raise NotAllowed for what it does not let through."""
        for event in request.events:
            if not self.lets_through(request.stream_id, event.event_type):
                raise NotAllowed(f"{self.function} lets no {event.event_type} through to {request.stream_id}")


class StoredEvent(NamedTuple):
    """An event as recorded."""

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
    """Why it counts for nothing, as whoever read it judged; nothing of it is stored."""


class Movement(NamedTuple):
    """A stream's progress: its newest version, and where in the ledger that is."""

    stream_id: str
    version: int
    position: int


class StoredPayload(NamedTuple):
    """The content of an event, without its envelope."""

    position: int
    stream_id: str
    event_type: str
    schema_version: int
    payload: bytes


class Seals(Protocol):
    """Encryption of the people whom events name: hidden in the table, shown to those who read through it."""

    async def seal(self, request: AppendRequest) -> AppendRequest:
        """Return a request with the names encrypted; identical bytes for the same request."""
        ...

    async def open(self, payloads: Sequence[bytes], connection: PoolConnectionProxy | None = None) -> Sequence[bytes]:
        """Return payloads with every name that can be read, over a connection that is lent or over its own.

        Where nothing is encrypted, the very sequence that was given.
        """
        ...


class Unsealed:
    """Hides nothing, and so takes nothing that names anybody."""

    async def seal(self, request: AppendRequest) -> AppendRequest:
        """Return the request.

        Raises:
            ValueError: It names somebody.
        """
        if any(event.named for event in request.events):
            raise ValueError("the events name people, and this ledger has nothing to seal them with")
        return request

    async def open(self, payloads: Sequence[bytes], connection: PoolConnectionProxy | None = None) -> Sequence[bytes]:
        """Return the payloads as they are stored."""
        return payloads
