"""Known-bad histories: for each kind of break, a golden history changed as if other code had made it.

What a replay does not compare is no break here, since no run under way is stranded by it: how long a timer runs, what
an activity, a child, a signal or a search attribute holds, on which queue an activity is asked, what a run answers,
whether a local activity's marker stands before a command or after it, and what is asked after a history's last event.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.workflows.replay import goldens

Event = dict[str, Any]
Events = list[Event]


class Break(NamedTuple):
    """One kind of break: the golden, what is changed in its events, and what the failure of its replay says."""

    golden: str
    edit: Callable[[Events], Events]
    says: str
    """A pattern of what the failure says, and that of no other kind."""


def broken(one: Break) -> str:
    """The golden's history with the break, as JSON."""
    history = json.loads(goldens.content_of(goldens.newest()[one.golden]))
    events = _numbered(one.edit(history["events"]))
    return json.dumps({"events": events})


def interrupted(path: Path) -> str:
    """A golden's history as it would be if each answer of a local activity had come while more time was asked for.

    The answer stands with the task that ended before what the workflow made of it, in the next one.
    """
    events: Events = json.loads(goldens.content_of(path))["events"]
    made: Events = []
    for event, following in zip(events, [*events[1:], {}], strict=True):
        made.append(event)
        if _answers(event) and _task_of(following) == _task_of(event):
            made += _more_time(event)
    return json.dumps({"events": _numbered(made)})


def _answers(event: Event) -> bool:
    return event["eventType"] == f"EVENT_TYPE_{MARKED}" and attributes(event)["markerName"] == "core_local_activity"


def _task_of(event: Event) -> str | None:
    """The workflow task with which a command's event was recorded."""
    return attributes(event).get("workflowTaskCompletedEventId") if event else None


def _more_time(event: Event) -> Events:
    """Another workflow task right after an event."""
    at, before = event["eventTime"], event["eventId"]
    scheduled, started = f"{before} scheduled", f"{before} started"
    parts: list[tuple[str, str, Event]] = [
        (scheduled, "SCHEDULED", {"attempt": 1}),
        (started, "STARTED", {"scheduledEventId": scheduled}),
        (f"{before} completed", "COMPLETED", {"scheduledEventId": scheduled, "startedEventId": started}),
    ]
    return [
        {
            "eventId": number,
            "eventTime": at,
            "eventType": f"EVENT_TYPE_WORKFLOW_TASK_{what}",
            f"workflowTask{what.title()}EventAttributes": held,
        }
        for number, what, held in parts
    ]


# Finding and changing events


def attributes(event: Event) -> Event:
    """The attributes of an event, whatever its type."""
    [name] = [name for name in event if name.endswith("EventAttributes")]
    found: Event = event[name]
    return found


def first(events: Events, kind: str, after: int = 0, **having: Any) -> int:
    """The place of the first event of a type, from some place on, whose attributes have these values."""
    for place, event in enumerate(events[after:], after):
        held = attributes(event)
        if event["eventType"] == f"EVENT_TYPE_{kind}" and all(
            held.get(name) == value for name, value in having.items()
        ):
            return place
    raise LookupError(f"the golden has no {kind} with {having}")


def without(events: Events, *places: int) -> Events:
    """The events without some of them."""
    return [event for place, event in enumerate(events) if place not in places]


def twice(events: Events, place: int) -> Events:
    """The events with one of them once more, right after it."""
    copy = json.loads(json.dumps(events[place]))
    return [*events[: place + 1], {**copy, "eventId": "new"}, *events[place + 1 :]]


def swapped(events: Events, place: int) -> Events:
    """The events with one of them in the place of the next."""
    return [*events[:place], events[place + 1], events[place], *events[place + 2 :]]


def changed(events: Events, place: int, **attribute: Any) -> Events:
    """The events with attributes of one of them set to other values."""
    attributes(events[place]).update(attribute)
    return events


def written(text: str) -> str:
    """Bytes as a history in JSON holds them."""
    return base64.b64encode(text.encode()).decode()


def read(payloads: Event) -> bytes:
    """The content of the first of some payloads."""
    return base64.b64decode(payloads["payloads"][0]["data"])


def rewritten(payload: Event, leaving_out: str = "", **content: Any) -> None:
    """Change fields of what a payload holds, or leave one out."""
    held = {**json.loads(base64.b64decode(payload["data"])), **content}
    held.pop(leaving_out, None)
    payload["data"] = written(json.dumps(held))


def marker(events: Events, activity: str, field: str) -> Event:
    """A payload of the marker of the first local activity of a name: its `data` or its `result`."""
    for event in events:
        details = attributes(event).get("details", {}) if event["eventType"] == "EVENT_TYPE_MARKER_RECORDED" else {}
        if "data" in details and json.loads(read(details["data"]))["activity_type"] == activity:
            found: Event = details[field]["payloads"][0]
            return found
    raise LookupError(f"the golden has no local activity {activity}")


def _numbered(events: Events) -> Events:
    """The events with ids that follow each other, and with what refers to an event by its id."""
    numbers = {str(event["eventId"]): str(number) for event, number in zip(events, count(1), strict=False)}
    return [_renumbered(event, numbers) for event in events]


