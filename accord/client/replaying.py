"""Replay open workflows with the code that is installed here, before any of them is given to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Replayer

from accord.client.faults import Unreachable
from worker import WORKFLOWS, sandbox


class Replayed(NamedTuple):
    """A history that was replayed, and what went wrong; '' if nothing did."""

    workflow_id: str
    fault: str


def replayer_of(client: Client) -> Replayer:
    """Return a replayer with this machine's code, which reads what a client reads."""
    return Replayer(
        workflows=list(WORKFLOWS), data_converter=client.data_converter, namespace=client.namespace,
        workflow_runner=sandbox(),
    )  # fmt: skip


async def replay_open(client: Client, sample: int, draw: random.Random, progress: Callable[[], Any]) -> list[Replayed]:
    """Replay so many open workflows, drawn by chance. `progress` is called after each.

    Raises:
        Unreachable: Temporal does not answer.
    """
    replayer = replayer_of(client)
    try:
        running = [one async for one in client.list_workflows("ExecutionStatus = 'Running'")]
        found = []
        for one in draw.sample(running, min(sample, len(running))):
            history = await client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history()
            told = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            fault = told.replay_failure
            found.append(Replayed(one.id, "" if fault is None else f"{type(fault).__name__}: {fault}".splitlines()[0]))
            progress()
    except RPCError as fault:
        raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
    return found
