"""Operators' deeds meanwhile: ramp one of two versions of workers, make it current, go back, let runs begin anew."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from typing import Final

from temporalio.client import Client

from accord.runs import versions
from accord.runs.refreshing_runs import begin_anew
from deploy.build import DEPLOYMENT
from tests.chaos.partnerships.drive import persist
from tests.waiting import until

BUILDS: Final = ("first", "second")
"""The versions, each with a worker of its own."""

SHORTEST, LONGEST = 0.3, 1.5
"""Seconds between two acts."""

OPEN: Final = "ExecutionStatus = 'Running'"
STRAGGLERS: Final = 3
"""The open runs on the version before, at most, when the next is deployed."""


class Operator:
    """Deploys one version and then the other, so many times."""

    def __init__(self, client: Client, seed: int, deploys: int) -> None:
        self._client = client
        self._deploys = deploys
        self._random = random.Random(f"operator {seed}")  # noqa: S311 - a seeded drill, not a secret
        self.done: Counter[str] = Counter()

    async def begin(self) -> None:
        """Let the first version have one half of new work, and the second the other."""
        await persist(lambda: versions.make_current(self._client, BUILDS[0]))
        await persist(lambda: versions.ramp(self._client, BUILDS[1], 50))

    async def rage(self) -> None:
        """Ramp the next version, make it current and let open runs begin anew, so many times.

        Not before something ran on the version before it: on a busy machine work begins late. And not before open runs
        have followed to the one that is current: on a slow machine they would do nothing else.
        """
        for before, build in islice(cycle((BUILDS, BUILDS[::-1])), self._deploys):
            await until(lambda before=before: self._ran(before))
            await self._do("ramped", lambda build=build: versions.ramp(self._client, build, 50))
            await self._do("made current", lambda build=build: versions.make_current(self._client, build))
            await self._do("begun anew", lambda: begin_anew(self._client, "", 50, lambda _: None))
            await until(lambda before=before: self._has_left(before))

    async def _do(self, name: str, act: Callable[[], Awaitable[object]]) -> None:
        await asyncio.sleep(self._random.uniform(SHORTEST, LONGEST))
        await persist(act)
        self.done[name] += 1

    async def idle(self) -> list[str]:
        """A version on which nothing ever ran: the episode showed nothing of two."""
        return [f"nothing ran on the version {build}" for build in BUILDS if not await self._ran(build)]

    async def _ran(self, build: str) -> int:
        return await self._count(f"TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{build}'")

    async def _has_left(self, build: str) -> bool:
        """True if next to no open run is on that version: one on which work was begun before may stay for long."""
        return await self._count(f"TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{build}' AND {OPEN}") <= STRAGGLERS

    async def _count(self, query: str) -> int:
        return (await persist(lambda: self._client.count_workflows(query))).count
