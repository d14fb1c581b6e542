"""The process that examines what came in by the door, and erases what its time is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
import structlog
from temporalio.common import MetricMeter

from accord.operations.door.examining import Examiner
from ledger import LedgerUnavailable
from ledger.moment import lend
from papers.store import StoreUnavailable

EVERY: Final = 2.0
"""Seconds between two looks at what came in."""
AWAY: Final = 20.0
"""Seconds after which a store or a database that did not answer is asked again."""
FORGET_EVERY: Final = 3600.0
"""Seconds between two looks at what its time is over."""

GAUGES: Final = {
    "accord_door_papers": "Papers that came in by the door and wait for their examination",
    "accord_door_papers_wait_seconds": "Since when the oldest of them waits",
}
"""The measures of the examination, by the name of the gauge."""

log: Final = structlog.get_logger("accord.examiner")


class ExaminerProcess:
    """One process of the examination. Of several, each does what the others left: a step done twice is done once."""

    def __init__(self, pool: asyncpg.Pool, examiner: Examiner, meter: MetricMeter = MetricMeter.noop) -> None:
        self._pool = pool
        self._examiner = examiner
        self._gauges = [meter.create_gauge(name, description) for name, description in GAUGES.items()]
        self._forget_at = 0.0

    async def forever(self) -> None:
        """Examine papers, without end. An outage is logged once and waited out."""
        last_reason = ""
        while True:
            reason = await self._looked()
            if reason and reason != last_reason:
                log.warning("nothing is examined, and it is tried again", reason=reason)
            last_reason = reason
            await asyncio.sleep(AWAY if reason else EVERY)

    async def _looked(self) -> str:
        """Do each work once, and return why the first of those that failed could not be done, or ''.

        What its time is over is erased, and what waits is measured, also while a store is away.
        """
        faults = [await _fault_of(work) for work in (self._examiner.once, self._forget, self.measure)]
        return next(filter(None, faults), "")

    async def _forget(self) -> None:
        if time.monotonic() >= self._forget_at:
            await forget_old(self._pool)
            self._forget_at = time.monotonic() + FORGET_EVERY

    async def measure(self) -> None:
        """Measure the backlog, for Prometheus."""
        for gauge, measure in zip(self._gauges, await self._examiner.backlog(), strict=True):
            gauge.set(measure)


async def _fault_of(work: Callable[[], Awaitable[None]]) -> str:
    try:
        await work()
    except (StoreUnavailable, LedgerUnavailable) as fault:
        return str(fault)
    except Exception as fault:  # whatever it is, the next look may go well; it is never silent
        return type(fault).__name__
    return ""


async def forget_old(pool: asyncpg.Pool) -> int:
    """Destroy the keys of forms whose time is over, write the tables anew that held them, and return their number.

    Their rule stands in the database, where they are noted: whoever calls this erases nothing else.
    """
    async with lend(pool) as connection:
        forms = await connection.fetch("SELECT grantee.forget_old()")
        await connection.execute("SELECT grantee.rewrite()")  # also what an earlier call left, which was cut off
    if forms:
        log.info("erased", forms=len(forms))
    return len(forms)
