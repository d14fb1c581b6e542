"""The use of processor time by a stretch of work: by each process, and in this one by each room or library.

This process is looked at so many times a second. What a thread's own processor clock moved since the last look goes to
the innermost frame of a room or library that we know; a thread that waits, or is kept from running, moves no clock.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from types import FrameType
from typing import Final, NamedTuple

import psutil
from rich.console import Console
from rich.table import Table

from bench.office import Office
from deploy.loop import work_through

EVERY_SECONDS: Final = 0.004
OFTEN_SECONDS: Final = 0.0005
"""How long a thread may keep the interpreter's lock. With the usual 5 ms, looks come where it is given up anyway."""

_TELL: Final = "SELECT pg_stat_force_next_flush(), (SELECT max(position) FROM ledger.events)"
"""A connection that touched no table would keep back what it counted."""

ROOMS: Final = (
    "accord",
    "activities",
    "bench",
    "deploy",
    "domain",
    "ledger",
    "payments",
    "records",
    "registers",
    "workflows",
)
LIBRARIES: Final = ("asyncpg", "cryptography", "pydantic", "rapidfuzz", "structlog", "temporalio")
LOOP: Final = "the event loop, with the sockets of database and Temporal"
NO_PYTHON: Final = "Temporal's core and other threads without Python"


class Used(NamedTuple):
    """The use of processor time by a round of work."""

    seconds: dict[str, float]
    """Processor time of each process."""
    parts: dict[str, float]
    """Processor time of this process, by room and library."""
    transactions: int
    """Without those of the benchmark, which looks whether it may go on."""


class Profile:
    """Samples this process between `start` and `stop`, and adds up the processor time of others."""

    def __init__(self, others: Mapping[str, int]) -> None:
        """Prepare to look at this process, and at others by name and id, with their children."""
        self._others = others
        self._seen: Counter[str] = Counter()
        """Nanoseconds of each room and library."""
        self._clocks: dict[int, int] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._before, self._interval = self._used(), sys.getswitchinterval()
        sys.setswitchinterval(OFTEN_SECONDS)
        self._thread.start()

    def stop(self) -> tuple[dict[str, float], dict[str, float]]:
        """Return the seconds of processor time of each process, and of each room and library in this one."""
        self._stopped.set()
        self._thread.join()
        sys.setswitchinterval(self._interval)
        after = self._used()
        used = {name: after[name] - self._before[name] for name in after}
        parts = {name: nanoseconds / 1e9 for name, nanoseconds in self._seen.items()}
        return used, parts | {NO_PYTHON: used["this process"] - sum(parts.values())}

    def _used(self) -> dict[str, float]:
        return {"this process": time.process_time()} | {name: _seconds(pid) for name, pid in self._others.items()}

    def _look(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            for thread, frame in sys._current_frames().items():
                with suppress(OSError):  # it has ended since
                    clock = time.clock_gettime_ns(time.pthread_getcpuclockid(thread))
                    self._seen[_who(frame)] += clock - self._clocks.get(thread, clock)
                    self._clocks[thread] = clock


def _who(frame: FrameType | None) -> str:
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name == work_through.__module__:
            return LOOP
        top = name.partition(".")[0]
        if top in ROOMS or top in LIBRARIES:
            return top
        frame = frame.f_back
    return "the interpreter and other libraries"


def _seconds(pid: int) -> float:
    """Return the processor time of a process and its children, those that have ended included."""
    total = 0.0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                used = one.cpu_times()
                total += used.user + used.system
    return total


async def looked_at(office: Office, work: Callable[[], Awaitable[float]]) -> Used:
    """Do a round of work, and return what was used for it."""
    pids = {"PostgreSQL": office.stack.postgres.pid, "Temporal": office.stack.temporal.pid}
    profile, before = Profile(pids), await transactions(office)
    office.polls.clear()
    profile.start()
    await work()
    seconds, parts = profile.stop()
    return Used(seconds, parts, await transactions(office) - before - office.polls.total())


async def transactions(office: Office) -> int:
    """Return the number of transactions that the database has committed, without those that ask for it."""
    told = await _tell(office)
    office.asking["told"] += told
    query = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    async with office.desk.pool.acquire() as connection:
        committed = int(await connection.fetchval(query))
    asked = office.asking.total()
    office.asking["looked"] += 1
    return committed - asked


async def _tell(office: Office) -> int:
    """Let every connection tell the counters what it did, as it would within ten seconds; return how many did."""
    async with AsyncExitStack() as open_connections:
        pool = office.desk.pool
        lent = [await open_connections.enter_async_context(pool.acquire()) for _ in range(pool.get_size())]
        for connection in lent:
            await connection.fetchrow(_TELL)
    return len(lent)


def tell_time(out: Console, ours: Used, theirs: Used, count: int) -> None:
    """Print the use of processor time."""
    table = Table("Milliseconds of processor time a lifecycle", "Accord", "Bare workflow", title="Where the time goes")
    for name in ours.seconds:
        table.add_row(name, *(f"{1000 * one.seconds[name] / count:.1f}" for one in (ours, theirs)))
    for name in sorted(ours.parts, key=lambda name: -ours.parts[name]):
        told = (f"{1000 * one.parts.get(name, 0.0) / count:.1f}" for one in (ours, theirs))
        table.add_row(f"  of this process: {name}", *told)
    table.add_row(
        "transactions of the database", f"{ours.transactions / count:.1f}", f"{theirs.transactions / count:.1f}"
    )
    out.print(table)
