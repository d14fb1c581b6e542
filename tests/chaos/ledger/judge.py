"""Judge a ledger by what its callers were told: pure, linear after one sort, and without a line of the ledger's code.

When an event took effect is known within bounds: not before its command was first sent, nor before any event that
stands ahead of it; not after its command was first acknowledged, nor after any event that stands behind it. If the
bounds of an event cross, the order of the ledger is not the order of real time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple

from tests.chaos.ledger.history import CONFLICT, OK, RECORDED, REPLAY, Call, History, Reading

NEVER: Final = 2**63 - 1
NOTHING: Final[Mapping[str, Any]] = {"count": 0, "sum": 0, "chain": ""}


class Row(NamedTuple):
    """An event as the database holds it."""

    position: int
    stream: str
    version: int
    event: str
    command: str
    payload: bytes
    meta: bytes
    recorded_at: datetime

    @property
    def digest(self) -> str:
        """The digest of its bytes."""
        return sha256(self.payload + b"\x00" + self.meta).hexdigest()


class Document(NamedTuple):
    """A stream's document in the read model."""

    version: int
    position: int
    content: Mapping[str, Any]


class ReadModel(NamedTuple):
    """A projection's content after the end."""

    position: int
    documents: Mapping[str, Document]
    complaints: tuple[str, ...] = ()
    """Why it stopped, and which streams it set aside."""


class Violation(NamedTuple):
    """A rule that does not hold, and what shows it."""

    rule: str
    evidence: str


def judge(rows: Sequence[Row], history: History, model: ReadModel) -> list[Violation]:
    """Return everything that must not be. An empty list is the proof."""
    rows = sorted(rows, key=lambda row: row.position)
    timeline = Timeline(rows, history)
    return [
        *numbering(rows),
        *contents(rows, history),
        *real_time_order(rows, timeline),
        *answers(rows, history, timeline),
        *readings(rows, history, timeline),
        *projection(rows, model),
        *[Violation("callers see outages only", fault) for fault in history.faults],
    ]


class Timeline:
    """The times at which each event took effect, within bounds, and so the possible versions of a stream at a time."""

    def __init__(self, rows: Sequence[Row], history: History) -> None:
        self.invoked: dict[str, int] = {}
        self.acknowledged: dict[str, int] = {}
        for call in history.calls:
            self.invoked[call.command] = min(call.invoked, self.invoked.get(call.command, NEVER))
            if call.recorded and call.answered is not None:
                self.acknowledged[call.command] = min(call.answered, self.acknowledged.get(call.command, NEVER))
        self._earliest = list(accumulate((self.invoked.get(row.command, 0) for row in rows), max))
        backwards = (self.acknowledged.get(row.command, NEVER) for row in reversed(rows))
        self._latest = list(accumulate(backwards, min))[::-1]
        self._places: dict[str, list[int]] = {}
        self._commands = [row.command for row in rows]
        for place, row in enumerate(rows):
            self._places.setdefault(row.stream, []).append(place)

    def place(self, stream: str, version: int) -> int | None:
        """Return the place of a version's event among the rows, or None."""
        places = self._places.get(stream, ())
        return places[version - 1] if 1 <= version <= len(places) else None

    def possible(self, stream: str, version: int, begun: int, ended: int) -> bool:
        """Return True if a stream can have been at a version at some moment of a time."""
        last, following = self.place(stream, version), self.place(stream, version + 1)
        if last is None:
            return version == 0 and (following is None or self._latest[following] >= begun)
        if following is None:
            return self._earliest[last] <= ended
        between_commands = self._commands[last] != self._commands[following]
        return between_commands and self._earliest[last] <= ended and self._latest[following] >= begun

    def steady(self, stream: str, version: int, begun: int, ended: int) -> bool:
        """Return True if a stream was surely at a version during the whole of a time."""
        last, following = self.place(stream, version), self.place(stream, version + 1)
        since = version == 0 if last is None else self._latest[last] <= begun
        return since and (following is None or self._earliest[following] >= ended)


