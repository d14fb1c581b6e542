"""A small history with its ledger, told as journals and plain rows: clean, and so a place to seed violations in.

Two appending processes share two streams. `b` meets a conflict, reads and decides again, and its answer is lost once;
`a` asks again for what it has, and is killed before it hears of `E`, which its next life asks for again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from tests.chaos.ledger.history import history_of
from tests.chaos.ledger.judge import ReadModel, Row, Violation, fold, judge

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
META = b'{"place":0}'

Records = list[dict[str, Any]]


class Recorded(NamedTuple):
    """A ledger, and what its callers wrote down. The read model follows the rows, unless one is given."""

    rows: list[Row]
    journals: dict[str, Records]
    model: ReadModel | None = None

    def judged(self) -> list[Violation]:
        """Judge it."""
        return judge(self.rows, history_of(self.journals), self.model or model_of(self.rows))


def clean() -> Recorded:
    """The history as it should be."""
    return Recorded(
        rows=[
            row(1, "s/1", 1, "A"),
            row(2, "s/1", 2, "A", place=1),
            row(3, "s/1", 3, "C"),
            row(4, "s/2", 1, "D"),
            row(5, "s/2", 2, "E"),
            row(6, "s/2", 3, "F"),
        ],
        journals={
            "a-1": [
                invoke(10, 1, "s/1", "A", 0, events=2),
                answer(20, 1, "OK", 1, 2),
                invoke(62, 2, "s/1", "A", 0, events=2),
                answer(70, 2, "REPLAY", 1, 3),
                invoke(75, 3, "s/2", "D", 0),
                answer(85, 3, "OK", 4, 1),
                invoke(90, 4, "s/2", "E", 1),
            ],
            "a-2": [invoke(120, 1, "s/2", "E", 1), answer(130, 1, "REPLAY", 5, 2)],
            "b-1": [
                invoke(30, 1, "s/1", "B", 0),
                answer(40, 1, "CONFLICT", None, 2),
                read(41, 44, "s/1", 2, "A/1"),
                invoke(45, 2, "s/1", "C", 2),
                {"kind": "unavailable", "at": 50, "call": 2},
                answer(60, 2, "REPLAY", 3, 3),
                invoke(140, 3, "s/2", "F", 2),
                answer(150, 3, "OK", 6, 3),
            ],
        },
    )


def row(position: int, stream: str, version: int, command: str, place: int = 0) -> Row:
    """An event as the database holds it, a second after the one before."""
    event, at = f"{command}/{place}", NOON + timedelta(seconds=position)
    return Row(position, stream, version, event, command, payload_of(event), META, at)


def payload_of(event: str) -> bytes:
    """The bytes of an event."""
    return b'{"amount":%d,"element":"%s"}' % (ord(event[0]), event.encode())


def invoke(at: int, call: int, stream: str, command: str, expected: int, events: int = 1) -> dict[str, Any]:
    """A request, noted before it is sent."""
    names = [f"{command}/{place}" for place in range(events)]
    sent = [[name, sha256(payload_of(name) + b"\x00" + META).hexdigest()] for name in names]
    identity = {"stream": stream, "command": command, "expected": expected, "events": sent}
    return {"kind": "invoke", "at": at, "call": call, **identity}


def answer(at: int, call: int, status: str, position: int | None, version: int) -> dict[str, Any]:
    """An answer, noted after it came."""
    return {"kind": "answer", "at": at, "call": call, "status": status, "position": position, "version": version}


def read(begun: int, at: int, stream: str, version: int, last: str | None) -> dict[str, Any]:
    """A read of a stream."""
    return {"kind": "read", "begun": begun, "at": at, "stream": stream, "version": version, "last": last}


def model_of(rows: list[Row]) -> ReadModel:
    """The read model that a true projection would show."""
    ordered = sorted(rows, key=lambda row: row.position)
    return ReadModel(ordered[-1].position, fold(ordered))
