"""The effects of a workflow task's commands and jobs on the server's record of its run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import SearchAttributes
from temporalio.api.enums.v1 import WorkflowIdReusePolicy
from temporalio.bridge.proto.workflow_activation import WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand

from tests.simulation.temporal.history import Activated, Run, Status


def updates(run: Run) -> list[WorkflowActivationJob]:
    """Return the updates that a run was told of."""
    told = [job for task in run.tasks for turn in task for job in turn.jobs]
    return [job for job in (*told, *run.pending) if job.HasField("do_update")]


def answer(run: Run, response: Any) -> None:
    """Note a run's answer to an update."""
    match response.WhichOneof("response"):
        case "completed":
            run.answered[response.protocol_instance_id] = response.completed
        case "rejected":
            run.answered[response.protocol_instance_id] = response.rejected


def show(run: Run, told: SearchAttributes) -> None:
    """Note the search attributes that a run sets, and those that it takes away."""
    for name, value in told.indexed_fields.items():
        if value.metadata["encoding"] == b"binary/null" or value.data == b"null":
            run.shown.pop(name, None)
        else:
            run.shown[name] = value


def without_refused(turn: Activated, turns: list[Activated]) -> Activated:
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


def ends(command: WorkflowCommand) -> bool:
    """True if a command ends its run."""
    return command.WhichOneof("variant") in {
        "complete_workflow_execution",
        "fail_workflow_execution",
        "cancel_workflow_execution",
        "continue_as_new_workflow_execution",
    }


def may_run_again(before: Run, policy: WorkflowIdReusePolicy.ValueType) -> bool:
    """True if a workflow may run again after such a run."""
    match policy:
        case WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE:
            return False
        case WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
            return before.status is not Status.COMPLETED
        case _:
            return True


def begun(run: Run, command: WorkflowCommand, at: datetime) -> None:
    """Note the timer or activity that a command began, and its summary."""
    match command.WhichOneof("variant"):
        case "start_timer":
            run.timers[command.start_timer.seq] = at + command.start_timer.start_to_fire_timeout.ToTimedelta()
        case "cancel_timer":
            run.timers.pop(command.cancel_timer.seq, None)
        case "schedule_activity":
            run.activities[command.schedule_activity.seq] = command
        case "upsert_workflow_search_attributes":
            show(run, command.upsert_workflow_search_attributes.search_attributes)


def ended(run: Run, job: WorkflowActivationJob) -> None:
    """Note the timer, activity or child that a job ended."""
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