def numbering(rows: Sequence[Row]) -> Iterator[Violation]:
    """Positions are 1 to n, versions 1 to n in each stream, the clock never goes back, and no event is there twice."""
    if rows and rows[0].position != 1:
        yield Violation("positions are 1 to n", f"the first is {rows[0].position}")
    for before, row in pairwise(rows):
        if row.position != before.position + 1:
            yield Violation("positions are 1 to n", f"after {before.position} comes {row.position}")
        if row.recorded_at < before.recorded_at:
            evidence = f"position {row.position} at {row.recorded_at}, the one before at {before.recorded_at}"
            yield Violation("recorded_at never decreases", evidence)
    versions: dict[str, int] = {}
    known: dict[str, int] = {}
    for row in rows:
        expected = versions.get(row.stream, 0) + 1
        if row.version != expected:
            evidence = f"{row.stream}: position {row.position} has version {row.version}, not {expected}"
            yield Violation("versions of a stream are 1 to n", evidence)
        if row.event in known:
            yield Violation("no event twice", f"{row.event} at positions {known[row.event]} and {row.position}")
        versions[row.stream], known[row.event] = row.version, row.position


def contents(rows: Sequence[Row], history: History) -> Iterator[Violation]:
    """Every event has the bytes that were sent, and nothing is there that nobody sent."""
    sent = {event: (call, digest) for call in history.calls for event, digest in call.events}
    for row in rows:
        if row.event not in sent:
            yield Violation("only what was sent", f"{row.event} at position {row.position} was sent by nobody")
            continue
        call, digest = sent[row.event]
        if row.digest != digest:
            evidence = f"position {row.position}: sha256 {row.digest}, sent by {call.writer} as {digest}"
            yield Violation("identical bytes", evidence)
        if (row.stream, row.command) != (call.stream, call.command):
            yield Violation("identical bytes", f"position {row.position} is in {row.stream}, not in {call.stream}")


def real_time_order(rows: Sequence[Row], timeline: Timeline) -> Iterator[Violation]:
    """An event acknowledged before another was sent stands ahead of it."""
    acknowledged, later = NEVER, 0
    for row in reversed(rows):
        invoked = timeline.invoked.get(row.command, 0)
        if invoked > acknowledged:
            evidence = f"position {row.position} was sent {invoked - acknowledged} ns after {later} was acknowledged"
            yield Violation("real-time order", evidence)
        answered = timeline.acknowledged.get(row.command, NEVER)
        if answered < acknowledged:
            acknowledged, later = answered, row.position


def answers(rows: Sequence[Row], history: History, timeline: Timeline) -> Iterator[Violation]:
    """Every answer is true: a recorded event is there, whole and in the place that was told. A conflict is one."""
    found = {row.event: row for row in reversed(rows)}  # of an event that is there twice, the first place
    new: set[str] = set()
    for call in history.calls:
        yield from _whole(call, found)
        match call.status:
            case "":
                continue
            case "CONFLICT":
                yield from _conflict(call, found, timeline)
            case status if status in RECORDED:
                yield from _recorded(call, found, timeline)
            case status:
                yield Violation("no key is reused", f"{_name(call)} was answered {status}")
        if call.status == OK:
            if call.command in new:
                yield Violation("recorded once", f"{_name(call)} was answered OK twice")
            new.add(call.command)


def _whole(call: Call, found: Mapping[str, Row]) -> Iterator[Violation]:
    positions = [found[event].position for event, _ in call.events if event in found]
    if positions and positions != list(range(positions[0], positions[0] + len(call.events))):
        evidence = f"{_name(call)} sent {len(call.events)} events; found at {positions}"
        yield Violation("a command is recorded whole", evidence)


