"""An appending process: callers that decide on shared streams, write down everything, and never give up a request."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
from collections import deque
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from deploy.database import ServiceUnavailable, open_pool
from domain.recorded.writers import Writer
from ledger import AppendRequest, AppendResult, AppendStatus, Ledger, LedgerUnavailable, NewEvent
from records.opening import open_ledger
from tests.chaos.ledger.history import History, read_journals
from tests.chaos.ledger.journal import Journal, now

CALLERS: Final = 16
PREFIX: Final = "partnership/chaos-"
STREAMS: Final = tuple(f"{PREFIX}{number}" for number in range(50))
"""What the worker's login may append to, as every worker does."""
REPLAYED: Final = 0.1
"""The share of calls that ask again for what was acknowledged."""

REMEMBERED: Final = 2000
PAUSE: Final = 0.05


class Appending:
    """The callers of one process. They share a ledger, and what they know of the streams' versions."""

    def __init__(self, ledger: Ledger, journal: Journal, chance: random.Random) -> None:
        self.stopping = False
        self._ledger = ledger
        self._journal = journal
        self._random = chance
        self._versions: dict[str, int] = {}
        self._acknowledged: deque[AppendRequest] = deque(maxlen=REMEMBERED)

    async def run(self, unfinished: list[AppendRequest]) -> None:
        """Append, up to the sign to stop. The unanswered requests of an earlier life of the process come first."""
        async with asyncio.TaskGroup() as group:
            for place in range(CALLERS):
                group.create_task(self._caller(unfinished[place::CALLERS]))

    async def _caller(self, unfinished: list[AppendRequest]) -> None:
        for request in unfinished:
            await self._append(request)
        while not self.stopping:
            if self._acknowledged and self._random.random() < REPLAYED:
                await self._append(self._random.choice(self._acknowledged))
            else:
                await self._decide(self._random.choice(STREAMS))

    async def _decide(self, stream: str) -> None:
        """Append on top of the known part of a stream. If it has moved, read it and decide again."""
        answer = await self._append(self._entry(stream))
        while answer.status is AppendStatus.CONFLICT and not self.stopping:
            await self._read(stream)
            answer = await self._append(self._entry(stream))

    def _entry(self, stream: str) -> AppendRequest:
        command = UUID(int=self._random.getrandbits(128), version=4)
        return request_of(stream, command, self._versions.get(stream, 0), 1 + command.int % 3)

    async def _append(self, request: AppendRequest) -> AppendResult:
        """Send one request, the very same, until it is answered."""
        call = self._journal.invoke(request)
        while True:
            try:
                answer = await self._ledger.append(request)
            except LedgerUnavailable:
                self._journal.unavailable(call)
            except Exception as fault:
                self._journal.fault(f"an append raised {type(fault).__name__}: {fault}")
            else:
                self._journal.answer(call, answer)
                return self._learned(request, answer)
            await asyncio.sleep(PAUSE)

    def _learned(self, request: AppendRequest, answer: AppendResult) -> AppendResult:
        if answer.recorded:
            self._acknowledged.append(request)
            self._knows(request.stream_id, answer.stream_version)
        return answer

    async def _read(self, stream: str) -> None:
        known = self._versions.get(stream, 0)
        while True:
            begun = now()
            try:
                news = await self._ledger.read_stream(stream, known)
            except LedgerUnavailable:
                await asyncio.sleep(PAUSE)
            except Exception as fault:
                self._journal.fault(f"a read raised {type(fault).__name__}: {fault}")
                await asyncio.sleep(PAUSE)
            else:
                version, last = (news[-1].version, str(news[-1].event_id)) if news else (known, None)
                self._journal.read(stream, begun, version, last)
                return self._knows(stream, version)

    def _knows(self, stream: str, version: int) -> None:
        self._versions[stream] = max(version, self._versions.get(stream, 0))


def request_of(stream: str, command: UUID, expected: int, count: int) -> AppendRequest:
    """Return the request of a command: its content follows from its identity, so that it can be sent again for ever."""
    return AppendRequest(stream, command, expected, tuple(_event(command, expected, place) for place in range(count)))


def _event(command: UUID, expected: int, place: int) -> NewEvent:
    chance = (command.int >> 16 * place) & 0xFFFF
    payload = {
        "amount": chance - 0x8000,
        "element": f"{command}/{place}",
        "expected": expected,
        "text": "Ærø 中 " * (chance % 20),
    }
    return NewEvent.of("CommandRefused", 1, payload, {"place": place})


def unfinished_of(history: History) -> list[AppendRequest]:
    """Return the requests that a life of a process left without an answer."""
    waiting = [call for call in history.calls if call.answered is None]
    return [request_of(call.stream, UUID(call.command), call.expected, len(call.events)) for call in waiting]


async def patient_pool(url: str) -> asyncpg.Pool:
    """Open a pool as soon as the database lets us."""
    while True:
        try:
            return await open_pool(url)
        except ServiceUnavailable:
            await asyncio.sleep(PAUSE)


async def end_if_orphaned(parent: int) -> None:
    """End this process once the run that started it is gone."""
    while os.getppid() == parent:
        await asyncio.sleep(0.5)
    os._exit(1)


async def append(url: str, folder: Path, name: str, life: int, seed: int) -> None:
    """Live one life of an appending process."""
    watching = asyncio.create_task(end_if_orphaned(os.getppid()))
    unfinished = unfinished_of(read_journals(folder, f"{name}-{life - 1:04}.jsonl"))
    pool = await patient_pool(url)
    chance = random.Random(f"{seed}/{name}/{life}")  # noqa: S311 - a seeded drill, not a secret
    callers = Appending(open_ledger(pool, Writer.WORKER), Journal(folder / f"{name}-{life:04}.jsonl"), chance)

    def stop() -> None:
        callers.stopping = True

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    await callers.run(unfinished)
    pool.terminate()
    watching.cancel()


def main() -> None:
    """Append, up to SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("name")
    parser.add_argument("--life", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    chosen = parser.parse_args()
    asyncio.run(append(chosen.url, chosen.folder, chosen.name, chosen.life, chosen.seed))


if __name__ == "__main__":
    main()
