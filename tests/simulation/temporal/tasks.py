"""Workflow tasks as the server and its one worker carry them out. The worker's memory may be lost at any moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.activity_result import ActivityResolution
from temporalio.bridge.proto.child_workflow import (
    ChildWorkflowResult,
    ParentClosePolicy,
    StartChildWorkflowExecutionFailedCause,
)
from temporalio.bridge.proto.child_workflow import Failure as ChildFailed
from temporalio.bridge.proto.child_workflow import Success as ChildSucceeded
from temporalio.bridge.proto.workflow_activation import (
    ResolveActivity,
    ResolveChildWorkflowExecution,
    ResolveChildWorkflowExecutionStart,
    ResolveChildWorkflowExecutionStartFailure,
    ResolveChildWorkflowExecutionStartSuccess,
    ResolveSignalExternalWorkflow,
    SignalWorkflow,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import WorkflowCommand

from tests.simulation.grounds.clock import VirtualClock
from tests.simulation.temporal.effects import answer, ends, may_run_again, show, without_refused
from tests.simulation.temporal.history import Activated, Parent, Run, Status
from tests.simulation.temporal.instances import Diverged, Instances, TaskFailed, beginning
from tests.simulation.temporal.performing import Activities, ActivityFailed

MOST_WORK: Final = 3000
"""Tasks and activities that anything asked may lead to; more is a loop."""

EXISTS: Final = (
    StartChildWorkflowExecutionFailedCause.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS
)

Choose = Callable[[int], int]
"""Picks one of so many that could go first."""


class NotFound(LookupError):
    """No such workflow runs."""


class NeverAtRest(RuntimeError):
    """Workflows work on and on, though nothing is asked of them."""


class AlreadyStarted(RuntimeError):
    """A workflow of this id runs, or has run and may not again."""


class _WorkerDied(Exception):
    """The worker died in the middle of a task."""


class Tasks:
    """The runs, and the carrying out of their tasks."""

    def __init__(self, clock: VirtualClock, workflows: tuple[type, ...], choose: Choose = lambda _: 0) -> None:
        self._clock = clock
        self._instances = Instances(workflows)
        self._choose = choose
        self._numbers = count(1)
        self._working = False
        self.activities: Activities | None = None
        self.runs: dict[str, Run] = {}
        """By run id, in the order in which they began."""
        self.lose_after = 0
        """The worker dies after so many more local activities: their effect stands, their task is lost. 0: it lives."""
        self.steady = False
        """Whether no task is ever lost, whatever a step would like."""
        self.lagging = False
        """Whether time stands still for a run while it has an open child, as on a server whose time is moved."""
        self.lost: list[str] = []
        """Workflows of which a task was lost."""

    def newest(self, workflow_id: str) -> Run | None:
        """Return the newest run of a workflow, or None."""
        return next((run for run in reversed(self.runs.values()) if run.workflow_id == workflow_id), None)

    def running(self, workflow_id: str) -> Run:
        """Return a workflow's open run. Raises NotFound."""
        run = self.newest(workflow_id)
        if run is None or not run.open:
            raise NotFound(workflow_id)
        return run

    def signal(self, workflow_id: str, name: str, given: Sequence[Payload]) -> None:
        """Signal a workflow. Raises NotFound."""
        job = WorkflowActivationJob(
            signal_workflow=SignalWorkflow(signal_name=name, input=given, originating_event_id=next(self._numbers))
        )
        self.running(workflow_id).pending.append(job)

    # A workflow task.

    async def _work(self, run: Run) -> None:
        told, run.pending = run.pending, []
        turns: list[Activated] = []
        try:
            await self._live_through(run, told, turns)
        except (TaskFailed, Diverged, ActivityFailed) as fault:
            await self._lose(run, told)
            run.stuck = str(fault)
        except _WorkerDied:
            await self._lose(run, told)
            self.lost.append(run.workflow_id)
        else:
            await self._complete(run, turns)

    async def _live_through(self, run: Run, told: list[WorkflowActivationJob], turns: list[Activated]) -> None:
        """One task: the turn that begins it, and one more for each local activity that ends in it."""
        jobs, waiting = told, dict[int, WorkflowCommand]()
        while True:
            completion = await self._instances.turn(run, self._clock.at, jobs)
            asked = tuple(completion.successful.commands)
            turns.append(Activated(self._clock.at, tuple(jobs), asked))
            waiting |= {
                one.schedule_local_activity.seq: one for one in asked if one.HasField("schedule_local_activity")
            }
            if not waiting or any(map(ends, asked)):
                return
            seqs = sorted(waiting)
            seq = seqs[self._choose(len(seqs))] if len(seqs) > 1 else seqs[0]
            local = waiting.pop(seq).schedule_local_activity
            resolution = await self._perform(local.activity_type, local.arguments)
            self._may_die()
            resolved = ResolveActivity(seq=seq, result=resolution, is_local=True)
            jobs = [WorkflowActivationJob(resolve_activity=resolved)]

    async def _perform(self, name: str, given: Sequence[Payload]) -> ActivityResolution:
        if self.activities is None:
            raise RuntimeError("no worker performs activities")
        return await self.activities.perform(name, given)

    def _may_die(self) -> None:
        if self.lose_after and not self.steady:
            self.lose_after -= 1
            if not self.lose_after:
                raise _WorkerDied

    async def _lose(self, run: Run, told: list[WorkflowActivationJob]) -> None:
        """The task was lost: the history is told again. An update is not in it until it was accepted."""
        await self._instances.evict(run.run_id)
        run.pending = [job for job in told if not job.HasField("do_update")] + run.pending

    async def _complete(self, run: Run, turns: list[Activated]) -> None:
        kept = tuple(turn for turn in (without_refused(turn, turns) for turn in turns) if turn.jobs)
        if kept:
            run.keep(kept)
        for turn in turns:
            for command in turn.commands:
                await self._carry_out(run, command)

    async def _carry_out(self, run: Run, command: WorkflowCommand) -> None:
        match command.WhichOneof("variant"):
            case "start_timer":
                wait = command.start_timer.start_to_fire_timeout.ToTimedelta()
                run.timers[command.start_timer.seq] = self._clock.at + wait
            case "cancel_timer":
                run.timers.pop(command.cancel_timer.seq, None)
            case "schedule_activity":
                run.activities[command.schedule_activity.seq] = command
            case "request_cancel_activity":
                run.activities.pop(command.request_cancel_activity.seq, None)
            case "start_child_workflow_execution":
                self._start_child(run, command.start_child_workflow_execution)
            case "signal_external_workflow_execution":
                self._signal_external(run, command.signal_external_workflow_execution)
            case "upsert_workflow_search_attributes":
                show(run, command.upsert_workflow_search_attributes.search_attributes)
            case "update_response":
                answer(run, command.update_response)
            case _ if ends(command):
                await self._end(run, command)

    async def _end(self, run: Run, command: WorkflowCommand) -> None:
        match command.WhichOneof("variant"):
            case "complete_workflow_execution":
                await self._close(run, Status.COMPLETED, result=command.complete_workflow_execution.result)
            case "fail_workflow_execution":
                await self._close(run, Status.FAILED, failure=command.fail_workflow_execution.failure)
            case "cancel_workflow_execution":
                failure = Failure(message="cancelled")
                failure.canceled_failure_info.SetInParent()
                await self._close(run, Status.CANCELED, failure=failure)
            case _:
                again = command.continue_as_new_workflow_execution
                left = [job for job in run.pending if job.HasField("signal_workflow")]
                await self._close(run, Status.CONTINUED_AS_NEW, tell_parent=False)
                kind = again.workflow_type or run.workflow_type
                shown = dict(again.search_attributes.indexed_fields) or run.shown
                new = self._begin(run.workflow_id, kind, again.arguments, run.parent, shown=shown)
                new.pending, new.before = [*new.pending, *left], run.run_id

    async def _close(
        self,
        run: Run,
        status: Status,
        result: Payload | None = None,
        failure: Failure | None = None,
        tell_parent: bool = True,
    ) -> None:
        run.status, run.result, run.failure, run.closed_at = status, result, failure, self._clock.at
        run.pending, run.timers, run.activities = [], {}, {}
        if status is not Status.COMPLETED:
            await self._instances.evict(run.run_id)
        if tell_parent and run.parent is not None:
            self._tell_parent(run, run.parent)

    def _begin(
        self,
        workflow_id: str,
        workflow_type: str,
        given: Sequence[Payload],
        parent: Parent | None = None,
        started_at: datetime | None = None,
        shown: Mapping[str, Payload] | None = None,
    ) -> Run:
        """`shown`: the search attributes that it begins with."""
        run_id = f"run-{next(self._numbers)}"
        run = Run(workflow_id, run_id, workflow_type, tuple(given), started_at or self._clock.at, parent)
        run.attributes, run.shown = dict(shown or {}), dict(shown or {})
        run.pending.append(beginning(run))
        self.runs[run_id] = run
        return run

    # Normal activities and children.

    async def _perform_one(self, run: Run) -> None:
        seq = min(run.activities)
        wanted = run.activities[seq].schedule_activity
        try:
            resolution = await self._perform(wanted.activity_type, wanted.arguments)
        except ActivityFailed as fault:
            run.stuck = str(fault)
            return
        if run.activities.pop(seq, None) is not None:
            run.pending.append(WorkflowActivationJob(resolve_activity=ResolveActivity(seq=seq, result=resolution)))

    def _start_child(self, run: Run, wanted: Any) -> None:
        before = self.newest(wanted.workflow_id)
        if before is not None and (before.open or not may_run_again(before, wanted.workflow_id_reuse_policy)):
            cause = EXISTS
            failed = ResolveChildWorkflowExecutionStartFailure(
                workflow_id=wanted.workflow_id, workflow_type=wanted.workflow_type, cause=cause
            )
            told = ResolveChildWorkflowExecutionStart(seq=wanted.seq, failed=failed)
        else:
            parent = Parent(run.run_id, wanted.seq)
            shown = dict(wanted.search_attributes.indexed_fields)
            child = self._begin(wanted.workflow_id, wanted.workflow_type, wanted.input, parent, shown=shown)
            run.children[wanted.seq] = child.run_id
            succeeded = ResolveChildWorkflowExecutionStartSuccess(run_id=child.run_id)
            told = ResolveChildWorkflowExecutionStart(seq=wanted.seq, succeeded=succeeded)
            if wanted.parent_close_policy != ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON:
                raise NotImplementedError("only children that outlive their parent are known here")
        run.pending.append(WorkflowActivationJob(resolve_child_workflow_execution_start=told))

    def _signal_external(self, run: Run, wanted: Any) -> None:
        told = ResolveSignalExternalWorkflow(seq=wanted.seq)
        try:
            self.signal(wanted.workflow_execution.workflow_id, wanted.signal_name, wanted.args)
        except NotFound:
            told.failure.message = "unable to signal external workflow because it was not found"
            told.failure.application_failure_info.SetInParent()
        run.pending.append(WorkflowActivationJob(resolve_signal_external_workflow=told))

    def _tell_parent(self, child: Run, to: Parent) -> None:
        parent = self.runs.get(to.run_id)
        if parent is None or not parent.open or parent.children.pop(to.seq, None) is None:
            return
        if child.status is Status.COMPLETED:
            result = ChildWorkflowResult(completed=ChildSucceeded(result=child.result))
        else:
            failure = Failure(message="Child Workflow execution failed")
            failure.child_workflow_execution_failure_info.workflow_execution.workflow_id = child.workflow_id
            failure.child_workflow_execution_failure_info.workflow_type.name = child.workflow_type
            failure.cause.CopyFrom(child.failure or Failure())
            result = ChildWorkflowResult(failed=ChildFailed(failure=failure))
        told = ResolveChildWorkflowExecution(seq=to.seq, result=result)
        parent.pending.append(WorkflowActivationJob(resolve_child_workflow_execution=told))
