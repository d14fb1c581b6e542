"""`make bench-switching`: how late the event loop is while sanctions lists switch to another version.

The same load, the screening of one party after another, runs without a switch and with one after the other, once with
the lists in a process of their own, as a worker keeps them, and once with them in this process. Lag is measured by a
task that sleeps for a millisecond again and again. Then: what a worker without the rules takes after partnerships.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

import psutil
from rich.console import Console
from rich.table import Table

from bench import payees
from bench.lifecycle import proposal, reference_of
from bench.office import Office, open_office
from bench.portfolio.measuring import load_registers
from deploy.embedded.processes import ChildProcess
from deploy.settings import DATABASE_VARIABLE, SECRETS_VARIABLE
from domain.screening.sources import RegisterVersion
from registers.history import versions_in_force
from registers.loading.archive import Archive
from registers.screening.apart import Apart
from registers.screening.lists import Here, Keeper, evidence_of
from registers.sources.catalogue import LISTS

out = Console(highlight=False)
LAG_TARGET: Final = 2.0
MEMORY_TARGET: Final = 1.25
REAL_LISTS: Final = ("ofac-sdn", "un-consolidated")
PAUSE_SECONDS: Final = 0.01
"""Between two screenings."""


class Lag(NamedTuple):
    """The loop's delays, in milliseconds, and the number of switches meanwhile."""

    lags: list[float]
    switches: int

    def at(self, part: float) -> float:
        """Return the lag that a part of the looks does not exceed."""
        return sorted(self.lags)[min(int(part * len(self.lags)), len(self.lags) - 1)]


async def lag_of(office: Office, keeper: Keeper, seconds: float, every: float) -> Lag:
    """Measure the loop under load for some seconds, with a switch each `every` seconds, or with none if it is 0."""
    pool, parties, lags, ends = office.desk.pool, proposal("P-2026-00001").parties, [], time.monotonic() + seconds
    versions = _versions(await _in_force(office))
    asked, switches, due = next(versions), 0, time.monotonic() + every

    async def load() -> None:
        nonlocal asked, switches, due
        while time.monotonic() < ends:
            if every and time.monotonic() >= due:
                asked, switches, due = next(versions), switches + 1, time.monotonic() + every
            async with pool.acquire() as connection:
                await keeper.ask(connection, asked, evidence_of, parties, asked)
            await asyncio.sleep(PAUSE_SECONDS)

    async with pool.acquire() as connection:
        await keeper.ask(connection, asked, evidence_of, parties, asked)  # the first index is no switch
    loading = asyncio.create_task(load())
    while time.monotonic() < ends:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        lags.append(1000 * (time.perf_counter() - before) - 1)
    await loading
    return Lag(lags, switches)


async def _in_force(office: Office) -> tuple[RegisterVersion, ...]:
    async with office.desk.pool.acquire() as connection:
        return await versions_in_force(connection, LISTS)


def _versions(asked: tuple[RegisterVersion, ...]) -> Iterator[tuple[RegisterVersion, ...]]:
    """Yield the same lists under one fingerprint after another: to whoever keeps them, each is another version."""
    for number in count():
        yield tuple(one.model_copy(update={"sha256": f"{number:064x}"}) for one in asked)


async def memory_of(office: Office, live: Callable[[str], Awaitable[None]], partnerships: int) -> tuple[float, float]:
    """Return the MiB of an idle worker without the rules, and of it after so many partnerships."""
    own = {
        DATABASE_VARIABLE: office.stack.postgres.address, SECRETS_VARIABLE: str(office.stack.postgres.secrets),
        "TEMPORAL_ADDRESS": office.stack.state.temporal_address, "ACCORD_BUILD_ID": "none",
    }  # fmt: skip
    workers = {
        queue: ChildProcess(
            queue, [sys.executable, "-m", "worker", "--queue", queue], office.stack.folder / f"{queue}.log", own
        )
        for queue in ("workflows", "rules")
    }
    for worker in workers.values():
        worker.start()
    try:
        await live(reference_of(0, 0))
        idle = _mebibytes(workers["workflows"].pid)
        gate = asyncio.Semaphore(8)

        async def one(number: int) -> None:
            async with gate:
                await live(reference_of(1, number))

        await asyncio.gather(*(one(number) for number in range(partnerships)))
        return idle, _mebibytes(workers["workflows"].pid)
    finally:
        for worker in workers.values():
            worker.stop()


def _mebibytes(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20


async def run(data: Path, seconds: float, every: float, partnerships: int) -> int:
    """Measure, and print it beside the targets."""
    with tempfile.TemporaryDirectory(prefix="accord-switching-", ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder), sample_registers=False) as office:
            prepared = await payees.prepare(office, Path(folder))
            payees.take_turns(prepared)
            await load_registers(office, data, Archive(Path(folder) / "real"), REAL_LISTS)
            async with aclosing(Apart()) as apart:
                found = {
                    "in a process of their own": [await lag_of(office, apart, seconds, pause) for pause in (0, every)],
                    "in this process": [await lag_of(office, Here(), seconds, pause) for pause in (0, every)],
                }
            live = partial(payees.life, office, prepared)
            idle, after = await memory_of(office, live, partnerships) if partnerships else (0.0, 0.0)
    table = Table("The lists are", "without a switch, p99.9", "with switches, p99.9", "longest", "Ratio", "Target")
    for name, (still, switched) in found.items():
        ratio = switched.at(0.999) / still.at(0.999)
        table.add_row(
            name, f"{still.at(0.999):.1f} ms", f"{switched.at(0.999):.1f} ms ({switched.switches})",
            f"{max(switched.lags):.0f} ms", f"{ratio:.2f}", f"<= {LAG_TARGET}",
        )  # fmt: skip
    out.print(table)
    still, switched = found["in a process of their own"]
    reached = switched.at(0.999) / still.at(0.999) <= LAG_TARGET
    if partnerships:
        told = f"{idle:.0f} MiB after one partnership, {after:.0f} MiB after {partnerships:,} more"
        out.print(f"a worker without the rules: {told}: {after / idle:.2f} (target <= {MEMORY_TARGET})")
        reached = reached and after / idle <= MEMORY_TARGET
    return 0 if reached else 1


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with the publishers' files")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    parser.add_argument("--every", type=float, default=6.0, help="seconds between two switches")
    parser.add_argument("--partnerships", type=int, default=1000, help="whose worker's memory is measured; 0 for none")
    chosen = parser.parse_args()
    return asyncio.run(run(chosen.data, chosen.seconds, chosen.every, chosen.partnerships))


if __name__ == "__main__":
    sys.exit(main())
