"""The callers' view, read back from their journals. It knows JSON and nothing of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

OK: Final = "OK"
REPLAY: Final = "REPLAY"
CONFLICT: Final = "CONFLICT"
RECORDED: Final = frozenset({OK, REPLAY})

Record = Mapping[str, Any]


class Told(NamedTuple):
    """An event as its caller sent it: its identity and the digest of its bytes."""

    event: str
    digest: str


class Call(NamedTuple):
    """One append, from the moment before it was sent to the moment after its answer. Times are CLOCK_MONOTONIC."""

    writer: str
    command: str
    stream: str
    expected: int
    events: tuple[Told, ...]
    invoked: int
    unavailable: int = 0
    """How often its outcome was unknown on the way."""
    answered: int | None = None
    """None if the process was killed before the answer."""
    status: str = ""
    position: int | None = None
    version: int = 0

    @property
    def recorded(self) -> bool:
        """True if its caller was told that the events are in the ledger."""
        return self.status in RECORDED


class Reading(NamedTuple):
    """One read of a stream: its version, and its newest event if there was news."""

    writer: str
    stream: str
    begun: int
    ended: int
    version: int
    last: str | None


class History(NamedTuple):
    """The whole view of the callers of a run."""

    calls: list[Call]
    readings: list[Reading]
    faults: list[str]
    """What was raised to callers and is not an outage."""


def read_journals(folder: Path, pattern: str = "*.jsonl") -> History:
    """Return the history in the journals of a folder. Each file is one life of one process."""
    return history_of({file.stem: _records(file) for file in sorted(folder.glob(pattern))})


def history_of(journals: Mapping[str, Iterable[Record]]) -> History:
    """Return the history in the records of each writer."""
    history = History([], [], [])
    for writer, records in journals.items():
        _tell(history, writer, records)
    return history


def _records(file: Path) -> Iterator[Record]:
    """Yield the records of a journal. The last may be torn by a SIGKILL, and its call was then not sent."""
    with file.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)


def _tell(history: History, writer: str, records: Iterable[Record]) -> None:
    waiting: dict[int, Call] = {}
    for record in records:
        match record["kind"]:
            case "invoke":
                waiting[record["call"]] = _invoked(writer, record)
            case "unavailable":
                call = waiting[record["call"]]
                waiting[record["call"]] = call._replace(unavailable=call.unavailable + 1)
            case "answer":
                history.calls.append(_answered(waiting.pop(record["call"]), record))
            case "read":
                history.readings.append(_reading(writer, record))
            case _:
                history.faults.append(f"{writer}: {record['what']}")
    history.calls.extend(waiting.values())


def _invoked(writer: str, record: Record) -> Call:
    events = tuple(Told(*event) for event in record["events"])
    return Call(writer, record["command"], record["stream"], record["expected"], events, record["at"])


def _answered(call: Call, record: Record) -> Call:
    return call._replace(
        answered=record["at"], status=record["status"], position=record["position"], version=record["version"]
    )


def _reading(writer: str, record: Record) -> Reading:
    return Reading(writer, record["stream"], record["begun"], record["at"], record["version"], record["last"])
