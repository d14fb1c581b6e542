"""The server: runs, timers, updates, children; and the one worker, whose memory may be lost at any moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import WorkflowIdReusePolicy
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
    CancelWorkflow,
    DoUpdate,
    FireTimer,
    QueryWorkflow,
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

from tests.simulation.clock import VirtualClock
from tests.simulation.temporal.history import Activated, Parent, Run, Status, heard_after
from tests.simulation.temporal.instances import Diverged, Instances, TaskFailed, beginning
from tests.simulation.temporal.performing import Activities, ActivityFailed

MOST_WORK: Final = 3000
"""Tasks and activities that anything asked may lead to; more is a loop."""

Choose = Callable[[int], int]
"""Picks one of so many that could go first."""


class NotFound(LookupError):
    """No such workflow runs."""


class NeverAtRest(RuntimeError):
    """Workflows work on and on, though nothing is asked of them."""


class AlreadyStarted(RuntimeError):
    """A workflow of this id runs, or has run and may not again."""


class Host:
    """Everything of Temporal's. What it does, it does one at a time; which, is chosen."""

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
        self.lost: list[str] = []
        """Workflows of which a task was lost."""

    # What clients ask.

    def newest(self, workflow_id: str) -> Run | None:
        """Return the newest run of a workflow, or None."""
        return next((run for run in reversed(self.runs.values()) if run.workflow_id == workflow_id), None)

    def running(self, workflow_id: str) -> Run:
        """Return a workflow's open run. Raises NotFound."""
        run = self.newest(workflow_id)
        if run is None or not run.open:
            raise NotFound(workflow_id)
        return run

    def start(
        self, workflow_id: str, workflow_type: str, given: Sequence[Payload], again: WorkflowIdReusePolicy.ValueType
    ) -> Run:
        """Start a workflow. Raises AlreadyStarted."""
        before = self.newest(workflow_id)
        if before is not None and (before.open or not _may_run_again(before, again)):
            raise AlreadyStarted(workflow_id)
        return self._begin(workflow_id, workflow_type, given)

    def signal(self, workflow_id: str, name: str, given: Sequence[Payload]) -> None:
        """Signal a workflow. Raises NotFound."""
        job = WorkflowActivationJob(
            signal_workflow=SignalWorkflow(signal_name=name, input=given, originating_event_id=next(self._numbers))
        )
        self.running(workflow_id).pending.append(job)

    def update(self, workflow_id: str, name: str, given: Sequence[Payload], update_id: str) -> Run:
        """Hand an update to a workflow, once for each id, and return the run that takes it. Raises NotFound."""
        run = self.running(workflow_id)
        known = any(job.do_update.id == update_id for job in _updates(run))
        if not known and update_id not in run.answered:
            job = DoUpdate(id=update_id, protocol_instance_id=update_id, name=name, input=given, run_validator=True)
            run.pending.append(WorkflowActivationJob(do_update=job))
        return run

    async def query(self, workflow_id: str, name: str, given: Sequence[Payload] = ()) -> Payload | Failure:
        """Ask a workflow, open or closed. Raises NotFound, TaskFailed, Diverged."""
        run = self.newest(workflow_id)
        if run is None:
            raise NotFound(workflow_id)
        job = WorkflowActivationJob(query_workflow=QueryWorkflow(query_id="query", query_type=name, arguments=given))
        completion = await self._instances.turn(run, self._clock.at, [job])
        (command,) = completion.successful.commands
        answer = command.respond_to_query
        return answer.succeeded.response if answer.HasField("succeeded") else answer.failed

    def cancel(self, workflow_id: str) -> None:
        """Ask a workflow to cancel itself. Raises NotFound."""
        job = WorkflowActivationJob(cancel_workflow=CancelWorkflow(reason="an operator asked"))
        self.running(workflow_id).pending.append(job)

    async def terminate(self, workflow_id: str) -> None:
        """End a workflow from outside. Raises NotFound."""
        failure = Failure(message="terminated")
        failure.terminated_failure_info.SetInParent()
        await self._close(self.running(workflow_id), Status.TERMINATED, failure=failure)

    async def reset(self, workflow_id: str, tasks: int, say_again: bool = True) -> Run:
        """Put a workflow back to after so many of its tasks; what it heard since, it may hear again.

        Raises:
            NotFound: It never ran.
        """
        old = self.newest(workflow_id)
        if old is None:
            raise NotFound(workflow_id)
        came = list(old.tasks[tasks][0].jobs) if tasks < len(old.tasks) else old.pending
        came = [job for job in came if not job.HasField("do_update")]
        heard = heard_after(old.tasks[tasks:], old.pending)
        if old.open:
            await self._close(old, Status.TERMINATED, failure=Failure(message="reset"), tell_parent=False)
        new = self._begin(workflow_id, old.workflow_type, old.input, old.parent, old.started_at)
        for task in old.tasks[:tasks]:
            new.keep(task)
        new.pending = came
        self._rebuild(new, old)
        new.pending += [job for job in heard if say_again and job not in came]
        return new

    # What a day does.

    async def settle(self) -> None:
        """Work until nothing is left to do now. Asked by an activity, which is work itself, it leaves that for later."""
        if self._working:
            return
        self._working = True
        try:
            await self._work_off()
        finally:
            self._working = False

    async def _work_off(self) -> None:
        for _ in range(MOST_WORK):
            ready = [
                one for one in self.runs.values() if one.open and not one.stuck and (one.pending or one.activities)
            ]
            if not ready:
                return
            run = ready[self._choose(len(ready))] if len(ready) > 1 else ready[0]
            if run.pending:
                await self._work(run)
            else:
                await self._perform_one(run)
        raise NeverAtRest(", ".join(sorted({run.workflow_id for run in ready})))

    def due(self) -> datetime | None:
        """Return when the next timer fires, or None."""
        return min((at for run in self.runs.values() if run.open for at in run.timers.values()), default=None)

    def fire(self) -> None:
        """Let every timer go off whose time has come."""
        for run in self.runs.values():
            for seq in [seq for seq, at in run.timers.items() if run.open and at <= self._clock.at]:
                del run.timers[seq]
                run.pending.append(WorkflowActivationJob(fire_timer=FireTimer(seq=seq)))

    def try_again(self) -> list[str]:
        """Let what is stuck try once more, as a worker does for ever; return what it was stuck at."""
        stuck = [run.stuck for run in self.runs.values() if run.open and run.stuck]
        for run in self.runs.values():
            run.stuck = ""
        return stuck

    # Being put back.

    def copy(self) -> dict[str, Run]:
        """Return all that the server keeps, as it is now."""
        return {run_id: run.copy() for run_id, run in self.runs.items()}

    async def put_back(self, kept: dict[str, Run]) -> None:
        """Put the server back to what it kept then; workers have nothing in memory."""
        await self._instances.evict_all()
        self.runs = {run_id: run.copy() for run_id, run in kept.items()}

    async def forget(self) -> None:
        """Let the worker die at rest: what comes next is replayed from the history."""
        await self._instances.evict_all()

    async def close(self) -> None:
        """Take everything down."""
        await self._instances.close()

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
            if not waiting or any(map(_ends, asked)):
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
        if self.lose_after:
            self.lose_after -= 1
            if not self.lose_after:
                raise _WorkerDied

    async def _lose(self, run: Run, told: list[WorkflowActivationJob]) -> None:
        """The task was lost: what is in the history is told again; an update is not in it until it was accepted."""
        await self._instances.evict(run.run_id)
        run.pending = [job for job in told if not job.HasField("do_update")] + run.pending

    async def _complete(self, run: Run, turns: list[Activated]) -> None:
        kept = tuple(turn for turn in (_without_refused(turn, turns) for turn in turns) if turn.jobs)
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
            case "update_response":
                _answer(run, command.update_response)
            case _ if _ends(command):
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
                new = self._begin(
                    run.workflow_id, again.workflow_type or run.workflow_type, again.arguments, run.parent
                )
                new.pending += left

    async def _close(
        self,
        run: Run,
        status: Status,
        result: Payload | None = None,
        failure: Failure | None = None,
        tell_parent: bool = True,
    ) -> None:
        run.status, run.result, run.failure = status, result, failure
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
    ) -> Run:
        run_id = f"run-{next(self._numbers)}"
        run = Run(workflow_id, run_id, workflow_type, tuple(given), started_at or self._clock.at, parent)
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
        if before is not None and (before.open or not _may_run_again(before, wanted.workflow_id_reuse_policy)):
            cause = StartChildWorkflowExecutionFailedCause.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS
            failed = ResolveChildWorkflowExecutionStartFailure(
                workflow_id=wanted.workflow_id, workflow_type=wanted.workflow_type, cause=cause
            )
            told = ResolveChildWorkflowExecutionStart(seq=wanted.seq, failed=failed)
        else:
            parent = Parent(run.run_id, wanted.seq)
            child = self._begin(wanted.workflow_id, wanted.workflow_type, wanted.input, parent)
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

    def _rebuild(self, new: Run, old: Run) -> None:
        """What was outstanding after the tasks that a reset run keeps: its timers, activities, children."""
        for task in new.tasks:
            for turn in task:
                for job in turn.jobs:
                    _ended(new, job)
                for command in turn.commands:
                    _begun(new, command, turn.at)
        for job in new.pending:
            _ended(new, job)
        for seq in list(new.children):
            self._take_over(new, seq)
        new.answered = {
            job.do_update.id: old.answered[job.do_update.id]
            for job in _updates(new)
            if job.do_update.id in old.answered
        }

    def _take_over(self, new: Run, seq: int) -> None:
        """A child that was started before the point of the reset reports to the new run."""
        child = self.runs.get(new.children[seq])
        if child is None:
            del new.children[seq]
            return
        child.parent = Parent(new.run_id, seq)
        if not child.open:
            self._tell_parent(child, child.parent)


