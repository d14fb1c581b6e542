"""The server's own service, as far as the product asks it past the SDK: what is open, and how one workflow stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from temporalio.api.enums.v1 import WorkflowExecutionStatus as Standing
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsResponse,
    DescribeWorkflowExecutionResponse,
    ListWorkflowExecutionsResponse,
)
from temporalio.service import RPCError, RPCStatusCode

from tests.simulation.temporal.history import Run, Status
from tests.simulation.temporal.host import Host

STANDING: Final = {
    Status.RUNNING: Standing.WORKFLOW_EXECUTION_STATUS_RUNNING,
    Status.COMPLETED: Standing.WORKFLOW_EXECUTION_STATUS_COMPLETED,
    Status.FAILED: Standing.WORKFLOW_EXECUTION_STATUS_FAILED,
    Status.CANCELED: Standing.WORKFLOW_EXECUTION_STATUS_CANCELED,
    Status.TERMINATED: Standing.WORKFLOW_EXECUTION_STATUS_TERMINATED,
    Status.CONTINUED_AS_NEW: Standing.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
}

Test = Callable[[Run, str, str], bool]


def _is_so(run: Run, name: str, value: str) -> bool:
    """True if a search attribute has a value. A query writes it as the index would."""
    shown = run.shown.get(name)
    return shown is not None and json.dumps(json.loads(shown.data)) == value


CONDITIONS: Final[dict[str, Test]] = {
    r"(CloseTime) IS (NULL|NOT NULL)": lambda run, _, value: run.open is (value == "NULL"),
    r"(WorkflowType) = '(\w+)'": lambda run, _, value: run.workflow_type == value,
    r"(WorkflowType) IN \((.*)\)": lambda run, _, value: f"'{run.workflow_type}'" in value,
    r"(WorkflowId) = '(.*)'": lambda run, _, value: run.workflow_id == value,
    r"(WorkflowId) STARTS_WITH '(.*)'": lambda run, _, value: run.workflow_id.startswith(value),
    r"(ExecutionStatus) = '(\w+)'": lambda run, _, value: (run.open and not run.paused) is (value == "Running"),
    r"(Accord\w+) = (\w+)": _is_so,
}
"""What a query may ask, and how a run answers it."""


class Service:
    """As much of the service as the product asks."""

    def __init__(self, host: Host, answers: Callable[[], None]) -> None:
        """`answers` raises what a client meets where the server is away."""
        self._host, self._answers = host, answers

    async def describe_workflow_execution(self, request: Any, **_: Any) -> DescribeWorkflowExecutionResponse:
        """Return the state of the newest run of a workflow."""
        self._answers()
        run = self._host.newest(request.execution.workflow_id)
        if run is None:
            raise RPCError(f"workflow not found for ID: {request.execution.workflow_id}", RPCStatusCode.NOT_FOUND, b"")
        return DescribeWorkflowExecutionResponse(workflow_execution_info=_told(run))

    async def list_workflow_executions(self, request: Any, **_: Any) -> ListWorkflowExecutionsResponse:
        """Return the runs that fit a query, the newest first."""
        return ListWorkflowExecutionsResponse(executions=map(_told, self._fitting(request.query)))

    async def count_workflow_executions(self, request: Any, **_: Any) -> CountWorkflowExecutionsResponse:
        """Return the number of runs that fit a query."""
        return CountWorkflowExecutionsResponse(count=len(self._fitting(request.query)))

    def _fitting(self, query: str) -> list[Run]:
        self._answers()
        asked = [_condition(one) for one in query.split(" AND ")]
        return [run for run in reversed(self._host.runs.values()) if all(fits(run) for fits in asked)]


def _condition(told: str) -> Callable[[Run], bool]:
    for pattern, fits in CONDITIONS.items():
        if found := re.fullmatch(pattern, told.strip()):
            name, value = found.groups()
            return lambda run: fits(run, name, value)
    raise NotImplementedError(f"no query asked {told!r} before; say in CONDITIONS what it means")


def _told(run: Run) -> WorkflowExecutionInfo:
    info = WorkflowExecutionInfo(status=STANDING[run.status])
    info.execution.workflow_id, info.execution.run_id = run.workflow_id, run.run_id
    info.type.name = run.workflow_type
    for name, value in run.shown.items():
        info.search_attributes.indexed_fields[name].CopyFrom(value)
    info.start_time.FromDatetime(run.started_at)
    if run.paused and run.open:
        info.status = Standing.WORKFLOW_EXECUTION_STATUS_PAUSED
    if run.closed_at is not None:
        info.close_time.FromDatetime(run.closed_at)
    return info
