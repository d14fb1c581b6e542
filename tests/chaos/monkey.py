"""The monkey: SIGKILL, or SIGSTOP and SIGCONT, to one process after another, at moments that follow from a seed.

It signals only what the run has started, by process id.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import psutil

Bounds = tuple[float, float]
"""Seconds: shortest and longest."""

FROZEN: Final[Bounds] = (0.05, 0.5)
"""Between SIGSTOP and SIGCONT."""

LOOK: Final = 0.02
"""Seconds between two looks at whether a process is there."""


class Fault(StrEnum):
    """A deed to a process."""

    KILLED = "killed"
    FROZEN = "frozen"


async def at_once() -> None:
    """Wait for nothing."""


async def by_somebody_else(_: Sequence[psutil.Process]) -> None:
    """Start nothing: a supervisor or the server itself does."""


@dataclass(frozen=True, slots=True)
class Victim:
    """A process that is killed and frozen."""

    find: Callable[[], psutil.Process]
    """Return it as it runs now. Raises psutil.NoSuchProcess if there is none: the monkey looks again."""
    ready: Callable[[], Awaitable[None]] = at_once
    """Wait until it works: killing the dead would prove nothing."""
    restart: Callable[[Sequence[psutil.Process]], Awaitable[None]] = by_somebody_else
    """Start it again after it was killed with its children, which are given."""
    down: Bounds = (0.0, 0.0)
    """How long it stays down."""


Cycle = tuple[str, Fault]
"""The name of a victim, and what is done to it."""


def plan_of(seed: int, names: Sequence[str], cycles: int) -> list[Cycle]:
    """Return the plan of the cycles: every fault of every victim once, in a seeded order, and all over in another."""
    chance = random.Random(seed)  # noqa: S311 - a seeded drill, not a secret
    every = [(name, fault) for name in names for fault in Fault]
    rounds = range(-(-cycles // len(every)))
    return [cycle for _ in rounds for cycle in chance.sample(every, len(every))][:cycles]


class Monkey:
    """Carries out the plan of a seed."""

    def __init__(self, victims: Mapping[str, Victim], seed: int, cycles: int, load: Bounds) -> None:
        """`load`: undisturbed work before each fault."""
        self._victims = victims
        self._random = random.Random(seed)  # noqa: S311 - a seeded drill, not a secret
        self._plan = plan_of(seed, list(victims), cycles)
        self._load = load
        self.done: Counter[str] = Counter()

    async def rage(self, recover: Callable[[], Awaitable[None]] = at_once) -> None:
        """Carry out the plan. After each fault everybody may recover."""
        for name, fault in self._plan:
            victim = self._victims[name]
            await victim.ready()
            await self._sleep(self._load)
            await self._strike(victim, fault)
            self.done[f"{name} {fault}"] += 1
            await recover()

    async def _strike(self, victim: Victim, fault: Fault) -> None:
        """Do it or, if the process went away in the meantime, do it to the one in its place."""
        while True:
            with suppress(psutil.NoSuchProcess):
                return await self._strike_now(victim, fault)
            await asyncio.sleep(LOOK)

    async def _strike_now(self, victim: Victim, fault: Fault) -> None:
        process = victim.find()
        match fault:
            case Fault.FROZEN:
                async with frozen(process):
                    await self._sleep(FROZEN)
            case Fault.KILLED:
                family = [process, *process.children()]
                process.kill()
                await self._sleep(victim.down)
                await victim.restart(family)

    async def _sleep(self, bounds: Bounds) -> None:
        await asyncio.sleep(self._random.uniform(*bounds))


@asynccontextmanager
async def frozen(process: psutil.Process) -> AsyncIterator[None]:
    """Hold a process still meanwhile."""
    process.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):
            process.resume()
