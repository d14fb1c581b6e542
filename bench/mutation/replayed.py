"""The replay of the golden histories as the oracle of workflows. `unnoticed` lists its blind spots."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple

import pytest
from temporalio.client import WorkflowHistory

from bench.mutation.trial import Order

PATIENCE: Final = 20.0
"""Seconds after which a history counts as one that does not replay: the mutant goes round in circles."""


class Golden(NamedTuple):
    """A golden history under its name."""

    name: str
    history: WorkflowHistory


class Replays(NamedTuple):
    """The golden histories, in process and without the sandbox, which would load each workflow's modules for each."""

    goldens: tuple[Golden, ...]
    limit: float
    left_out: frozenset[str] = frozenset()

    def run(self, order: Order) -> int:
        """Replay them, the likeliest to fail first. Return an exit code of pytest's."""
        found = queue.SimpleQueue[bool]()
        ranks = {name: rank for rank, name in enumerate(order.likely)}
        chosen = [one for one in self.goldens if one.name not in self.left_out]
        chosen.sort(key=lambda one: ranks.get(one.name, len(ranks)))
        # What goes round in circles cannot be interrupted, so it is left behind in its thread.
        threading.Thread(target=_replay, args=(chosen, found), daemon=True).start()
        for one in chosen:
            if not _comes(found):
                order.failed.append(one.name)
                if order.stop:
                    break
        return int(pytest.ExitCode.TESTS_FAILED if order.failed else pytest.ExitCode.OK)


def _comes(found: queue.SimpleQueue[bool]) -> bool:
    try:
        return found.get(timeout=PATIENCE)
    except queue.Empty:
        return False


def longest_goldens() -> tuple[Golden, ...]:
    """Read the golden histories, except those that another one of the same run goes on from."""
    from tests.workflows.replay import goldens

    longest: dict[str, Golden] = {}
    for path in goldens.histories():
        golden = Golden(goldens.name_of(path), goldens.golden(path))
        run = golden.history.events[0].workflow_execution_started_event_attributes.original_execution_run_id
        if run not in longest or len(longest[run].history.events) < len(golden.history.events):
            longest[run] = golden
    return tuple(longest.values())


def _replay(chosen: Sequence[Golden], found: queue.SimpleQueue[bool]) -> None:
    """Replay golden histories one after the other, and say of each whether it does."""
    try:
        asyncio.run(_replay_each(chosen, found))
    except Exception:  # the mutated module cannot be imported, or is no workflow any more
        found.put(False)


async def _replay_each(chosen: Sequence[Golden], found: queue.SimpleQueue[bool]) -> None:
    async with _replayer().workflow_replay_iterator(_histories(chosen)) as replayed:
        async for one in replayed:
            found.put(one.replay_failure is None)


async def _histories(chosen: Sequence[Golden]) -> AsyncIterator[WorkflowHistory]:
    for one in chosen:
        yield one.history


def _replayer() -> Any:
    """Return a replayer of all workflows, in the form in which the mutant leaves them."""
    from temporalio.contrib.pydantic import pydantic_data_converter
    from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

    from tests.workflows.replay.goldens import workflows

    return Replayer(
        workflows=workflows(),
        data_converter=pydantic_data_converter,
        namespace="default",
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
