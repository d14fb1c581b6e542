"""Find lost events of the ledger in a workflow's history, and record again those that still have their proof.

The history itself proves nothing: a decision counts only with a valid signature, in the epoch in which it was signed.
So it must be recorded again before the next epoch begins, or else be taken anew. A hand-over counts only beside what
was signed of its file, which the ledger forgot as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.service import RPCError

from accord.client.desk import Desk, open_desk
from accord.client.faults import Refused, Unreachable
from deploy.logins import Login
from deploy.payloads.codec import PayloadUnreadable
from domain.directory.disregarded import Disregarded
from domain.identity import ACCORD
from domain.recorded.event import RecordedEvent
from domain.recorded.proofs import bears_a_name, event_fault
from domain.recorded.writers import Writer, may_append
from domain.streams import StreamId
from ledger import AppendRequest
from records.codec import to_ledger
from records.keys.verification import verified
from records.opening import open_ledger


async def lost_events(desk: Desk, partnership_id: str) -> list[RecordedEvent]:
    """Return, by version, the events that the newest run of a partnership's workflow read but the ledger does not hold.

    Raises:
        Unreachable: Temporal does not answer.
    """
    workflow_id = StreamId.partnership(partnership_id)
    known: dict[int, RecordedEvent] = {}
    try:
        async for event in desk.temporal.get_workflow_handle(workflow_id).fetch_history_events():
            known |= {one.version: one for one in _recorded_in(await _results(desk, event))}
    except RPCError as fault:
        raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
    held = {one.version: (one.command_id, one.event) for one in await desk.reader.read(workflow_id)}
    return [one for version, one in sorted(known.items()) if held.get(version) != (one.command_id, one.event)]


async def _results(desk: Desk, event: Any) -> list[Payload]:
    """Return the results of a local activity as they were before they were encrypted; none of any other event.

    Raises:
        Unreachable: One of them cannot be read.
    """
    sealed = event.marker_recorded_event_attributes.details["result"].payloads
    codec = desk.temporal.data_converter.payload_codec
    try:
        return await codec.decode(sealed) if codec is not None else list(sealed)
    except PayloadUnreadable as fault:
        raise Unreachable(f"Temporal's history cannot be read: {fault}") from fault


def _recorded_in(results: list[Payload]) -> Iterator[RecordedEvent]:
    """Yield the ledger's events in the result of a local activity; none if its result is something else."""
    for payload in results:
        try:
            answer = json.loads(payload.data)
            told = answer.get("events", []) if isinstance(answer, dict) else []
            yield from [RecordedEvent.model_validate(one) for one in told]
        except (ValueError, ValidationError):
            continue  # another activity's answer, or somebody else's history


async def record_again(desk: Desk, partnership_id: str, lost: list[RecordedEvent]) -> None:
    """Record lost events again, each command under the login that may append its events, up to the first without proof.

    Raises:
        Refused: An event has no proof: no valid signature for the epoch in force, none of the file that it tells of,
            or it was disregarded. What came before it was recorded. Or others took an event's place.
    """
    stream_id = StreamId.partnership(partnership_id)
    done = 0
    for command in _commands(lost):
        if fault := await _fault(desk, stream_id, command):
            recorded = f"recorded again up to version {done}" if done else "nothing was recorded"
            told = "let it be decided again, or accept its loss: `accord ledger accept-loss`"
            raise Refused(f"{recorded}: {fault}; {told}", "NotSigned")
        await _append(desk, stream_id, command)
        done = command[-1].version


async def _fault(desk: Desk, stream_id: StreamId, command: list[RecordedEvent]) -> str:
    """Return the reason why one of a command's events would not count, or ''."""
    directory = await desk.directory()
    for one in command:
        event: Any = one.event
        if isinstance(event, Disregarded):
            return f"version {one.version} counted for nothing"
        fault = event_fault(event, stream_id.subject, directory, verified) if bears_a_name(event) else ""
        fault = fault or await desk.reader.judge.fault_of_claim(event, stream_id, await desk.ledger.head() + 1)
        if fault:
            return f"version {one.version}, {event.event_type}: {fault}"
    return ""


def _commands(lost: list[RecordedEvent]) -> list[list[RecordedEvent]]:
    """Return the events grouped by command, in the order in which they were recorded."""
    commands: dict[UUID, list[RecordedEvent]] = {}
    for one in lost:
        commands.setdefault(one.command_id, []).append(one)
    return list(commands.values())


async def _append(desk: Desk, stream_id: str, command: list[RecordedEvent]) -> None:
    events: Any = tuple(one.event for one in command)
    writer = next(one for one in Writer if all(may_append(one, stream_id, event.event_type) for event in events))
    named = await desk.partnership(StreamId(stream_id).subject)
    people = named.people if named is not None else ()
    made = to_ledger(events, getattr(events[0], "actor", ACCORD), command[0].command_id, people)
    request = AppendRequest(stream_id, command[0].command_id, command[0].version - 1, made)
    async with open_desk(Login(writer)) as task:
        answer = await open_ledger(task.pool, writer).append(request)
    if not answer.recorded:
        raise Refused(
            f"version {command[0].version}: the ledger went on without it; let it be decided again", "Conflict"
        )
