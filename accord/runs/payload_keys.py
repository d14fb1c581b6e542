"""The uses of payload keys: the runs that bear each of them, and those that nobody can read."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, NamedTuple

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, ScheduleActionExecutionStartWorkflow, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from accord.presentation.faults import Unreachable
from accord.runs.open_workflows import Workflow, closed_runs, fails_again_and_again, open_workflows
from deploy.connections import temporal_answer
from deploy.payloads.codec import key_ids_in
from deploy.payloads.keys import PayloadKeys

AT_ONCE: Final = 10
"""Histories that are read at a time."""

NEWEST_RUNS: Final = 50
"""The open runs that are looked at where somebody waits. Each is read whole."""

READ_AFTER_A_RESTORE: Final = "WorkflowType IN ('Partnership', 'Tranche')"
"""The closed runs from which is read what a ledger forgot that was put back."""

RUNBOOK: Final = "`accord runbook payload-key-lost`"


class KeyUse(NamedTuple):
    """A key of payloads, and whether it can be dropped."""

    key_id: str
    writes: bool
    since: str
    """The time of its first use for writing, or '' if it only reads so far."""
    open_runs: int
    """Open runs whose history bears it, and schedules whose next run would."""
    closed_runs: int
    """Closed runs that Temporal still keeps and that bear it: after a restore, what the ledger forgot is read there."""


async def uses_of(client: Client, keys: PayloadKeys) -> list[KeyUse]:
    """Return the uses of each key of a ring, the key that writes first.

    The histories are looked at: a worker that was not started anew writes under an old key, whatever the ring says.

    Raises:
        Unreachable: Temporal does not answer.
    """
    borne, closed_uses = Counter[str](), Counter[str]()

    async def look(execution: Workflow) -> None:
        (borne if execution.is_open else closed_uses).update(await _keys_of(client, execution))

    await _each(open_workflows(client), look)
    await _each(closed_runs(client, READ_AFTER_A_RESTORE), look)  # last: what closes meanwhile is not missed
    borne.update([key for keys in await _keys_of_schedules(client) for key in keys])
    return [
        KeyUse(
            key.key_id,
            key is keys.writes,
            key.since.isoformat(timespec="seconds") if key.since else "",
            borne[key.key_id],
            closed_uses[key.key_id],
        )
        for key in keys.keys
    ]


async def end_unreadable(client: Client, keys: PayloadKeys) -> list[str]:
    """Terminate the open workflows whose history bears a key that is not in the ring, and return their ids.

    Also those whose tasks failed again and again, as under a ring that is gone by now: the server offers the next one
    minutes later, and until then they answer nobody. Nothing is lost by this: what they did is in the ledger, from
    which a partnership's next workflow goes on.

    Raises:
        Unreachable: Temporal does not answer.
    """
    own_key_ids, workflow_ids = {key.key_id for key in keys.keys}, list[str]()

    async def look(execution: Workflow) -> None:
        handle = _handle(client, execution)
        is_silent = await _keys_of(client, execution) - own_key_ids or await _fails_again_and_again(handle)
        if is_silent and await _terminated(handle):
            workflow_ids.append(execution.id)

    await _each(open_workflows(client), look)
    return sorted(workflow_ids)


def _handle(client: Client, execution: Workflow) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(execution.id, run_id=execution.run_id)


async def _fails_again_and_again(handle: WorkflowHandle[Any, Any]) -> bool:
    """True if the server pauses before it offers a workflow's task once more, or the task is under way again."""
    try:
        description = await handle.describe()
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return fails_again_and_again(description.raw_description.pending_workflow_task)


async def _keys_of(client: Client, execution: Workflow) -> set[str]:
    """Return the keys that a run's history bears, or none once the server has deleted it."""
    return set().union(*[key_ids_in(event) async for event in _history(_handle(client, execution))])


async def lost_keys(client: Client, keys: PayloadKeys, newest: int | None = None) -> Counter[str]:
    """Return the number of open workflows with each key that the ring lacks, by its id: nobody here can read them.

    `newest`: look at so many of the newest runs only, which a screen can wait for.

    Raises:
        Unreachable: Temporal does not answer.
    """
    own_key_ids, key_counts = {key.key_id for key in keys.keys}, Counter[str]()

    async def look(execution: Workflow) -> None:
        key_counts.update(await _keys_of(client, execution) - own_key_ids)

    await _each(open_workflows(client, limit=newest), look)
    if newest is None:
        key_counts.update([key for keys in await _keys_of_schedules(client) for key in keys - own_key_ids])
    return key_counts


async def _keys_of_schedules(client: Client) -> list[set[str]]:
    """Return the keys of what each schedule hands to its next run: its input, and the result of the run before.

    Raises:
        Unreachable: Temporal does not answer.
    """
    try:
        return [await _keys_of_schedule(client, schedule.id) async for schedule in await client.list_schedules()]
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault


async def _keys_of_schedule(client: Client, name: str) -> set[str]:
    description = await client.get_schedule_handle(name).describe()
    key_ids, recent = key_ids_in(description.raw_description), description.info.recent_actions
    before = recent[-1].action if recent else None
    if not isinstance(before, ScheduleActionExecutionStartWorkflow):
        return key_ids
    handle = client.get_workflow_handle(before.workflow_id, run_id=before.first_execution_run_id)
    events = [event async for event in _history(handle)]
    history_events = [event for event in events[-1:] if event.HasField("workflow_execution_completed_event_attributes")]
    return key_ids.union(*map(key_ids_in, history_events or events[:1]))


async def _history(handle: WorkflowHandle[Any, Any]) -> AsyncIterator[HistoryEvent]:
    """Yield the events of a run, or none once the server has deleted it."""
    try:
        async for history_event in handle.fetch_history_events():
            yield history_event
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise


async def _each(runs: AsyncIterator[Workflow], look: Callable[[Workflow], Awaitable[None]]) -> None:
    """Look at runs, some at a time. Raises Unreachable if Temporal does not answer."""
    try:
        async for workflows in _in_groups(runs):
            await asyncio.gather(*map(look, workflows))
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault


async def _terminated(handle: WorkflowHandle[Any, Any]) -> bool:
    """Terminate a workflow. Return False if it has ended by itself, which the index did not show yet."""
    try:
        await handle.terminate("no key reads its payloads, or its tasks failed again and again")
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _in_groups(runs: AsyncIterator[Workflow]) -> AsyncIterator[list[Workflow]]:
    group: list[Workflow] = []
    async for run in runs:
        group.append(run)
        if len(group) == AT_ONCE:
            yield group
            group = []
    yield group
