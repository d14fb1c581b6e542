"""The ledger's speed as it grows: one ledger, doubled again and again, measured at every size in the same way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from bench.ledger import ours
from bench.ledger.rows import fill
from bench.ledger.server import Server, opened
from ledger import Ledger
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import ProofResult, beginning, verify

SIZES: Final = 8
NEWEST: Final = 100_000
_MICRO: Final = 1_000_000
_ON_DISK: Final = (
    "SELECT 'table' AS name, pg_table_size('ledger.events') AS bytes UNION ALL SELECT indexrelid::regclass::text, "
    "pg_relation_size(indexrelid) FROM pg_index WHERE indrelid = 'ledger.events'::regclass ORDER BY 1"
)


class Grown(NamedTuple):
    """The ledger's speed at one size. Times are in microseconds for each of the newest events."""

    size: int
    append: float
    """Appends per second, by 128 callers."""
    read: float
    verify: float
    project: float
    bytes: dict[str, float]
    """Bytes on disk per event, of the table and of each index."""


class Ratios(NamedTuple):
    """Each figure at the largest size divided by that at the smallest: 1 means no change."""

    append: float
    read: float
    verify: float
    project: float
    bytes: float


def sizes(most: int) -> list[int]:
    """Return the sizes to measure at, each twice the one before."""
    return [size for step in reversed(range(SIZES)) if (size := most >> step) >= ours.BATCH]


async def grow(server: Server, most: int, seconds: float, progress: Callable[[str], Any]) -> list[Grown]:
    """Fill one ledger up to a size, and measure on the way."""
    found, verified = list[Grown](), beginning()
    async with opened(await server.database("growing")) as ledger:
        for size in sizes(most):
            grown, verified = await _measured_at(ledger, size, seconds, verified)
            found.append(grown)
            progress(f"{size:,} events")
    return found


async def _measured_at(ledger: Ledger, size: int, seconds: float, since: ProofResult) -> tuple[Grown, ProofResult]:
    """Fill the ledger, let tree, verifier and projector catch up, add the newest events, and measure their cost."""
    head = await ledger.head()
    newest = min(NEWEST, size // 2)
    await fill(ledger, max(0, size - newest - head))
    await StoredTree(ledger).store_nodes()  # as every checkpoint does; operators make one each minute
    since = await verify(ledger, {}, since)
    await ours.projector(ledger).catch_up()
    before = await ledger.head()
    await fill(ledger, size - before)
    append = await ours.appends(ledger, 128, seconds)
    read = await ours.catch_up(ledger, before)
    count = await ledger.head() - before
    started = time.perf_counter()
    verified = await verify(ledger, {}, since)
    verifying = time.perf_counter() - started
    started = time.perf_counter()
    await ours.projector(ledger).catch_up()
    projecting = time.perf_counter() - started
    assert not verified.faults
    verify_time, project_time = (taken * _MICRO / count for taken in (verifying, projecting))
    on_disk = await _on_disk(ledger)
    return Grown(before + count, append.rate, _MICRO / read.rate, verify_time, project_time, on_disk), verified


async def _on_disk(ledger: Ledger) -> dict[str, float]:
    async with ledger.connection() as connection:
        rows = await connection.fetch(_ON_DISK)
    count = await ledger.head()
    return {row["name"].removeprefix("ledger.").removeprefix("events_"): row["bytes"] / count for row in rows}


def ratios(found: list[Grown]) -> Ratios:
    """Return each figure of the last size over that of the first."""
    first, last = found[0], found[-1]
    return Ratios(
        last.append / first.append,
        last.read / first.read,
        last.verify / first.verify,
        last.project / first.project,
        sum(last.bytes.values()) / sum(first.bytes.values()),
    )
