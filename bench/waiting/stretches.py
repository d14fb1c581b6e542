"""The stretches of a workflow's time, by its history: the queue in which it lay, and the work done on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

TASKS_QUEUED: Final = "in the queue of workflow tasks"
TASKS: Final = "workflow tasks, with local activities"
QUESTIONS_QUEUED: Final = "in the queue of the rules"
QUESTIONS: Final = "the rules' work"
STRETCHES: Final = (TASKS_QUEUED, TASKS, QUESTIONS_QUEUED, QUESTIONS)


def stretches_of(history: Iterable[HistoryEvent]) -> Counter[str]:
    """Return the seconds that a workflow's tasks and questions lay in a queue, and were worked on, each together."""
    at: dict[int, int] = {}
    nanoseconds: Counter[str] = Counter()
    for event in history:
        at[event.event_id] = event.event_time.ToNanoseconds()
        stretch, began = _ended_by(event)
        if began:
            nanoseconds[stretch] += at[event.event_id] - at[began]
    return Counter({stretch: spent / 1e9 for stretch, spent in nanoseconds.items()})


def _ended_by(event: HistoryEvent) -> tuple[str, int]:
    """Return the stretch that an event ends, and the event with which it began, or 0 if it ends none."""
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            return TASKS_QUEUED, event.workflow_task_started_event_attributes.scheduled_event_id
        case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return TASKS, event.workflow_task_completed_event_attributes.started_event_id
        case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            return QUESTIONS_QUEUED, event.activity_task_started_event_attributes.scheduled_event_id
        case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return QUESTIONS, event.activity_task_completed_event_attributes.started_event_id
        case _:
            return "", 0
