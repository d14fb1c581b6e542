"""How a workflow records and looks things up: local activities, one at a time, each with a summary for the operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AuthorityRequest, Recorded, RecordRequest
    from activities.records import Records
    from domain.commands import Authority, StaffRequest
    from domain.events import AnyEvent
    from workflows.describe import clip
    from workflows.options import LOCAL


async def local(method: Any, argument: Any, summary: str) -> Any:
    """Run a local activity: short work on our own database, one history event."""
    return await workflow.execute_local_activity_method(method, argument, summary=clip(summary), **LOCAL)


async def record(version: int, command_id: UUID, actor: str, events: tuple[AnyEvent, ...]) -> Recorded:
    """Append events to this workflow's own stream, expected at a version, and return what the stream holds after."""
    request = RecordRequest(
        stream_id=workflow.info().workflow_id,
        expected_version=version,
        command_id=command_id,
        actor=actor,
        events=events,
    )
    names = ", ".join(event.event_type for event in events)
    recorded: Recorded = await local(Records.record_events, request, f"Record {names}")
    return recorded


async def authority_of(command: StaffRequest) -> Authority:
    """Return what the directory says of the person who commands."""
    summary = f"Look up {command.actor} in the directory"
    authority: Authority = await local(Records.look_up_authority, AuthorityRequest(command=command), summary)
    return authority