class _WorkerDied(Exception):
    """The worker died in the middle of a task."""


def _updates(run: Run) -> list[WorkflowActivationJob]:
    told = [job for task in run.tasks for turn in task for job in turn.jobs]
    return [job for job in (*told, *run.pending) if job.HasField("do_update")]


def _answer(run: Run, response: Any) -> None:
    match response.WhichOneof("response"):
        case "completed":
            run.answered[response.protocol_instance_id] = response.completed
        case "rejected":
            run.answered[response.protocol_instance_id] = response.rejected


def _without_refused(turn: Activated, turns: list[Activated]) -> Activated:
    """An update that its validator refused leaves no trace in the history."""
    accepted = {
        command.update_response.protocol_instance_id
        for one in turns
        for command in one.commands
        if command.update_response.HasField("accepted")
    }

    def kept(update_id: str) -> bool:
        return not update_id or update_id in accepted

    jobs = tuple(job for job in turn.jobs if kept(job.do_update.id))
    told = {job.do_update.id for job in turn.jobs} - accepted - {""}
    commands = tuple(one for one in turn.commands if one.update_response.protocol_instance_id not in told)
    return turn._replace(jobs=jobs, commands=commands)


def _ends(command: WorkflowCommand) -> bool:
    return command.WhichOneof("variant") in {
        "complete_workflow_execution",
        "fail_workflow_execution",
        "cancel_workflow_execution",
        "continue_as_new_workflow_execution",
    }


def _may_run_again(before: Run, policy: WorkflowIdReusePolicy.ValueType) -> bool:
    match policy:
        case WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE:
            return False
        case WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
            return before.status is not Status.COMPLETED
        case _:
            return True


def _begun(run: Run, command: WorkflowCommand, at: datetime) -> None:
    match command.WhichOneof("variant"):
        case "start_timer":
            run.timers[command.start_timer.seq] = at + command.start_timer.start_to_fire_timeout.ToTimedelta()
        case "cancel_timer":
            run.timers.pop(command.cancel_timer.seq, None)
        case "schedule_activity":
            run.activities[command.schedule_activity.seq] = command


def _ended(run: Run, job: WorkflowActivationJob) -> None:
    match job.WhichOneof("variant"):
        case "fire_timer":
            run.timers.pop(job.fire_timer.seq, None)
        case "resolve_activity" if not job.resolve_activity.is_local:
            run.activities.pop(job.resolve_activity.seq, None)
        case "resolve_child_workflow_execution_start":
            started = job.resolve_child_workflow_execution_start
            if started.HasField("succeeded"):
                run.children[started.seq] = started.succeeded.run_id
        case "resolve_child_workflow_execution":
            run.children.pop(job.resolve_child_workflow_execution.seq, None)
