"""A test waits for a thing and never for a second: on a slow machine the suite takes longer, and nothing fails.

The one bound is a backstop against what never comes. It is minutes long, and no test says anything about it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final, TypeVar

from temporalio.worker import _workflow as sdk

import worker
from accord.runs import catching_up as reconciliation
from deploy import database
from deploy.embedded import bank, processes, temporal

Found = TypeVar("Found")

BACKSTOP: Final = 300.0
"""Seconds after which what did not come is held to be lost; pytest's own time-out is longer than several of these."""

LOOK_AGAIN: Final = 0.02
"""Seconds before the second look."""
SELDOM: Final = 0.25
"""Seconds between looks for what takes long: each look takes time from the very thing that is waited for."""


async def until(look: Callable[[], Awaitable[Found]]) -> Found:
    """Look again and again until there is something, and return it. Raises TimeoutError where it never comes.

    Each pause is a tenth longer than the one before, so that nobody waits a tenth longer than they must.
    """
    pause = LOOK_AGAIN
    async with asyncio.timeout(BACKSTOP):
        while not (found := await look()):
            await asyncio.sleep(pause)
            pause = min(pause * 1.1, SELDOM)
    return found


def lift_time_limits() -> None:
    """Lift the time limits of the product and its SDK: in a test, they would tell of the machine alone."""
    database.CONNECT_TIMEOUT = BACKSTOP  # type: ignore[misc]
    bank.START_SECONDS = BACKSTOP  # type: ignore[misc]
    processes.STOP_SECONDS = BACKSTOP  # type: ignore[misc]
    temporal.TEMPORAL_START_SECONDS = BACKSTOP  # type: ignore[misc]
    worker.STICKY_TIMEOUT = timedelta(seconds=BACKSTOP)  # type: ignore[misc]
    reconciliation.ANSWER_WITHIN = timedelta(seconds=BACKSTOP)  # type: ignore[misc]
    _let_workflows_take_their_time()


def _let_workflows_take_their_time() -> None:
    """The SDK takes a workflow that computes for two seconds for a deadlock, and fails its task or its replay."""
    made = sdk._WorkflowWorker.__init__

    @wraps(made)
    def patiently(self: Any, *arguments: Any, **more: Any) -> None:
        made(self, *arguments, **more)
        assert self._deadlock_timeout_seconds == 2, "the SDK looks for deadlocks in another way"
        self._deadlock_timeout_seconds = BACKSTOP

    sdk._WorkflowWorker.__init__ = patiently  # type: ignore[method-assign]
