"""The server as the product's own code meets it: in place of `temporalio.client.Client`, with its answers, faults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from temporalio.api.enums.v1 import WorkflowIdReusePolicy as Again
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHistoryEventFilterType,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDReusePolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from tests.simulation.temporal.history import Run, Status, end_of, told_events
from tests.simulation.temporal.host import AlreadyStarted, Host, NotFound
from tests.simulation.temporal.instances import Diverged, TaskFailed
from tests.simulation.temporal.service import Service


def _not_found(workflow_id: str) -> RPCError:
    return RPCError(f"workflow not found for ID: {workflow_id}", RPCStatusCode.NOT_FOUND, b"")


def _away() -> RPCError:
    return RPCError("the server is away", RPCStatusCode.UNAVAILABLE, b"")


async def _payloads(arguments: tuple[Any, ...]) -> Any:
    return await pydantic_data_converter.encode(arguments) if arguments else []


PAUSED: Final = 8
"""The status of a paused workflow (server 1.32), for which the SDK has no name."""


class Description(NamedTuple):
    """The server's description of a workflow."""

    id: str
    status: WorkflowExecutionStatus


class Client:
    """As much of a client as the product uses. Every call lets the server work until it is at rest."""

    namespace = "simulation"
    data_converter = pydantic_data_converter

    def __init__(self, host: Host) -> None:
        self.host = host
        self.away = False
        """Whether the server does not answer."""
        self.workflow_service = Service(host, self.answers)

    def get_workflow_handle(self, workflow_id: str, *, run_id: str | None = None, **_: Any) -> Handle:
        """Return a handle to a workflow's newest run, or to the one that is named."""
        return Handle(self, workflow_id, run_id)

    def get_workflow_handle_for(self, workflow: Any, workflow_id: str, **_: Any) -> Handle:
        """Return a handle to the newest run of a workflow."""
        del workflow
        return Handle(self, workflow_id)

    async def start_workflow(
        self,
        workflow: Any,
        *given: Any,
        id: str,  # noqa: A002 - the SDK's own name
        id_reuse_policy: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        **_: Any,
    ) -> Handle:
        """Start a workflow. Raises WorkflowAlreadyStartedError."""
        self.answers()
        name = workflow if isinstance(workflow, str) else _name_of(workflow)
        try:
            self.host.start(id, name, await _payloads(given), _again(id_reuse_policy))
        except AlreadyStarted:
            raise WorkflowAlreadyStartedError(id, name) from None
        await self.host.settle()
        return Handle(self, id)

    async def execute_update_with_start_workflow(
        self,
        update: Any,
        *given: Any,
        start_workflow_operation: WithStartWorkflowOperation[Any, Any],
        id: str,  # noqa: A002 - the SDK's own name
        result_type: Any = None,
        **_: Any,
    ) -> Any:
        """Start a workflow unless it runs, and update it."""
        self.answers()
        wanted = start_workflow_operation._start_workflow_input
        newest = self.host.newest(wanted.id)
        if newest is None or not newest.open:
            try:
                again = _again(wanted.id_reuse_policy)
                self.host.start(wanted.id, wanted.workflow, await _payloads(tuple(wanted.args)), again)
            except AlreadyStarted:
                raise WorkflowAlreadyStartedError(wanted.id, wanted.workflow) from None
        return await self.updated(wanted.id, update, given, id, result_type)

    async def updated(self, workflow_id: str, name: str, given: Any, update_id: str, result_type: Any) -> Any:
        """Update a workflow and return what it answers, or raise what a client would."""
        self.answers()
        if workflow_id in self.host.paused:
            raise RPCError("Workflow is paused. Cannot update the workflow.", RPCStatusCode.FAILED_PRECONDITION, b"")
        try:
            run = self.host.update(workflow_id, name, await _payloads(given), update_id)
        except NotFound:
            raise _not_found(workflow_id) from None
        await self.host.settle()
        return await self._answer(run, update_id, result_type)

    async def _answer(self, run: Run, update_id: str, result_type: Any) -> Any:
        answer = run.answered.get(update_id)
        match answer:
            case None if run.open:
                raise WorkflowUpdateRPCTimeoutOrCancelledError
            case None:
                raise _not_found(run.workflow_id)
            case Failure():
                raise WorkflowUpdateFailedError(await pydantic_data_converter.decode_failure(answer))
            case _:
                (value,) = await pydantic_data_converter.decode([answer], [result_type] if result_type else None)
                return value

    def answers(self) -> None:
        """Raise the error of a client whose server is away."""
        if self.away:
            raise _away()


