"""Open workflows: those that run, and those that an operator paused. The one place that decides it.

The SDK cannot name the status of a paused workflow, nor one that a later server adds, so none of its own listings and
descriptions is used here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.enums.v1 import WorkflowExecutionStatus as Status
from temporalio.api.workflow.v1 import PendingWorkflowTaskInfo, WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeWorkflowExecutionRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client
from temporalio.converter import decode_typed_search_attributes
from temporalio.service import RPCError

from deploy.connections import is_unknown
from workflows.attributes import VERSION

OPEN: Final = "CloseTime IS NULL"
"""The visibility query for what is open. It names no status, so that it finds those of later servers too."""

PAGE: Final = 1000

AT_ONCE_AGAIN: Final = 3
"""Attempts at a task that the server offers without a pause. Each further pause is twice as long, up to ten minutes."""


class State(StrEnum):
    """The state of a workflow."""

    RUNNING = "running"
    PAUSED = "paused"
    """An operator paused it: it takes no step and answers nobody, and signals wait."""
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """Its status is one that this release cannot name. It has not closed."""


class Workflow(NamedTuple):
    """A run of a workflow, as Temporal tells of it."""

    id: str
    run_id: str
    type: str
    state: State
    version: int
    """The version of its stream that it last published as known, or 0 if it published none."""
    paused: str = ""
    """The operator who paused it, the time and the reason, in words, if it was described."""
    failing: str = ""
    """How often its task failed in a row and since when, in words, if it was described and the server pauses it."""

    @property
    def is_open(self) -> bool:
        """True unless it has closed."""
        return self.state is not State.CLOSED


async def open_workflows(client: Client, where: str = "", limit: int | None = None) -> AsyncIterator[Workflow]:
    """Yield the open workflows, the newest first, by Temporal's index, which may lag by a moment.

    `where`: what else they must be, as a visibility query. `limit`: at most so many.

    Raises:
        RPCError: Temporal does not answer.
    """
    async for workflow in _listed(client, f"{OPEN} AND {where}" if where else OPEN, limit):
        yield workflow


async def closed_runs(client: Client, where: str) -> AsyncIterator[Workflow]:
    """Yield the closed runs that Temporal still keeps. `where` and errors: as `open_workflows`."""
    async for workflow in _listed(client, f"CloseTime IS NOT NULL AND {where}", None):
        yield workflow


async def last_completed(client: Client, workflow_type: str) -> datetime | None:
    """Return when the run of a type that completed last began, by Temporal's index, or None if it keeps none.

    Raises:
        RPCError: Temporal does not answer.
    """
    query = f"WorkflowType = '{workflow_type}' AND ExecutionStatus = 'Completed'"
    request = ListWorkflowExecutionsRequest(namespace=client.namespace, query=query, page_size=1)
    answer = await client.workflow_service.list_workflow_executions(request, retry=True)
    return next((info.start_time.ToDatetime(UTC) for info in answer.executions), None)


async def _listed(client: Client, query: str, limit: int | None) -> AsyncIterator[Workflow]:
    page, remaining = b"", limit
    while remaining is None or remaining > 0:
        size = PAGE if remaining is None else min(PAGE, remaining)
        request = ListWorkflowExecutionsRequest(
            namespace=client.namespace, query=query, page_size=size, next_page_token=page
        )
        answer = await client.workflow_service.list_workflow_executions(request, retry=True)
        for info in answer.executions[:size]:
            yield _workflow(info)
        page, remaining = answer.next_page_token, None if remaining is None else remaining - len(answer.executions)
        if not page:
            return


async def count_open(client: Client, where: str = "") -> int:
    """Return the number of open workflows. `where` and errors: as `open_workflows`."""
    request = CountWorkflowExecutionsRequest(namespace=client.namespace, query=f"{OPEN} AND {where}" if where else OPEN)
    return int((await client.workflow_service.count_workflow_executions(request, retry=True)).count)


async def describe(client: Client, workflow_id: str, within: timedelta | None = None) -> Workflow | None:
    """Return the newest run of a workflow, by Temporal itself rather than its index, or None if it keeps none.

    Raises:
        RPCError: Temporal does not answer.
    """
    request = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=Execution(workflow_id=workflow_id))
    try:
        answer = await client.workflow_service.describe_workflow_execution(request, retry=True, timeout=within)
    except RPCError as fault:
        if is_unknown(fault):
            return None
        raise
    pause = answer.workflow_extended_info.pause_info
    when = f"{pause.paused_time.ToDatetime():%Y-%m-%d %H:%M} UTC"
    pause_words = f"{pause.identity or 'somebody'}, {when}: {pause.reason or 'no reason given'}"
    return _workflow(answer.workflow_execution_info)._replace(
        paused=pause_words if pause.HasField("paused_time") else "", failing=_failing(answer.pending_workflow_task)
    )


def fails_again_and_again(task: PendingWorkflowTaskInfo) -> bool:
    """True if the server pauses before it offers a task once more, or the task is under way again."""
    return task.attempt > AT_ONCE_AGAIN


def _failing(task: PendingWorkflowTaskInfo) -> str:
    if not fails_again_and_again(task):
        return ""
    since = f" since {task.original_scheduled_time.ToDatetime():%Y-%m-%d %H:%M} UTC"
    return f"{task.attempt - 1} times{since if task.HasField('original_scheduled_time') else ''}"


async def is_open(client: Client, workflow_id: str) -> bool:
    """True if a workflow is open, according to Temporal itself. Raises as `describe` does."""
    workflow = await describe(client, workflow_id)
    return workflow is not None and workflow.is_open


def _workflow(info: WorkflowExecutionInfo) -> Workflow:
    version = decode_typed_search_attributes(info.search_attributes).get(VERSION)
    return Workflow(info.execution.workflow_id, info.execution.run_id, info.type.name, _state(info), version or 0)


def _state(info: WorkflowExecutionInfo) -> State:
    match info.status:
        case Status.WORKFLOW_EXECUTION_STATUS_RUNNING:
            return State.RUNNING
        case Status.WORKFLOW_EXECUTION_STATUS_PAUSED:
            return State.PAUSED
        case _ if info.HasField("close_time"):
            return State.CLOSED
        case _:
            return State.UNKNOWN