def _recorded(call: Call, found: Mapping[str, Row], timeline: Timeline) -> Iterator[Violation]:
    rows = [found[event] for event, _ in call.events if event in found]
    if len(rows) < len(call.events):
        missing = [event for event, _ in call.events if event not in found]
        yield Violation("acknowledged is there", f"{_name(call)} was answered {call.status}; missing: {missing}")
        return
    if call.position != rows[0].position:
        evidence = f"{_name(call)} was answered {call.status} at {call.position}, but it stands at {rows[0].position}"
        yield Violation("a replay says the first place" if call.status == REPLAY else "the place is true", evidence)
    if call.status == OK and timeline.acknowledged[call.command] < call.invoked:
        yield Violation("recorded once", f"{_name(call)} was acknowledged before, and answered OK again")
    if call.status == OK and call.version != rows[-1].version:
        yield Violation("the place is true", f"{_name(call)}: version {call.version}, not {rows[-1].version}")
    if call.status == REPLAY and not timeline.possible(call.stream, call.version, call.invoked, call.answered or NEVER):
        yield Violation("a replay says the present version", f"{_name(call)}: {call.version} was not the version then")


def _conflict(call: Call, found: Mapping[str, Row], timeline: Timeline) -> Iterator[Violation]:
    ended = call.answered or NEVER
    if any(event in found for event, _ in call.events):
        yield Violation("a conflict is one", f"{_name(call)} was answered {CONFLICT}, but it is recorded")
    elif timeline.steady(call.stream, call.expected, call.invoked, ended):
        evidence = f"{_name(call)} expected {call.expected}, which was the version from request to answer"
        yield Violation("a conflict is one", evidence)
    elif call.version == call.expected or not timeline.possible(call.stream, call.version, call.invoked, ended):
        evidence = f"{_name(call)} expected {call.expected} and was told {call.version}, which was not the version then"
        yield Violation("a conflict says the true version", evidence)


def readings(rows: Sequence[Row], history: History, timeline: Timeline) -> Iterator[Violation]:
    """Every read showed a version that the stream can have had then, and the event that still stands there."""
    for reading in history.readings:
        if not timeline.possible(reading.stream, reading.version, reading.begun, reading.ended):
            yield Violation("a read is of its time", f"{_saw(reading)}, which it was not then")
        place = timeline.place(reading.stream, reading.version)
        if reading.last is not None and place is not None and rows[place].event != reading.last:
            yield Violation("what was read stays", f"{_saw(reading)} as {reading.last}, now {rows[place].event}")


def projection(rows: Sequence[Row], model: ReadModel) -> Iterator[Violation]:
    """The read model is at the head and shows what an independent fold makes of the events."""
    head = rows[-1].position if rows else 0
    if model.position != head:
        yield Violation("the projection is at the head", f"its checkpoint is at {model.position}, the head at {head}")
    for complaint in model.complaints:
        yield Violation("the projection runs", complaint)
    folded = fold(rows)
    for stream in sorted(folded.keys() | model.documents.keys()):
        shown, expected = model.documents.get(stream), folded.get(stream)
        if shown != expected:
            yield Violation("the projection equals a fold", f"{stream} shows {shown}, its events make {expected}")


def fold(rows: Iterable[Row]) -> dict[str, Document]:
    """Fold every stream: how many entries, their sum, and a chain of digests over their bytes in order."""
    documents: dict[str, Document] = {}
    for row in rows:
        before = documents[row.stream].content if row.stream in documents else NOTHING
        content = {
            "count": before["count"] + 1,
            "sum": before["sum"] + json.loads(row.payload)["amount"],
            "chain": sha256(before["chain"].encode("ascii") + row.payload).hexdigest(),
        }
        documents[row.stream] = Document(row.version, row.position, content)
    return documents


def _name(call: Call) -> str:
    return f"{call.command} of {call.writer} on {call.stream}"


def _saw(reading: Reading) -> str:
    return f"{reading.writer} read {reading.stream} at version {reading.version}"
