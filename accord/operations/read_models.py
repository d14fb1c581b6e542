"""Read models rebuilt and verified by several processes: each takes streams that no other one has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

from deploy.database import closing, open_pool
from deploy.loop import work_through
from ledger import Ledger
from ledger.projections import Projection, Projector
from ledger.projections.comparing import Share, differences_of_several
from records.opening import open_ledger
from records.read_models.judging import judge_of
from records.read_models.projectors import ALL

FEW: Final = 5_000
"""Events up to which this process alone is done sooner than others start."""

_MOST: Final = 7
"""The most processes beside this one. The database has as much to do as each of them."""

Difference = tuple[str, str, str]
"""A read model, a stream, and what is shown of it that its events do not make."""


class Processes(NamedTuple):
    """The processes beside this one, and the address of their database."""

    address: str = ""
    executor: Executor | None = None
    helper_count: int = 0

    async def rebuild(self, projector: Projector, ledger: Ledger, progress: Callable[[int], Any]) -> int:
        """Rebuild a read model as `Projector.rebuild` does, and return the position.

        `progress` is called with about the number of events that all processes folded so far.

        Raises:
            ProjectionStopped: An event was changed, or is gone.
        """
        await projector.begin_rebuilding()
        name, count = projector.projection.name, await self._helpers_for(ledger)
        helpers = [self._helped(name) for _ in range(count)]
        await asyncio.gather(projector.refold(lambda events: progress(events * (count + 1))), *helpers)
        return await projector.catch_up()

    async def differences(self, ledger: Ledger, progress: Callable[[str, int], Any]) -> list[Difference]:
        """Return where read models differ from the ledger, in the order of models and streams.

        `progress` is called with a model and about the number of its events that were compared so far.
        """
        share_count = await self._helpers_for(ledger) + 1
        shares = [Share(number, share_count) for number in range(share_count)]
        own = compared(ledger, shares[0], lambda name, events: progress(name, events * share_count))
        found = await asyncio.gather(own, *[self._compared(ledger, share) for share in shares[1:]])
        names = [projection.name for projection in ALL]
        return sorted(
            (difference for differences in found for difference in differences),
            key=lambda difference: (names.index(difference[0]), difference),
        )

    async def _helpers_for(self, ledger: Ledger) -> int:
        return self.helper_count if self.helper_count and await ledger.head() > FEW else 0

    async def _helped(self, name: str) -> None:
        """Let a process fold beside this one. What it had taken when it was killed is folded here."""
        with suppress(BrokenProcessPool):
            await asyncio.get_running_loop().run_in_executor(self.executor, refold, self.address, name)

    async def _compared(self, ledger: Ledger, share: Share) -> list[Difference]:
        """Let a process compare its share. It is compared here if that was killed."""
        with suppress(BrokenProcessPool):
            return await asyncio.get_running_loop().run_in_executor(self.executor, compare, self.address, share)
        return await compared(ledger, share)


ALONE: Final = Processes()
"""This process by itself."""


@contextmanager
def processes(address: str) -> Iterator[Processes]:
    """Keep a process for each processor but one, which are started where there is enough to do."""
    count = min(_MOST, (os.cpu_count() or 1) - 1)
    if count <= 0:
        yield ALONE
        return
    try:
        # Not forked: a copy of this process would share its connections.
        executor = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    except OSError:  # no shared memory here, in which processes wait for each other
        yield ALONE
        return
    with executor:
        yield Processes(address, executor, count)


def refold(address: str, name: str) -> int:
    """Fold forgotten streams of a read model, in a process of its own, and return the number of their events."""

    async def work() -> int:
        async with closing(await open_pool(address, 2)) as pool:
            ledger = open_ledger(pool)
            projection = next(projection for projection in ALL if projection.name == name)
            return await Projector(ledger, projection, judge_of(ledger)).refold()

    return work_through(work())


def compare(address: str, share: Share) -> list[Difference]:
    """Compare a share of the streams, in a process of its own."""

    async def work() -> list[Difference]:
        async with closing(await open_pool(address, 2)) as pool:
            return await compared(open_ledger(pool), share)

    return work_through(work())


async def compared(
    ledger: Ledger, share: Share, progress: Callable[[str, int], Any] = lambda name, events: None
) -> list[Difference]:
    """Return where read models differ from the ledger in a share of the streams."""
    judge, found = judge_of(ledger), list[Difference]()
    for prefix in dict.fromkeys(projection.prefix for projection in ALL):
        models = [projection for projection in ALL if projection.prefix == prefix]

        def follow(events: int, models: Sequence[Projection] = models) -> None:
            for projection in models:
                progress(projection.name, events)

        faults = await differences_of_several(ledger, models, judge, follow, share)
        found += [(name, *fault) for name, fault in faults]
    return found