class Handle:
    """A handle to a workflow."""

    def __init__(self, client: Client, workflow_id: str, run_id: str | None = None) -> None:
        self._client, self.id, self._run_id = client, workflow_id, run_id

    async def fetch_history_events(
        self, *, event_filter_type: WorkflowHistoryEventFilterType = WorkflowHistoryEventFilterType.ALL_EVENT
    ) -> AsyncIterator[HistoryEvent]:
        """Yield the events of a run that tell its start, what its local activities answered, and who ended it."""
        run = self._client.host.runs.get(self._run_id or "") or self._client.host.newest(self.id)
        if run is None:
            raise _not_found(self.id)
        for event in told_events(run) if event_filter_type is WorkflowHistoryEventFilterType.ALL_EVENT else end_of(run):
            yield event

    async def execute_update(
        self,
        update: Any,
        *given: Any,
        id: str,  # noqa: A002 - the SDK's own name
        result_type: Any = None,
        **_: Any,
    ) -> Any:
        """Update the workflow and wait for its answer."""
        return await self._client.updated(self.id, update, given, id, result_type)

    async def signal(
        self, signal: str, *given: Any, args: Sequence[Any] = (), rpc_timeout: timedelta | None = None, **_: Any
    ) -> None:
        """Signal the workflow."""
        del rpc_timeout
        self._client.answers()
        try:
            self._client.host.signal(self.id, signal, await _payloads((*given, *args)))
        except NotFound:
            raise _not_found(self.id) from None
        await self._client.host.settle()

    async def query(self, query: str, *given: Any, result_type: Any = None, **_: Any) -> Any:
        """Ask the workflow. One that is paused is not asked, and the SDK cannot name why."""
        self._client.answers()
        self._require_a_status_with_a_name()
        try:
            answer = await self._client.host.query(self.id, query, await _payloads(given))
        except NotFound:
            raise _not_found(self.id) from None
        except (TaskFailed, Diverged) as fault:
            raise WorkflowQueryFailedError(str(fault)) from fault
        if isinstance(answer, Failure):
            raise WorkflowQueryFailedError(answer.message)
        (value,) = await pydantic_data_converter.decode([answer], [result_type] if result_type else None)
        return value

    async def describe(self, **_: Any) -> Description:
        """Return the state of the newest run."""
        self._client.answers()
        self._require_a_status_with_a_name()
        run = self._client.host.newest(self.id)
        if run is None:
            raise _not_found(self.id)
        return Description(self.id, _STATUS[run.status])

    def _require_a_status_with_a_name(self) -> None:
        if self.id in self._client.host.paused:
            WorkflowExecutionStatus(PAUSED)

    async def terminate(self, *_: Any, reason: str | None = None, **__: Any) -> None:
        """End the workflow from outside."""
        try:
            await self._client.host.terminate(self.id, reason or "")
        except NotFound:
            raise _not_found(self.id) from None
        await self._client.host.settle()

    async def cancel(self, **_: Any) -> None:
        """Ask the workflow to cancel itself."""
        try:
            self._client.host.cancel(self.id)
        except NotFound:
            raise _not_found(self.id) from None
        await self._client.host.settle()


_STATUS = {
    Status.RUNNING: WorkflowExecutionStatus.RUNNING,
    Status.COMPLETED: WorkflowExecutionStatus.COMPLETED,
    Status.FAILED: WorkflowExecutionStatus.FAILED,
    Status.CANCELED: WorkflowExecutionStatus.CANCELED,
    Status.TERMINATED: WorkflowExecutionStatus.TERMINATED,
    Status.CONTINUED_AS_NEW: WorkflowExecutionStatus.CONTINUED_AS_NEW,
}


def _again(policy: WorkflowIDReusePolicy) -> Again.ValueType:
    return Again.ValueType(int(policy))


def _name_of(workflow: Any) -> str:
    from temporalio.workflow import _Definition

    return _Definition.get_name_and_result_type(workflow)[0]