def _renumbered(held: Any, numbers: dict[str, str]) -> Any:
    match held:
        case dict():
            return {
                name: numbers.get(one, one)
                if name.lower().endswith("eventid") and isinstance(one, str)
                else _renumbered(one, numbers)
                for name, one in held.items()
            }
        case list():
            return [_renumbered(one, numbers) for one in held]
        case _:
            return held


# The kinds


TIMER, CANCELLED = "TIMER_STARTED", "TIMER_CANCELED"
ASKED, CHILD = "ACTIVITY_TASK_SCHEDULED", "START_CHILD_WORKFLOW_EXECUTION_INITIATED"
SHOWN, MARKED = "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", "MARKER_RECORDED"


def _shown(events: Events) -> int:
    """The place of the first search attributes that are the partnership's own, not those of a patch."""
    return first(events, SHOWN, after=first(events, ASKED) + 1)


def _without_a_timer(events: Events) -> Events:
    return without(events, first(events, TIMER), first(events, CANCELLED))


def _without_attributes(events: Events) -> Events:
    return without(events, _shown(events))


def _activity_twice(events: Events) -> Events:
    return twice(events, first(events, ASKED))


def _attributes_after_the_timer(events: Events) -> Events:
    return swapped(events, first(events, CANCELLED))


def _activity_renamed(events: Events) -> Events:
    return changed(events, first(events, ASKED), activityType={"name": "verify_somebody"})


def _local_activity_renamed(events: Events) -> Events:
    rewritten(marker(events, "carry_out", "data"), activity_type="decide")
    return events


def _child_renamed(events: Events) -> Events:
    return changed(events, first(events, CHILD), workflowType={"name": "Payment"})


def _child_elsewhere(events: Events) -> Events:
    return changed(events, first(events, CHILD), workflowId="partnership/P-2026-0001/payment/1")


def _patch_of_old(events: Events) -> Events:
    events = twice(events, first(events, MARKED, markerName="core_patch"))
    patch = attributes(events[first(events, MARKED, markerName="core_patch") + 1])["details"]["patch-data"]
    rewritten(patch["payloads"][0], id="a-change-that-was-taken-out")
    return events


def _field_missing(events: Events) -> Events:
    rewritten(marker(events, "carry_out", "result"), leaving_out="published")
    return events


def _encoded_otherwise(events: Events) -> Events:
    marker(events, "carry_out", "result")["metadata"]["encoding"] = written("json/of-another-converter")
    return events


def _workflow_renamed(events: Events) -> Events:
    return changed(events, 0, workflowType={"name": "Grant"})


def _update_renamed(events: Events) -> Events:
    asked = attributes(events[first(events, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED")])["acceptedRequest"]
    asked["input"]["name"] = "determine"
    return events


def _signal_renamed(events: Events) -> Events:
    return changed(events, first(events, "WORKFLOW_EXECUTION_SIGNALED"), signalName="read_on")


def _ended_otherwise(events: Events) -> Events:
    after = attributes(events[-1])["workflowTaskCompletedEventId"]
    ended = {"workflowTaskCompletedEventId": after}
    kind = "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"
    last = {"eventId": events[-1]["eventId"], "eventTime": events[-1]["eventTime"], "eventType": kind}
    return [*events[:-1], {**last, "workflowExecutionCompletedEventAttributes": ended}]


BREAKS: Final = {
    "a timer added": Break("closed", _without_a_timer, "Timer machine does not handle this event"),
    "a command added": Break("closed", _without_attributes, "UpsertWorkflow.* does not handle .*TimerStarted"),
    "a command removed": Break("closed", _activity_twice, "Update machine does not handle this event"),
    "commands in another order": Break("closed", _attributes_after_the_timer, "TimerMachine in state CancelTimer"),
    "an activity renamed": Break("closed", _activity_renamed, "Activity type of scheduled event 'verify_somebody'"),
    "a local activity renamed": Break("closed", _local_activity_renamed, "Activity type of recorded marker 'decide'"),
    "a child of another type": Break("closed", _child_renamed, "Child workflow type of scheduled event 'Payment'"),
    "a child under another id": Break("closed", _child_elsewhere, "Child workflow id of scheduled event"),
    "a patch taken out too early": Break("closed", _patch_of_old, "marker encountered for change a-change-that-was-"),
    "an answer with other fields": Break("closed", _field_missing, "1 validation error for CarriedOut"),
    "another converter": Break("closed", _encoded_otherwise, "Unknown payload encoding json/of-another-converter"),
    "a workflow renamed": Break("closed", _workflow_renamed, "Workflow class Grant is not registered"),
    "an update renamed": Break("closed", _update_renamed, "Activity machine does not handle .*UpdateAccepted"),
    "a signal renamed": Break("closed", _signal_renamed, "Missing associated machine for LocalActivity"),
    "another end": Break("many-runs-first", _ended_otherwise, "Continue as new workflow machine does not handle"),
}
"""A break of each kind that a replay notices."""
