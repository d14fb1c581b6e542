"""The standard of every history: it replays, no task failed, operators can read it, and the ledger agrees."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer

from accord.runs.replaying import replayer_of
from deploy.connections import payload_keys
from deploy.payloads.codec import EncryptedPayloads, messages_within
from deploy.payloads.keys import PayloadKey, PayloadKeys
from deploy.payloads.plugin import accord_plugin
from deploy.registered import WORKFLOWS, sandbox
from domain.partnership.state import Partnership
from domain.payment.tranche.events import CHANGES_NOTHING_TO_DO
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.streams import StreamId
from records.codec import from_ledger
from tests.lives import Life
from tests.waiting import BACKSTOP, until

NEEDS_SUMMARY = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    EventType.EVENT_TYPE_MARKER_RECORDED,
}


UNDER_WAY = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
}
BENIGN = {
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
}
LOST = {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}


ANY_KEYS = PayloadKeys((PayloadKey.make(),))
"""For histories that are plain, or that nobody may read."""


def replayer(keys: PayloadKeys | None = None) -> Replayer:
    """A replayer with the worker's own plugin and sandbox, and the running stack's keys, unless others are given."""
    plugins = [accord_plugin(keys or payload_keys())]
    return Replayer(workflows=list(WORKFLOWS), plugins=plugins, namespace="default", workflow_runner=sandbox())


async def runs(client: Client, workflow_id: str) -> list[WorkflowHistory]:
    """The histories of every run of a workflow, the newest first."""
    found = []
    run_id: str | None = None
    while True:
        history = await at_rest(client.get_workflow_handle(workflow_id, run_id=run_id))
        found.append(history)
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        if not run_id:
            return found


async def at_rest(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """The history once nothing is under way: the replay of a task that was cut in half waits for ever."""

    async def look() -> WorkflowHistory | None:
        history = await handle.fetch_history()
        return None if history.events[-1].event_type in UNDER_WAY else history

    return await until(look)


async def histories(life: Life) -> list[WorkflowHistory]:
    """All histories of a partnership and its tranches, or none where it never started."""
    client = life.desk.temporal
    try:
        found = await runs(client, life.handle.id)
    except RPCError:
        return []
    state = await life.desk.partnership(life.reference)
    for tranche in state.tranches if state else ():
        for attempt in range(1, tranche.attempt + 1):
            found += await runs(client, StreamId.attempt(life.reference, tranche.number, attempt))
    return found


async def examine(life: Life) -> None:
    """Assert the standard of every history that a life made."""
    for history in await histories(life):
        await replayer_of(life.desk.temporal).replay_workflow(history)
        assert not (failed := failed_tasks(history)), failed
        assert without_summary(history) == []
    await ledger_agrees(life)


def failed_tasks(history: WorkflowHistory) -> list[str]:
    """Workflow tasks that failed, other than by a reset, by news at the very end, or by a flood of signals."""
    return [
        event.workflow_task_failed_event_attributes.failure.message or str(event)
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
        and event.workflow_task_failed_event_attributes.cause not in BENIGN
    ]


def without_summary(history: WorkflowHistory) -> list[str]:
    """The parts that an operator could not read: activities, timers and children without a summary."""
    return [_named(event) for event in history.events if event.event_type in NEEDS_SUMMARY and not summary(event)]


def summary(event: HistoryEvent) -> str:
    """The summary that the UI shows for an event. The mark of a changed workflow is one by its own name."""
    if event.marker_recorded_event_attributes.marker_name == "core_patch":
        return event.marker_recorded_event_attributes.marker_name
    data = opened(event.user_metadata.summary).data
    return str(json.loads(data)) if data else ""


def readable(history: WorkflowHistory) -> WorkflowHistory:
    """A history with every payload as it was before it was encrypted."""
    for event in history.events:
        _open_within(event)
    return history


def _open_within(message: Message) -> None:
    if isinstance(message, Payload):
        message.CopyFrom(opened(message))
    else:
        for one in messages_within(message):
            _open_within(one)


def opened(payload: Payload) -> Payload:
    """A payload as it was before it was encrypted."""
    return EncryptedPayloads(payload_keys()).opened(payload)


def _named(event: HistoryEvent) -> str:
    return f"{event.event_id} {EventType.Name(event.event_type)}"


async def ledger_agrees(life: Life) -> None:
    """The fold of the ledger's stream equals what the workflow says of itself, for the partnership and its tranches."""
    state = await life.desk.partnership(life.reference)
    if state is None:
        return
    await eventually_equal(lambda: ask(life.handle, Partnership), life.state)
    for tranche in state.tranches:
        for attempt in range(1, tranche.attempt + 1):
            await tranche_agrees(life, life.tranche(tranche.number, attempt))


async def tranche_agrees(life: Life, handle: WorkflowHandle[Any, Any]) -> None:
    """The same for one tranche."""

    async def folded() -> Tranche | None:
        """As far as the workflow has read: nobody hints at what it need not act upon."""
        known: Tranche = await ask(handle, Tranche)
        stored = await life.desk.ledger.read_stream(handle.id)
        if CHANGES_NOTHING_TO_DO.issuperset(event.event_type for event in stored[known.version :]):
            stored = stored[: known.version]
        return fold_tranche([from_ledger(event).event for event in stored])  # type: ignore[misc]

    if await life.desk.ledger.read_stream(handle.id):
        await eventually_equal(lambda: ask(handle, Tranche), folded)


async def eventually_equal(one: Callable[[], Awaitable[Any]], other: Callable[[], Awaitable[Any]]) -> None:
    """Assert that two things become equal. While something is on its way they may differ for a moment."""
    if not await become_equal(one, other):
        assert await one() == await other()


async def become_equal(one: Callable[[], Awaitable[Any]], other: Callable[[], Awaitable[Any]]) -> bool:
    """True if two things become equal. If one of them does not answer, it is asked again."""

    async def equal() -> bool:
        with suppress(RPCError):
            return bool(await one() == await other())
        return False

    with suppress(TimeoutError):
        return await until(equal)
    return False


async def ask(handle: WorkflowHandle[Any, Any], kind: type[Any]) -> Any:
    """Query a workflow's state, each time more patiently: one that meets a run about to continue as new is lost."""
    for seconds in (2, 8, 32):
        try:
            return await handle.query("status", result_type=kind, rpc_timeout=timedelta(seconds=seconds))
        except RPCError as fault:
            if fault.status not in LOST:
                raise
    return await handle.query("status", result_type=kind, rpc_timeout=timedelta(seconds=BACKSTOP))
