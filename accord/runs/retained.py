"""The knowledge of a stream in the ledger that the retained runs of its workflow have.

A run that continued as new stands before the newest one, until the namespace's retention. Each run's first event names
the run before it, in clear, so that a run which nobody can read any more hides none before it. One that was ended, and
begun anew, is named by no later run: Temporal's index lists it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistoryEventFilterType
from temporalio.service import RPCError, RPCStatusCode

from accord.runs.catching_up import version_known
from accord.runs.open_workflows import Workflow, closed_runs, describe
from deploy.payloads.codec import PayloadUnreadable
from domain.directory.disregarded import Disregarded
from domain.payment.tranche.events import TrancheEvent
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from domain.unions import event_types

LET_GO: Final = "it knew more than the ledger, and two guardians accepted the loss"
"""The reason of a workflow's end for which neither its knowledge nor that of the runs before it is asked any more."""

_OF_ATTEMPTS: Final = event_types(TrancheEvent)


@dataclass
class Knowledge:
    """The knowledge that the runs of a workflow have of its stream."""

    version: int = 0
    """The newest version of which any of them knew."""
    events: list[RecordedEvent] = field(default_factory=list)
    """The readable ones, each once, and both where runs disagree on a version."""
    whole: bool = True
    """False if something of a run that is kept cannot be read: its key is not in the ring."""

    def add(self, event: RecordedEvent) -> None:
        """Take an event up, unless it is known."""
        self.version = max(self.version, event.version)
        if not any(is_same(event, recorded_event) for recorded_event in self.events):
            self.events.append(event)


def is_same(event: RecordedEvent, recorded_event: RecordedEvent) -> bool:
    """True if two are one event, by its place and what caused it: erased, its content reads otherwise."""
    return (event.version, event.command_id, type_of(event)) == (
        recorded_event.version,
        recorded_event.command_id,
        type_of(recorded_event),
    )


def type_of(event: RecordedEvent) -> str:
    """Return the type that an event was recorded as."""
    content: Any = event.event
    return content.recorded if isinstance(content, Disregarded) else str(content.event_type)


async def knowledge_of(client: Client, workflow_id: StreamId) -> Knowledge:
    """Return the knowledge that the newest run of a workflow, and those before it, have of its stream.

    Those before it go back to the last one of which two guardians let go.

    Raises:
        RPCError: Temporal does not answer.
    """
    newest = await describe(client, workflow_id)
    if newest is None:
        return Knowledge()
    workflows = [workflow async for workflow in _ended(client, workflow_id, newest.run_id)]
    knowledge = Knowledge(max(workflow.version for workflow in (newest, *workflows)))
    runs = [newest.run_id, *(workflow.run_id for workflow in workflows)]
    for run_id in runs:
        async for event in _history(client, workflow_id, run_id):
            # Grows while it is walked: each first event may name a run that the index does not list any more.
            runs += [earlier_run for earlier_run in _before(event) if earlier_run not in runs]
            await _take(client, workflow_id, event, knowledge)
    if not knowledge.whole:
        # What cannot be read here, the workflow itself may still answer for: its worker has the key.
        knowledge.version = max(knowledge.version, await version_known(client, workflow_id) or 0)
    knowledge.events.sort(key=lambda event: event.version)
    return knowledge


async def _ended(client: Client, workflow_id: str, newest: str) -> AsyncIterator[Workflow]:
    """Yield the runs before the newest, the last first, back to one of which two guardians let go."""
    async for closed_run in closed_runs(client, f"WorkflowId = '{workflow_id}'"):
        # The newest may have closed as well: it is read first, whatever became of it.
        if closed_run.run_id == newest:
            continue
        if await _was_let_go(client, closed_run):
            return
        yield closed_run


async def _was_let_go(client: Client, run: Workflow) -> bool:
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    try:
        only_its_end = handle.fetch_history_events(event_filter_type=WorkflowHistoryEventFilterType.CLOSE_EVENT)
        ends = [event.workflow_execution_terminated_event_attributes async for event in only_its_end]
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return any(attributes.reason == LET_GO for attributes in ends)


async def _history(client: Client, workflow_id: str, run_id: str) -> AsyncIterator[HistoryEvent]:
    """Yield the events of a run, or none once the server has deleted it."""
    try:
        async for history_event in client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history_events():
            yield history_event
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise


def _before(event: HistoryEvent) -> list[str]:
    """Return the runs before this one, if it is a run's first event: the one that continued as it, or was reset."""
    attributes = event.workflow_execution_started_event_attributes
    return [
        earlier_run
        for earlier_run in (attributes.continued_execution_run_id, attributes.original_execution_run_id)
        if earlier_run
    ]


async def _take(client: Client, workflow_id: StreamId, event: HistoryEvent, knowledge: Knowledge) -> None:
    for payload in await _opened(client, event, knowledge):
        try:
            answer = json.loads(payload.data)
        except ValueError:
            continue  # another activity's answer, or somebody else's history
        knowledge.version = max([knowledge.version, *_versions_in(answer)])
        for recorded_event in _recorded_in(answer, workflow_id):
            knowledge.add(recorded_event)


async def _opened(client: Client, event: HistoryEvent, knowledge: Knowledge) -> list[Payload]:
    """Return a run's first input, and the results of its local activities, before they were encrypted."""
    attributes, event_attributes = (
        event.workflow_execution_started_event_attributes,
        event.marker_recorded_event_attributes,
    )
    sealed_payloads = (
        [*attributes.input.payloads, *event_attributes.details["result"].payloads] if _speaks(event) else []
    )
    codec, payloads = client.data_converter.payload_codec, list[Payload]()
    for payload in sealed_payloads:
        try:
            payloads += await codec.decode([payload]) if codec is not None else [payload]
        except PayloadUnreadable:
            knowledge.whole = False
    return payloads


def _speaks(event: HistoryEvent) -> bool:
    return event.HasField("workflow_execution_started_event_attributes") or event.HasField(
        "marker_recorded_event_attributes"
    )


def _versions_in(answer: Any) -> Iterator[int]:
    """Yield the versions up to which a run knew the stream when it began: by its input, and by what it folded."""
    match answer:
        case {"known": {"version": int(version)}} | {"partnership": {"version": int(version)}, "handled": list()}:
            yield version


def _recorded_in(answer: Any, stream: StreamId) -> Iterator[RecordedEvent]:
    """Yield the events of a workflow's own stream in an answer. A partnership is answered on its attempts as well."""
    entries = answer.get("events") if isinstance(answer, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        try:
            event = RecordedEvent.model_validate(entry)
        except ValidationError:
            continue
        if (type_of(event) in _OF_ATTEMPTS) is not stream.is_partnership:
            yield event
