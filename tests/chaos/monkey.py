"""The monkey: SIGKILL to a worker, to Temporal or to PostgreSQL, at moments that follow from a seed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import suppress

from deploy.embedded.stack import Stack

SHORTEST, LONGEST = 0.4, 1.6
"""Seconds between two kills."""

TARGETS = ("worker", "temporal", "postgres")


class Monkey:
    """Kills each target a number of times; the stack's supervisor starts them again."""

    def __init__(self, stack: Stack, seed: int, kills_each: int) -> None:
        self._stack = stack
        self._random = random.Random(seed)  # noqa: S311 - a seeded drill, not a secret
        self._plan = [target for target in TARGETS for _ in range(kills_each)]
        self._random.shuffle(self._plan)
        self.killed: Counter[str] = Counter()

    async def rage(self) -> None:
        """Carry out the plan."""
        for target in self._plan:
            await asyncio.sleep(self._random.uniform(SHORTEST, LONGEST))
            await self._until_alive(target)
            with suppress(ProcessLookupError):
                os.kill(self._pid(target), signal.SIGKILL)
                self.killed[target] += 1

    async def _until_alive(self, target: str) -> None:
        """Killing the dead would prove nothing."""
        while not self._alive(target):
            await asyncio.sleep(0.1)

    def _alive(self, target: str) -> bool:
        match target:
            case "postgres":
                return self._stack.postgres.alive()
            case "temporal":
                return self._stack.temporal.alive()
            case _:
                return any(worker.alive() for worker in self._stack.workers)

    def _pid(self, target: str) -> int:
        match target:
            case "postgres":
                return self._stack.postgres.pid
            case "temporal":
                return self._stack.temporal.pid
            case _:
                return self._random.choice([worker.pid for worker in self._stack.workers if worker.alive()])
