"""The SDK's own instances of workflows: made, told what happened, and taken down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

import temporalio.workflow
from temporalio.api.common.v1 import Payloads
from temporalio.api.common.v1 import SearchAttributes as ProtoAttributes
from temporalio.bridge.proto.workflow_activation import (
    InitializeWorkflow,
    NotifyHasPatch,
    RemoveFromCache,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.common import MetricMeter, Priority
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import decode_search_attributes, decode_typed_search_attributes
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

from tests.simulation.temporal.history import Run, Task, length_of, patches_of
from workflows.options import TASK_QUEUE

NAMESPACE: Final = "simulation"
_SEED: Final = 20261102


class Diverged(RuntimeError):
    """A replay asked for something else than the first time: the workflow is not deterministic."""


class TaskFailed(RuntimeError):
    """The workflow's code failed. A worker would try the task again and again."""


class Instances:
    """The workflows that are in a worker's memory, by run."""

    def __init__(self, workflows: tuple[type, ...]) -> None:
        definitions = [temporalio.workflow._Definition.must_from_class(one) for one in workflows]
        self._definitions = {definition.name: definition for definition in definitions}
        self._runner = UnsandboxedWorkflowRunner()
        self._live: dict[str, WorkflowInstance] = {}
        # The SDK runs a workflow's loop in a thread of its own, beside the worker's; one is enough, and keeps order.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workflow")

    async def turn(self, run: Run, at: datetime, jobs: list[WorkflowActivationJob]) -> WorkflowActivationCompletion:
        """Tell a run what happened, and return what it asks for. Raises TaskFailed, Diverged."""
        instance = self._live.get(run.run_id) or await self._replayed(run)
        return await self._activate(instance, run, at, jobs, run.length)

    async def evict(self, run_id: str) -> None:
        """Forget a worker's memory of a run."""
        instance = self._live.pop(run_id, None)
        if instance is not None:
            job = WorkflowActivationJob(remove_from_cache=RemoveFromCache(message="evicted"))
            await self._in_thread(instance, WorkflowActivation(run_id=run_id, jobs=[job]))

    async def evict_all(self) -> None:
        """Let the worker go, and what it had in memory with it."""
        for run_id in list(self._live):
            await self.evict(run_id)

    async def close(self) -> None:
        """Forget everything."""
        await self.evict_all()
        self._thread.shutdown()

    async def _replayed(self, run: Run) -> WorkflowInstance:
        """A fresh instance that was told again all that the run was told."""
        instance = self._live[run.run_id] = self._runner.create_instance(self._details(run))
        length = 0
        for task in run.tasks:
            await self._replay(instance, run, task, length)
            length += length_of(task)
        return instance

    async def _replay(self, instance: WorkflowInstance, run: Run, task: Task, length: int) -> None:
        """`length` is how long the history was then: by it a workflow decides to continue as new."""
        known = [WorkflowActivationJob(notify_has_patch=NotifyHasPatch(patch_id=one)) for one in patches_of(task)]
        for place, told in enumerate(task):
            jobs = [_replayed(job) for job in told.jobs]
            jobs = known + jobs if place == 0 else jobs
            answer = await self._activate(instance, run, told.at, jobs, length, replaying=True)
            asked, before = answer.successful.commands, told.commands
            if list(map(_essence, asked)) != list(map(_essence, before)):
                await self.evict(run.run_id)
                raise Diverged(f"{run.workflow_id}: a replay asked for {_names(asked)} where it was {_names(before)}")

    async def _activate(
        self,
        instance: WorkflowInstance,
        run: Run,
        at: datetime,
        jobs: list[WorkflowActivationJob],
        length: int,
        replaying: bool = False,
    ) -> WorkflowActivationCompletion:
        activation = WorkflowActivation(
            run_id=run.run_id,
            is_replaying=replaying,
            history_length=length,
            jobs=jobs,
            continue_as_new_suggested=length > SUGGESTED_LENGTH,
        )
        activation.timestamp.FromDatetime(at)
        completion = await self._in_thread(instance, activation)
        if completion.HasField("failed"):
            await self.evict(run.run_id)
            raise TaskFailed(f"{run.workflow_id}: {_cause(completion.failed.failure)}")
        return completion

    async def _in_thread(self, instance: WorkflowInstance, activation: Any) -> WorkflowActivationCompletion:
        return await asyncio.get_running_loop().run_in_executor(self._thread, instance.activate, activation)

    def _details(self, run: Run) -> WorkflowInstanceDetails:
        return WorkflowInstanceDetails(
            payload_converter_factory=pydantic_data_converter.payload_converter_class,
            failure_converter_class=pydantic_data_converter.failure_converter_class,
            interceptor_classes=[],
            defn=self._definitions[run.workflow_type],
            info=_info(run),
            randomness_seed=_SEED,
            extern_functions=_EXTERN,
            disable_eager_activity_execution=True,
            worker_level_failure_exception_types=[],
            patch_activation_callback=None,
            last_completion_result=Payloads(),
            last_failure=None,
        )


