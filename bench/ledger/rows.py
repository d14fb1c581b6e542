"""Test events: 420 bytes of JSON and 250 bytes of metadata, in streams of fifty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID, uuid4

import rfc8785
from eventsourcing.persistence import StoredEvent as PeerEvent
from pydantic_core import from_json

from ledger import AppendRequest, Ledger, NewEvent

PAYLOAD_BYTES: Final = 420
META_BYTES: Final = 250
STREAM_EVENTS: Final = 50
PREFIX: Final = "bench/"
TOPIC: Final = "bench.ledger.peers:Told"
_FIRST: Final = 10**9
_CROWD: Final = 500
"""The number of streams that grow at the same time when a ledger is filled."""


def _padded(content: dict[str, Any], size: int) -> bytes:
    return rfc8785.dumps({**content, "note": "x" * (size - len(rfc8785.dumps({**content, "note": ""})))})


_PAYLOAD: Final = _padded(
    {
        "actor": "pia.berg",
        "at": "2026-11-02T09:15:00.000000Z",
        "money": {"amount": "12500.00", "currency": "EUR"},
        "number": _FIRST,
        "payee": {"account": "BA-7Q2M4X9KTC3P", "country": "KE", "name": "Riverbend Library Network"},
        "tranches": [1, 2, 3],
    },
    PAYLOAD_BYTES,
)
_BEFORE, _AFTER = _PAYLOAD.split(b"%d" % _FIRST)
META: Final = _padded({"actor": "pia.berg", "causation": str(UUID(int=1)), "correlation": str(UUID(int=2))}, META_BYTES)
_PLAIN_META: Final = b"m" * META_BYTES
"""The metadata for a peer that keeps it inside the state: of the same size, but with nothing to escape."""


def payload(number: int) -> bytes:
    """Return the payload of one event. Each number gives a different one of the same size."""
    return b"%s%d%s" % (_BEFORE, _FIRST + number, _AFTER)


def peer_state(number: int) -> bytes:
    """Return the same content in the form that the peer's own transcoder reads and writes."""
    return b'{"payload":%s,"meta":"%s"}' % (payload(number), _PLAIN_META)


class Caller:
    """A writer that appends, event by event, to a stream of its own until it is full, and then to the next."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._stream, self._version = uuid4(), 0

    def _next(self) -> int:
        if self._version == STREAM_EVENTS:
            self._begin()
        self._version += 1
        return self._version

    def request(self) -> AppendRequest:
        """Return the next append to the ledger."""
        version = self._next()
        event = NewEvent("Told", 1, payload(version), META)
        return AppendRequest(f"{PREFIX}{self._stream}", uuid4(), version - 1, (event,))

    def peer_event(self) -> PeerEvent:
        """Return the next append to the peer."""
        version = self._next()
        return PeerEvent(self._stream, version, TOPIC, peer_state(version))


class Crowd:
    """Many callers, each with one event in every batch."""

    def __init__(self, size: int = _CROWD) -> None:
        self._callers = [Caller() for _ in range(size)]

    def requests(self, count: int | None = None) -> list[AppendRequest]:
        """Return a batch: one event of each caller, or of the first `count`."""
        return [caller.request() for caller in self._callers[:count]]

    def peer_events(self, count: int | None = None) -> list[PeerEvent]:
        """Return a batch for the peer."""
        return [caller.peer_event() for caller in self._callers[:count]]


def large_request(events: int) -> AppendRequest:
    """Return one append of many events to a new stream."""
    told = tuple(NewEvent("Told", 1, payload(number), META) for number in range(events))
    return AppendRequest(f"{PREFIX}{uuid4()}", uuid4(), 0, told)


async def fill(ledger: Ledger, count: int) -> None:
    """Append `count` events in large batches."""
    crowd = Crowd()
    for start in range(0, count, _CROWD):
        await ledger.append_many(crowd.requests(min(_CROWD, count - start)))


def decoded(payloads: Iterable[bytes]) -> int:
    """Return the sum of the numbers in payloads."""
    return sum(from_json(content)["number"] for content in payloads)
