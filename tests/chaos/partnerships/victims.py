"""The monkey's victims around partnerships. The stack's supervisor starts them again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Final

import psutil

from deploy.embedded.stack import Stack
from tests.chaos.monkey import LOOK, Victim

TARGETS: Final = ("worker", "temporal", "postgres")


def victims_of(stack: Stack, seed: int) -> dict[str, Victim]:
    """Return the monkey's victims, by name. Of the workers, it is one by chance."""
    chance = random.Random(f"victims {seed}")  # noqa: S311 - a seeded drill, not a secret

    def pids(target: str) -> list[int]:
        match target:
            case "postgres":
                return [stack.postgres.pid] if stack.postgres.alive() else []
            case "temporal":
                return [stack.temporal.pid] if stack.temporal.alive() else []
            case _:
                return [worker.pid for worker in stack.workers if worker.alive()]

    def find(target: str) -> psutil.Process:
        if not (found := pids(target)):
            raise psutil.NoSuchProcess(0)
        return psutil.Process(chance.choice(found))

    return {target: _victim(target, find, pids) for target in TARGETS}


def _victim(target: str, find: Callable[[str], psutil.Process], pids: Callable[[str], list[int]]) -> Victim:
    async def ready() -> None:
        while not pids(target):
            await asyncio.sleep(LOOK)

    return Victim(lambda: find(target), ready=ready)
