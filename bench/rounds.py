"""Run rounds of lifecycles when told to: for a comparison of two trees, each in a process of its own.

Reads the number of lifecycles of the next round from a line of its input, and answers with their rate in a line of
its output. Needs only `bench.lifecycle.accord_life` and `bench.office` of the tree, so it runs in older trees, too.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bench.lifecycle import accord_life
from bench.office import Office, open_office
from worker import make_worker

AT_ONCE = 20


async def main() -> None:
    """Serve rounds until the input ends."""
    with tempfile.TemporaryDirectory(prefix="accord-rounds-", ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder)) as office, make_worker(office.desk.temporal, office.desk.pool):
            await _serve(office)


async def _serve(office: Office) -> None:
    _say("ready")
    first = 10_000
    while line := await asyncio.to_thread(sys.stdin.readline):
        count = int(line)
        _say(f"{await _rate(office, first, count):.6f}")
        first += count


async def _rate(office: Office, first: int, count: int) -> float:
    """Return the lifecycles per second of a round, AT_ONCE at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await accord_life(office, f"P-2026-{number:05}")

    started = time.perf_counter()
    await asyncio.gather(*(one(first + number) for number in range(count)))
    return count / (time.perf_counter() - started)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
