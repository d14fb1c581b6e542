"""Move runs whose workers are gone: each is told once to take its next task on the version to which work goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import VersioningOverride, WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, UpdateWorkflowExecutionOptionsRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer

from accord.runs.open_workflows import Workflow, open_workflows
from accord.runs.replaying import fault_of, replayer_of
from accord.runs.versions import versions
from deploy.build import DEPLOYMENT
from workflows.options import TASK_QUEUE

SILENCE: Final = timedelta(seconds=90)
"""A worker asks for work once a minute at least. The server remembers one that is gone for five."""

TOO_OLD: Final = frozenset({RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.UNIMPLEMENTED})
"""The answers of a server that cannot move a run for one task."""


class Moved(NamedTuple):
    """The outcome for runs whose workers are gone."""

    moves: int
    stuck: tuple[str, ...]
    """The workflows that do not replay with the code of this machine, and stay where they are."""
    fault: str = ""
    """The reason why the server moved no more of them, or ''."""


class Stranded:
    """A repeated look for runs whose workers are gone, which tries each run once."""

    def __init__(self, client: Client, build: str) -> None:
        """`build`: the version to which runs are moved, whose code is this machine's."""
        self._client, self._build = client, build
        self._replayer: Replayer | None = None
        self._attempts: set[str] = set()
        self._is_refused = False

    async def move(self) -> Moved:
        """Move each such run that replays with this machine's code.

        Raises:
            RPCError: Temporal does not answer.
        """
        moves, stuck = 0, list[str]()
        for build in () if self._is_refused else await self._without_workers():
            async for workflow in open_workflows(self._client, f"TemporalWorkerDeploymentVersion = '{_named(build)}'"):
                if workflow.run_id in self._attempts:
                    continue
                self._attempts.add(workflow.run_id)
                if not await self._replays(workflow):
                    stuck.append(workflow.id)
                    continue
                try:
                    moves += await self._moved(workflow)
                except RPCError as fault:
                    if fault.status not in TOO_OLD:
                        raise
                    self._is_refused = True
                    return Moved(moves, tuple(stuck), fault.message)
        return Moved(moves, tuple(stuck))

    async def _without_workers(self) -> list[str]:
        """Return the other versions on which something runs, and whose workers ask for no work any more."""
        waiting = [v.build for v in await versions(self._client) if v.open_runs and v.build != self._build]
        if not waiting:
            return []
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace, task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )  # fmt: skip
        pollers = (await self._client.workflow_service.describe_task_queue(request, retry=True)).pollers
        since = datetime.now(UTC) - SILENCE
        working = {p.deployment_options.build_id for p in pollers if p.last_access_time.ToDatetime(UTC) > since}
        return [build for build in waiting if build not in working]

    async def _replays(self, workflow: Workflow) -> bool:
        self._replayer = self._replayer or replayer_of(self._client)
        return not await fault_of(self._client, self._replayer, workflow)

    async def _moved(self, workflow: Workflow) -> bool:
        """Let a run take its next task on the version, after which nothing holds it there. False if it ended."""
        target = WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=self._build)
        once = VersioningOverride(one_time=VersioningOverride.OneTimeOverride(target_deployment_version=target))
        request = UpdateWorkflowExecutionOptionsRequest(
            namespace=self._client.namespace, identity=self._client.identity,
            workflow_execution=WorkflowExecution(workflow_id=workflow.id, run_id=workflow.run_id),
            workflow_execution_options=WorkflowExecutionOptions(versioning_override=once),
            update_mask=FieldMask(paths=["versioning_override"]),
        )  # fmt: skip
        try:
            await self._client.workflow_service.update_workflow_execution_options(request, retry=True)
        except RPCError as fault:
            if fault.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True


def _named(build: str) -> str:
    return f"{DEPLOYMENT}:{build}"
