"""Loading: a first version beside a bare COPY, the memory of a long load, and the size of a year of versions."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg

from bench.ledger.samples import Contender, Sample, alternate
from bench.ledger.server import Server
from bench.registers.files import Extent, good_rows, put
from bench.registers.report import Finding

SHARE: Final = 0.02
"""The share of rows that change from one month to the next."""

_SPAWN: Final = multiprocessing.get_context("spawn")
_COLUMNS: Final = ("version", "key", "file", "line", "row", "kind")
_BARE: Final = (
    "DROP TABLE IF EXISTS bare; "
    "CREATE TABLE bare (version integer, key text, file smallint, line integer, row text, kind text)"
)
_SIZE: Final = "SELECT pg_total_relation_size('registers.rows') + pg_total_relation_size('registers.ended')"


# The first version.


async def first_version(server: Server, paths: Sequence[Path], extent: Extent) -> list[Finding]:
    """Load the Business Master File into an empty database, and copy the same rows into a table without indexes."""
    url, numbers = await server.database("bare", migrated=False), itertools.count()
    rows = list(_records(paths))

    async def loaded() -> Sample:
        name = f"first_{next(numbers)}"
        return await _timed_load(server, await server.database(name), paths, server.folder / name)

    async def copied() -> Sample:
        return await _timed_copy(server, url, rows)

    contenders = (Contender("load", loaded), Contender("COPY", copied))
    mine, bare = await alternate(contenders, extent.rounds, extent.warm)
    ratios = [one / other for one, other in zip(mine.rates, bare.rates, strict=True)]
    rates = f"{mine.rate:,.0f} and {bare.rate:,.0f} rows a second"
    beside = f"{rates}; {min(ratios):.2f} to {max(ratios):.2f}"
    what = f"first version, {len(rows):,} rows of the BMF, over bare COPY"
    # A load computes two keys of names for each row and keeps an index of each, so that others of a name are found.
    return [Finding(what, median(ratios), "", 0.1, at_most=False, beside=beside)]


def _records(paths: Sequence[Path]) -> Iterator[tuple[int, str, int, int, str, str]]:
    for number, path in enumerate(paths, start=1):
        yield from ((1, row.key, number, row.line, row.row, "bmf") for row in good_rows("irs-bmf", path))


async def _timed_load(server: Server, url: str, paths: Sequence[Path], archive: Path) -> Sample:
    connection = await asyncpg.connect(url)
    await server.settle()
    started = time.perf_counter()
    report = await put(connection, "irs-bmf", paths, archive)
    elapsed = time.perf_counter() - started
    await connection.close()
    return Sample(report.row_count / elapsed)


async def _timed_copy(server: Server, url: str, rows: Sequence[tuple[Any, ...]]) -> Sample:
    connection = await asyncpg.connect(url)
    await connection.execute(_BARE)
    await server.settle()
    started = time.perf_counter()
    await connection.copy_records_to_table("bare", columns=_COLUMNS, records=rows)
    elapsed = time.perf_counter() - started
    await connection.close()
    return Sample(len(rows) / elapsed)


# The memory of a load.


async def memory(url: str, paths: Sequence[Path], archive: Path) -> list[Finding]:
    """Measure the peak memory of a process that loads Publication 78."""
    rows, seconds, before, peak = await asyncio.to_thread(_in_a_process, url, paths, archive)
    beside = f"{before:.0f} MB before its first row; {seconds:.1f} s"
    return [
        Finding(f"peak memory of a process that loads {rows:,} rows of Publication 78", peak, "MB", 300, True, beside)
    ]


def _in_a_process(url: str, paths: Sequence[Path], archive: Path) -> tuple[int, float, float, float]:
    answers = _SPAWN.Queue()
    process = _SPAWN.Process(target=_load_here, args=(url, paths, archive, answers), daemon=True)
    process.start()
    found: tuple[int, float, float, float] = answers.get(timeout=600)
    process.join()
    return found


def _load_here(url: str, paths: Sequence[Path], archive: Path, answers: Any) -> None:
    async def work() -> tuple[int, float, float, float]:
        connection = await asyncpg.connect(url)
        before, started = _peak(), time.perf_counter()
        report = await put(connection, "irs-pub78", paths, archive)
        elapsed = time.perf_counter() - started
        await connection.close()
        return report.row_count, elapsed, before, _peak()

    answers.put(asyncio.run(work()))


def _peak() -> float:
    """Return this process's peak memory in MB, on Linux without its parent's."""
    told = Path("/proc/self/status")
    if told.exists():
        line = next(line for line in told.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


# A year of versions.


async def a_year(url: str, paths: Sequence[Path], folder: Path, extent: Extent) -> list[Finding]:
    """Load the Business Master File month by month, changed a little each time, and compare the stored sizes."""
    connection = await asyncpg.connect(url)
    await put(connection, "irs-bmf", paths, folder / "archive", date(2026, 1, 1))
    one, took, changed = await _weigh(connection), [], 0
    pages, chance = {path.name: path.read_text("utf-8").splitlines() for path in paths}, random.Random(1)
    for month in range(2, extent.months + 1):
        changed = _alter(pages, month, chance)
        started = time.perf_counter()
        report = await put(connection, "irs-bmf", _write(pages, folder), folder / "archive", date(2026, month, 1))
        took.append(time.perf_counter() - started)
        assert report.came == report.left == changed, report
    year = await _weigh(connection)
    await connection.close()
    beside = f"{one / 1e6:,.0f} and {year / 1e6:,.0f} MB; {changed:,} rows change a month; {median(took):.1f} s a load"
    return [Finding(f"bytes of {extent.months} monthly versions, over one", year / one, "", 1.5, beside=beside)]


async def _weigh(connection: asyncpg.Connection) -> int:
    for table in ("rows", "ended"):
        await connection.execute(f"VACUUM registers.{table}", timeout=600)
    return int(await connection.fetchval(_SIZE))


def _alter(pages: dict[str, list[str]], month: int, chance: random.Random) -> int:
    """Change the assets of a share of the rows, and return the number of rows changed."""
    altered = 0
    for lines in pages.values():
        for place in chance.sample(range(1, len(lines)), round((len(lines) - 1) * SHARE)):
            head, _, income, revenue, ntee, sort = lines[place].rsplit(",", 5)
            lines[place] = f"{head},{altered}{month:02},{income},{revenue},{ntee},{sort}"
            altered += 1
    return altered


def _write(pages: dict[str, list[str]], folder: Path) -> list[Path]:
    paths = [folder / name for name in pages]
    for path, lines in zip(paths, pages.values(), strict=True):
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return paths
