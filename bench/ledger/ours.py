"""The ledger at work: appends of one process, batches, reading and projecting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

from bench.ledger.rows import PREFIX, Caller, Crowd, decoded, large_request
from bench.ledger.samples import Sample
from ledger import AppendRequest, AppendStatus, Ledger, StoredEvent
from ledger.projections import Projection, Projector

BATCH: Final = 200
LOADERS: Final = 2
_DOCUMENTS: Final = (
    "SELECT coalesce(sum((document->>'events')::bigint), 0) FROM projection.documents WHERE name = 'bench'"
)


class Calls(NamedTuple):
    """The figures of all callers: the seconds of each call, and the positions that each caller was given, in order."""

    took: list[float]
    positions: list[list[int]]
    started: float
    ended: float

    @property
    def sample(self) -> Sample:
        """The calls, summed up."""
        return Sample.of_calls(self.took, self.ended - self.started)


async def append(ledger: Ledger, callers: int, seconds: float) -> Calls:
    """Append one event at a time from each of many concurrent callers."""
    started = time.monotonic()
    calls = await asyncio.gather(*(_call(ledger, started + seconds) for _ in range(callers)))
    took = [taken for call in calls for taken, _ in call]
    return Calls(took, [[position for _, position in call] for call in calls], started, time.monotonic())


async def _call(ledger: Ledger, deadline: float) -> list[tuple[float, int]]:
    caller, took = Caller(), list[tuple[float, int]]()
    while (started := time.monotonic()) < deadline:
        result = await ledger.append(caller.request())
        assert result.status is AppendStatus.OK
        assert result.first_position is not None
        took.append((time.monotonic() - started, result.first_position))
    return took


async def appends(ledger: Ledger, callers: int, seconds: float) -> Sample:
    """Measure appends of one process."""
    return (await append(ledger, callers, seconds)).sample


async def batches(ledger: Ledger, count: int) -> Sample:
    """Append batches of one event to each of many streams."""
    crowds = [Crowd(BATCH) for _ in range(LOADERS)]
    return await _batches(ledger, [[crowd.requests() for _ in range(count // LOADERS)] for crowd in crowds])


async def large_requests(ledger: Ledger, count: int) -> Sample:
    """Append requests of BATCH events each, every one to a stream of its own."""
    return await _batches(ledger, [[[large_request(BATCH)] for _ in range(count // LOADERS)] for _ in range(LOADERS)])


async def _batches(ledger: Ledger, ready: Sequence[Sequence[Sequence[AppendRequest]]]) -> Sample:
    """Send the batches of each loader one after the other. The loaders work side by side, on streams of their own."""
    started = time.perf_counter()
    await asyncio.gather(*(_load(ledger, batches) for batches in ready))
    return Sample(sum(map(len, ready)) * BATCH / (time.perf_counter() - started))


async def _load(ledger: Ledger, ready: Sequence[Sequence[AppendRequest]]) -> None:
    for requests in ready:
        answers = await ledger.append_many(requests)
        assert all(answer.status is AppendStatus.OK for answer in answers)


async def catch_up(ledger: Ledger, after: int = 0) -> Sample:
    """Read all events after a position and decode each payload."""
    started, head, total = time.perf_counter(), await ledger.head(), 0
    async for event in ledger.read_between(after, head):
        total += from_json(event.payload)["number"]
    assert total
    return Sample((head - after) / (time.perf_counter() - started))


def fold(document: dict[str, Any] | None, events: Sequence[StoredEvent]) -> dict[str, Any]:
    """Count the events of a stream and sum up their numbers."""
    known = document or {"events": 0, "total": 0}
    return {
        "events": known["events"] + len(events),
        "total": known["total"] + decoded(event.payload for event in events),
        "version": events[-1].version,
    }


def projector(ledger: Ledger) -> Projector:
    """Return a projector that keeps one document per stream."""
    return Projector(ledger, Projection("bench", 1, PREFIX, fold))


async def project(ledger: Ledger) -> Sample:
    """Fold the whole ledger into documents that were not there before."""
    projecting = projector(ledger)
    await projecting.forget()
    started = time.perf_counter()
    count = await projecting.catch_up()
    elapsed = time.perf_counter() - started
    async with ledger.connection() as connection:
        assert await connection.fetchval(_DOCUMENTS) == count
    return Sample(count / elapsed)


def measuring(work: Callable[..., Awaitable[Sample]], *arguments: object) -> Callable[[], Awaitable[Sample]]:
    """Return a measurement with its arguments bound, to be made once in every round."""
    return lambda: work(*arguments)
