"""Read models folded anew by several processes: each takes streams that no other one has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

from deploy.database import closing, open_pool
from ledger.projections import Projector
from records.opening import open_ledger
from records.read_models.judging import judge_of
from records.read_models.projectors import ALL

_MOST: Final = 7
"""The most processes beside this one. The database has as much to do as each of them."""


class Refolding(NamedTuple):
    """The processes beside this one that fold, and the address of their database."""

    address: str
    executor: Executor | None
    """None where this process is the only one."""
    helper_count: int

    async def rebuild(self, projector: Projector, progress: Callable[[int], Any] = lambda events: None) -> int:
        """Rebuild a read model as `Projector.rebuild` does, and return the position.

        `progress` is called with about the number of events that all processes folded so far.

        Raises:
            ProjectionStopped: An event was changed, or is gone.
        """
        await projector.begin_rebuilding()
        share = self.helper_count + 1
        helpers = [self._helped(projector.projection.name) for _ in range(self.helper_count)]
        await asyncio.gather(projector.refold(lambda events: progress(events * share)), *helpers)
        return await projector.catch_up()

    async def _helped(self, name: str) -> None:
        """Let a process fold beside this one. What it had taken when it was killed is folded here."""
        with suppress(BrokenProcessPool):
            await asyncio.get_running_loop().run_in_executor(self.executor, refold, self.address, name)


@contextmanager
def refolding(address: str) -> Iterator[Refolding]:
    """Keep a process for each processor but one, which fold beside this process."""
    count = min(_MOST, len(os.sched_getaffinity(0)) - 1)
    if count <= 0:
        yield Refolding(address, None, 0)
        return
    # Not forked: a copy of this process would share its connections.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as executor:
        yield Refolding(address, executor, count)


def refold(address: str, name: str) -> int:
    """Fold what a read model forgot, in a process of its own, and return how many events that were."""
    return asyncio.run(_refolded(address, name))


async def _refolded(address: str, name: str) -> int:
    async with closing(await open_pool(address, 2)) as pool:
        ledger = open_ledger(pool)
        projection = next(projection for projection in ALL if projection.name == name)
        return await Projector(ledger, projection, judge_of(ledger)).refold()
