"""The server's record of a run: plain values, so that it can be copied, cut off, and put back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.bridge.proto.workflow_activation import WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand


class Status(StrEnum):
    """The state of a run."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    TERMINATED = "TERMINATED"
    CONTINUED_AS_NEW = "CONTINUED_AS_NEW"


class Activated(NamedTuple):
    """One turn of the workflow's loop: what it was told, when, and what it asked for."""

    at: datetime
    jobs: tuple[WorkflowActivationJob, ...]
    commands: tuple[WorkflowCommand, ...]


Task = tuple[Activated, ...]
"""A workflow task that was completed: the turn that began it, and one for each local activity that ended in it."""


class Parent(NamedTuple):
    """The parent of a run."""

    run_id: str
    seq: int


@dataclass
class Run:
    """One run of a workflow, as the server knows it."""

    workflow_id: str
    run_id: str
    workflow_type: str
    input: tuple[Payload, ...]
    started_at: datetime
    parent: Parent | None = None
    status: Status = Status.RUNNING
    tasks: list[Task] = field(default_factory=list)
    pending: list[WorkflowActivationJob] = field(default_factory=list)
    """What came since the last task, in order."""
    timers: dict[int, datetime] = field(default_factory=dict)
    activities: dict[int, WorkflowCommand] = field(default_factory=dict)
    """Scheduled and not ended yet."""
    children: dict[int, str] = field(default_factory=dict)
    """Open children: the number of the command that started each, and its run."""
    attributes: dict[str, Payload] = field(default_factory=dict)
    """The search attributes that it began with: what it sets itself, it sets again when it is replayed."""
    shown: dict[str, Payload] = field(default_factory=dict)
    """The search attributes as they are now; a run that goes on as a new one begins with them."""
    result: Payload | None = None
    failure: Failure | None = None
    answered: dict[str, Any] = field(default_factory=dict)
    """The outcomes of updates by their id."""
    length: int = 0
    """About how many events its history has."""
    closed_at: datetime | None = None
    before: str = ""
    """The run that continued as this one, or that was reset to it."""
    paused: bool = False
    """Whether an operator paused it: it is told nothing until it goes on."""
    stuck: str = ""
    """Why its task, or an activity of it, fails and is tried again and again."""

    @property
    def open(self) -> bool:
        """True if it runs."""
        return self.status is Status.RUNNING

    def keep(self, task: Task) -> None:
        """Put a completed task into the history."""
        self.tasks.append(task)
        self.length += length_of(task)

    def copy(self) -> Run:
        """Return the run as it is now, to be put back later."""
        return replace(
            self,
            tasks=list(self.tasks),
            pending=list(self.pending),
            timers=dict(self.timers),
            activities=dict(self.activities),
            children=dict(self.children),
            answered=dict(self.answered),
            shown=dict(self.shown),
        )


def length_of(task: Task) -> int:
    """Return about how many events a task adds to a history."""
    return sum(2 + len(turn.jobs) + len(turn.commands) for turn in task)


def jobs_of(tasks: list[Task]) -> Iterator[WorkflowActivationJob]:
    """Yield the jobs of a run, in order."""
    for task in tasks:
        for turn in task:
            yield from turn.jobs


def told_events(run: Run) -> Iterator[HistoryEvent]:
    """Yield a run's history as a server would tell it: its start, and the answers of its local activities."""
    started = HistoryEvent()
    started.workflow_execution_started_event_attributes.input.payloads.extend(run.input)
    started.workflow_execution_started_event_attributes.continued_execution_run_id = run.before
    yield started
    for job in jobs_of(run.tasks):
        if job.resolve_activity.is_local and job.resolve_activity.result.HasField("completed"):
            marker = HistoryEvent()
            answer = job.resolve_activity.result.completed.result
            marker.marker_recorded_event_attributes.details["result"].payloads.append(answer)
            yield marker
    yield from end_of(run)


def end_of(run: Run) -> Iterator[HistoryEvent]:
    """Yield the end of a run, if somebody ended it from outside."""
    if run.status is Status.TERMINATED and run.failure is not None:
        ended = HistoryEvent()
        ended.workflow_execution_terminated_event_attributes.reason = run.failure.message
        yield ended


def patches_of(task: Task) -> list[str]:
    """Return the marks that a task set of the changes that it knows."""
    return [
        command.set_patch_marker.patch_id
        for turn in task
        for command in turn.commands
        if command.HasField("set_patch_marker")
    ]


def heard_after(tasks: list[Task], pending: list[WorkflowActivationJob]) -> list[WorkflowActivationJob]:
    """Return the messages that a reset says again: signals, and updates that had been accepted."""
    told = (*jobs_of(tasks), *(job for job in pending if not job.HasField("do_update")))
    return [job for job in told if job.HasField("signal_workflow") or job.HasField("do_update")]
