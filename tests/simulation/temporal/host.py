"""The server: what clients ask of it, what it does while a day passes, and how it is put back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import WorkflowIdReusePolicy
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_activation import (
    CancelWorkflow,
    DoUpdate,
    FireTimer,
    QueryWorkflow,
    WorkflowActivationJob,
)

from tests.simulation.temporal.effects import begun, ended, may_run_again, updates
from tests.simulation.temporal.history import Parent, Run, Status, heard_after
from tests.simulation.temporal.tasks import MOST_WORK, AlreadyStarted, NeverAtRest, NotFound, Tasks

__all__ = ["AlreadyStarted", "Host", "NeverAtRest", "NotFound"]


class Host(Tasks):
    """Everything of Temporal's. It does one thing at a time, and the choice among them is made for it."""

    # What clients ask.

    def start(
        self, workflow_id: str, workflow_type: str, given: Sequence[Payload], again: WorkflowIdReusePolicy.ValueType
    ) -> Run:
        """Start a workflow. Raises AlreadyStarted."""
        before = self.newest(workflow_id)
        if before is not None and (before.open or not may_run_again(before, again)):
            raise AlreadyStarted(workflow_id)
        return self._begin(workflow_id, workflow_type, given)

    def update(self, workflow_id: str, name: str, given: Sequence[Payload], update_id: str) -> Run:
        """Hand an update to a workflow, once for each id, and return the run that takes it. Raises NotFound."""
        run = self.running(workflow_id)
        known = any(job.do_update.id == update_id for job in updates(run))
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

    async def terminate(self, workflow_id: str, reason: str = "") -> None:
        """End a workflow from outside. Raises NotFound."""
        failure = Failure(message=reason)
        failure.terminated_failure_info.SetInParent()
        await self._close(self.running(workflow_id), Status.TERMINATED, failure=failure)

    def pause(self, workflow_id: str) -> None:
        """Let nothing reach a workflow. Raises NotFound."""
        self.running(workflow_id).paused = True

    def unpause(self, workflow_id: str) -> None:
        """Let a workflow go on, and hear what came meanwhile. Raises NotFound."""
        self.running(workflow_id).paused = False

    @property
    def paused(self) -> list[str]:
        """The ids of the workflows that an operator paused."""
        return [run.workflow_id for run in self.runs.values() if run.open and run.paused]

    async def reset(self, workflow_id: str, tasks: int, say_again: bool = True) -> Run:
        """Put a workflow back to after so many of its tasks. It may hear again the messages since then.

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
        new = self._begin(workflow_id, old.workflow_type, old.input, old.parent, old.started_at, old.attributes)
        new.before = old.run_id
        for task in old.tasks[:tasks]:
            new.keep(task)
        new.pending = came
        self._rebuild(new, old)
        new.pending += [job for job in heard if say_again and job not in came]
        return new

    def _rebuild(self, new: Run, old: Run) -> None:
        """Take over the state after the tasks that a reset run keeps: timers, activities, children, attributes."""
        for task in new.tasks:
            for turn in task:
                for job in turn.jobs:
                    ended(new, job)
                for command in turn.commands:
                    begun(new, command, turn.at)
        for job in new.pending:
            ended(new, job)
        for seq in list(new.children):
            self._take_over(new, seq)
        new.answered = {
            job.do_update.id: old.answered[job.do_update.id] for job in updates(new) if job.do_update.id in old.answered
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

    # What a day does.

    async def settle(self) -> None:
        """Work on until nothing is left to do. Asked by an activity, which is work itself, it leaves it for later."""
        if self._working:
            return
        self._working = True
        try:
            await self._work_off()
        finally:
            self._working = False

    async def _work_off(self) -> None:
        for _ in range(MOST_WORK):
            able = (one for one in self.runs.values() if one.open and not (one.stuck or one.paused))
            ready = [one for one in able if one.pending or one.activities]
            if not ready:
                return
            run = ready[self._choose(len(ready))] if len(ready) > 1 else ready[0]
            if run.pending:
                await self._work(run)
            else:
                await self._perform_one(run)
        raise NeverAtRest(", ".join(sorted({run.workflow_id for run in ready})))

    async def pass_to(self, at: datetime, move: Callable[[datetime], Awaitable[None]]) -> None:
        """Let time pass. Every timer goes off when it is due. `move` moves the clock."""
        while (due := self.due()) is not None and due <= at:
            await move(due)
            self.fire()
            await self.settle()
        await move(at)

    def due(self) -> datetime | None:
        """Return the time of the next timer, or None."""
        return min((at for run in self._moving() for at in run.timers.values()), default=None)

    def fire(self) -> None:
        """Let every timer go off whose time has come."""
        for run in self._moving():
            for seq in [seq for seq, at in run.timers.items() if at <= self._clock.at]:
                del run.timers[seq]
                run.pending.append(WorkflowActivationJob(fire_timer=FireTimer(seq=seq)))

    def _moving(self) -> list[Run]:
        """The open runs for which time goes on."""
        return [run for run in self.runs.values() if run.open and not (self.lagging and run.children)]

    def try_again(self) -> list[str]:
        """Let every stuck run try once more, as a worker does for ever. Return their faults."""
        stuck = [run.stuck for run in self.runs.values() if run.open and run.stuck]
        for run in self.runs.values():
            run.stuck = ""
        return stuck

    # Being put back.

    def copy(self) -> dict[str, Run]:
        """Return all that the server keeps, as it is now."""
        return {run_id: run.copy() for run_id, run in self.runs.items()}

    async def put_back(self, kept: dict[str, Run]) -> None:
        """Put the server back to its record of then. Workers have nothing in memory."""
        await self._instances.evict_all()
        self.runs = {run_id: run.copy() for run_id, run in kept.items()}

    async def forget(self) -> None:
        """Let the worker die at rest: what comes next is replayed from the history."""
        await self._instances.evict_all()

    async def close(self) -> None:
        """Take everything down."""
        await self._instances.close()
