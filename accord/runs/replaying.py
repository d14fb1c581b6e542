"""Replay open workflows with the code that is installed here, before any of them is given to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DefaultFailureConverter
from temporalio.service import RPCError
from temporalio.worker import Replayer

from accord.presentation.faults import Unreachable
from accord.runs.open_workflows import Workflow, open_workflows
from deploy.connections import runtime, temporal_answer
from deploy.registered import WORKFLOWS, sandbox
from workflows.refreshing import RegisterRefreshWorkflow


class HistoryReplay(NamedTuple):
    """A history that was replayed, and its fault, or '' if there is none."""

    workflow_id: str
    fault: str


def replayer_of(client: Client) -> Replayer:
    """Return a replayer with this machine's code, which reads what a client reads, and says why it fails in words."""
    in_words = replace(client.data_converter, failure_converter_class=DefaultFailureConverter)
    return Replayer(
        workflows=[*WORKFLOWS, RegisterRefreshWorkflow], workflow_runner=sandbox(), namespace=client.namespace,
        data_converter=in_words, runtime=runtime(),
    )  # fmt: skip


def has_decided(history: WorkflowHistory) -> bool:
    """True if a worker ever answered for a run. One that waits for its first task made nothing that could differ.

    The server holds that task back from a child whose parent does not know of it yet, and from a run that began anew
    too soon. The SDK's replayer would wait for it without end.
    """
    return any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED for event in history.events)


async def replay_open(
    client: Client, sample: int, draw: random.Random, progress: Callable[[], Any]
) -> list[HistoryReplay]:
    """Replay so many open workflows, drawn by chance, but for those that have yet to decide anything.

    `progress` is called after each.

    Raises:
        Unreachable: Temporal does not answer.
    """
    replayer = replayer_of(client)
    try:
        workflows = [workflow async for workflow in open_workflows(client)]
        replays = []
        for workflow in draw.sample(workflows, min(sample, len(workflows))):
            if (fault := await fault_of(client, replayer, workflow)) is not None:
                replays.append(HistoryReplay(workflow.id, fault))
            progress()
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault
    return replays


async def fault_of(client: Client, replayer: Replayer, workflow: Workflow) -> str | None:
    """Return why a run does not replay, or '' if it does, or None if it has yet to decide anything.

    Raises:
        RPCError: Temporal does not answer.
    """
    history = await client.get_workflow_handle(workflow.id, run_id=workflow.run_id).fetch_history()
    if not has_decided(history):
        return None
    fault = (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure
    return "" if fault is None else f"{type(fault).__name__}: {fault}".splitlines()[0]
