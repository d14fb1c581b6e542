"""Crowds at the door, in a process of their own, and staff at the console's pages meanwhile."""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from accord.web.sessions import COOKIE, Sessions
from bench.crowd import PAGES, STAFF, THINKING
from bench.door.house import House, give_way
from bench.door.lines import BegunForm

READER: Final = "femi.ade"
LEAST: Final = 2
"""The least weight on processors that niceness gives."""


class Waits(NamedTuple):
    """How long something took each time, in seconds, and how often it failed."""

    seconds: Sequence[float]
    failures: int = 0

    def within(self, share: float) -> float:
        """Return the seconds within which this share of them came, or 0 where there are none."""
        return sorted(self.seconds)[math.ceil(len(self.seconds) * share) - 1] if self.seconds else 0.0

    def beside(self, other: Waits) -> Waits:
        """Return these and others together."""
        return Waits([*self.seconds, *other.seconds], self.failures + other.failures)


class Told(NamedTuple):
    """All that a crowd was told, in order, and the waits of staff meanwhile."""

    lines: Sequence[dict[str, Any]]
    seconds: float
    staff: Waits

    def waits(self, method: str) -> Waits:
        """Return the waits of those who asked in a way and were served. Any other answer is a failure."""
        answers = [line for line in self.lines if line.get("method") == method]
        served = [line["seconds"] for line in answers if line["status"] in {200, 201, 303}]
        return Waits(served, len(answers) - len(served))

    def having(self, *names: str) -> Iterator[dict[str, Any]]:
        """Yield the lines that hold these facts."""
        return (line for line in self.lines if all(name in line for name in names))


class Staff:
    """People at the console's pages."""

    def __init__(self, house: House, cookie: str) -> None:
        self._house = house
        self._headers = {"Cookie": f"{COOKIE}={cookie}"}

    @classmethod
    async def signed_in(cls, house: House) -> Staff:
        """Return staff with a session."""
        return cls(house, await Sessions(house.pool).begin(READER))

    async def while_(self, work: asyncio.Task[Any]) -> Waits:
        """Return how long staff wait for their pages until some work is done."""
        seconds, failures = list[float](), 0

        async def read(place: int) -> None:
            nonlocal failures
            async with httpx.AsyncClient(headers=self._headers, timeout=60) as asking:
                while not work.done():
                    began = time.perf_counter()
                    answer = await asking.get(self._house.console + PAGES[place % len(PAGES)])
                    seconds.append(time.perf_counter() - began)
                    failures += answer.status_code != 200
                    place += 1
                    await asyncio.sleep(THINKING)

        await asyncio.gather(*map(read, range(STAFF)))
        await work
        return Waits(seconds, failures)

    async def alone(self, seconds: float) -> Waits:
        """Return how long they wait while nobody comes to the door."""
        return await self.while_(asyncio.create_task(asyncio.sleep(seconds)))


async def crowd(
    house: House, staff: Staff, work: str, forms: Sequence[BegunForm], *, at_once: int, **more: Any
) -> Told:
    """Let a crowd do its work in a process of its own, with staff at their pages, and return what it was told."""
    plan_file, log = (house.folder / f"{work}.{kind}" for kind in ("plan", "log"))
    plan = {"origin": house.door, "work": work, "forms": forms, "at_once": at_once, "seconds": 0, **more}
    plan_file.write_text(json.dumps(plan), "utf-8")
    began = time.perf_counter()
    visiting = asyncio.create_task(_visited(plan_file, log))
    waits = await staff.while_(visiting)
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return Told(lines, time.perf_counter() - began, waits)


async def _visited(plan: Path, log: Path) -> None:
    command = ("-m", "bench.door.clients", str(plan), str(log))
    process = await asyncio.create_subprocess_exec(sys.executable, *command, start_new_session=True)
    give_way(process.pid, LEAST)  # on machines of their own they would take nothing from the console
    try:
        if await process.wait():
            raise RuntimeError("those who came to the door fell: see above")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