SUGGESTED_LENGTH: Final = 400
"""From how many events on the server suggests to continue as new; a real one is more patient."""

_EXTERN: Final[Mapping[str, Any]] = {
    "__temporal_get_metric_meter": lambda: MetricMeter.noop,
    "__temporal_assert_local_activity_valid": lambda name: None,
}


def beginning(run: Run) -> WorkflowActivationJob:
    """Return a run's first job."""
    start = InitializeWorkflow(
        workflow_type=run.workflow_type,
        workflow_id=run.workflow_id,
        arguments=run.input,
        randomness_seed=_SEED,
        attempt=1,
        first_execution_run_id=run.run_id,
    )
    for name, value in run.attributes.items():
        start.search_attributes.indexed_fields[name].CopyFrom(value)
    start.start_time.FromDatetime(run.started_at)
    return WorkflowActivationJob(initialize_workflow=start)


def _info(run: Run) -> temporalio.workflow.Info:
    given = ProtoAttributes(indexed_fields=run.attributes)
    return temporalio.workflow.Info(
        attempt=1,
        continued_run_id=None,
        cron_schedule=None,
        execution_timeout=None,
        first_execution_run_id=run.run_id,
        headers={},
        namespace=NAMESPACE,
        original_execution_run_id=run.run_id,
        parent=None,
        root=None,
        priority=Priority.default,
        raw_memo={},
        retry_policy=None,
        run_id=run.run_id,
        run_timeout=None,
        search_attributes=decode_search_attributes(given),  # each run's own: an upsert changes it in place
        start_time=run.started_at,
        workflow_start_time=run.started_at,
        task_queue=TASK_QUEUE,
        task_timeout=timedelta(seconds=10),
        typed_search_attributes=decode_typed_search_attributes(given),
        workflow_id=run.workflow_id,
        workflow_type=run.workflow_type,
    )


def _replayed(job: WorkflowActivationJob) -> WorkflowActivationJob:
    """An update that was validated the first time is not validated again."""
    if not job.HasField("do_update"):
        return job
    again = WorkflowActivationJob()
    again.CopyFrom(job)
    again.do_update.run_validator = False
    return again


def _essence(command: WorkflowCommand) -> object:
    """The part that must be the same in a replay. Of an answer or a failure (which tells its stack), its presence."""
    kind = command.WhichOneof("variant")
    told = kind in {"update_response", "respond_to_query", "fail_workflow_execution"}
    return kind if told else command.SerializeToString(deterministic=True)


def _names(commands: Iterable[WorkflowCommand]) -> str:
    return ", ".join(str(command.WhichOneof("variant")) for command in commands) or "nothing"


def _cause(failure: Any) -> str:
    while failure.HasField("cause"):
        failure = failure.cause
    kind = failure.application_failure_info.type
    return f"{kind}: {failure.message}" if kind else str(failure.message)
