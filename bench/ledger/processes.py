"""Measurements in processes of their own: several that append to one ledger, and one that verifies."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench.ledger.ours import Calls, append
from bench.ledger.samples import Sample
from bench.ledger.server import opened
from ledger import Ledger
from ledger.proof.verification import verify

PROCESSES: Final = 4
CALLERS: Final = 32
_SPAWN: Final = multiprocessing.get_context("spawn")
_OUT_OF_ORDER: Final = (
    "SELECT count(*) FROM (SELECT version - coalesce(lag(version) OVER (PARTITION BY stream_id ORDER BY position), 0) "
    "AS step FROM ledger.events WHERE position > $1) steps WHERE step <> 1"
)


async def append_from_processes(url: str, callers: int, seconds: float) -> Sample:
    """Append from several processes at once. Then check the total order for gaps."""
    async with opened(url, 1) as ledger:
        before = await ledger.head()
        found = await asyncio.to_thread(_run_processes, url, callers, seconds)
        await _see_the_order(ledger, before, [call for calls in found for call in calls.positions])
    took = [taken for calls in found for taken in calls.took]
    return Sample.of_calls(took, max(calls.ended for calls in found) - min(calls.started for calls in found))


def _run_processes(url: str, callers: int, seconds: float) -> list[Calls]:
    barrier, answers = _SPAWN.Barrier(PROCESSES), _SPAWN.Queue()
    arguments = (url, callers, seconds, barrier, answers)
    processes = [_SPAWN.Process(target=_append_here, args=arguments, daemon=True) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    found: list[Calls] = [answers.get(timeout=60 + seconds) for _ in processes]
    for process in processes:
        process.join()
    return found


def _append_here(url: str, callers: int, seconds: float, barrier: Any, answers: Any) -> None:
    async def work() -> Calls:
        async with opened(url) as ledger:
            await ledger.head()
            barrier.wait(60)
            return await append(ledger, callers, seconds)

    answers.put(asyncio.run(work()))


async def _see_the_order(ledger: Ledger, before: int, calls: list[list[int]]) -> None:
    """Check the positions: unique and gapless, growing for each caller, in the order of each stream's versions."""
    given = sorted(position for call in calls for position in call)
    head = await ledger.head()
    if given != list(range(before + 1, head + 1)):
        twice = [position for position, times in Counter(given).items() if times > 1]
        raise RuntimeError(f"{len(given)} positions given after {before}, head {head}; given twice: {twice[:5]}")
    if any(later <= earlier for call in calls for earlier, later in pairwise(call)):
        raise RuntimeError("a caller's later append stands before an earlier one")
    async with ledger.connection() as connection:
        stored = await connection.fetchval("SELECT count(*) FROM ledger.events WHERE position > $1", before)
        askew = await connection.fetchval(_OUT_OF_ORDER, before)
    if stored != len(given) or askew:
        raise RuntimeError(f"{stored} events stored for {len(given)} positions given, {askew} versions out of order")


async def verify_alone(url: str) -> Sample:
    """Verify a whole ledger in a process of its own that stays on one core. The server has the others."""
    return await asyncio.to_thread(_verified_by_a_process, url)


def _verified_by_a_process(url: str) -> Sample:
    answers = _SPAWN.Queue()
    process = _SPAWN.Process(target=_verify_here, args=(url, answers), daemon=True)
    process.start()
    found: Sample = answers.get(timeout=600)
    process.join()
    return found


def _verify_here(url: str, answers: Any) -> None:
    async def work() -> Sample:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        async with opened(url) as ledger:
            await ledger.head()
            reached = [_peak()]
            started = time.perf_counter()
            verified = await verify(ledger, {}, progress=lambda position: reached.append(_peak()))
            elapsed = time.perf_counter() - started
            assert not verified.faults
            return Sample(verified.frontier.size / elapsed, memory=_peak() - reached[len(reached) // 10])

    answers.put(asyncio.run(work()))


def _peak() -> float:
    """Return this process's peak memory in MiB: on Linux since it began, without its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM"))
        return int(told.split()[1]) / (1 << 10)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
