"""How a workflow records and looks things up: local activities, one at a time, each with a summary for the operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AuthorityRequest, Known, ReadRequest, Recorded, RecordRequest
    from activities.records import Records
    from domain.directory.personal import Person
    from domain.errors import NotSigned
    from domain.identity import partnership_id_of
    from domain.partnership.commands import Authority, StaffRequest
    from domain.recorded.schema import AnyEvent
    from workflows.describe import clip
    from workflows.options import LOCAL, STOPS


NOTHING = Known()
"""What is known of a stream of which nothing must be held against the ledger."""

REFUSALS = (NotSigned.__name__, "KEY_REUSE")
"""How recording says that it will never record this."""


async def local(method: Any, argument: Any, summary: str) -> Any:
    """Run a local activity: short work on our own database, one history event. Raises NotSigned, Stopped."""
    try:
        return await workflow.execute_local_activity_method(method, argument, summary=clip(summary), **LOCAL)
    except (ActivityError, ApplicationError) as fault:
        raise _refusal(fault) from fault


async def record(
    version: int,
    command_id: UUID,
    actor: str,
    events: tuple[AnyEvent, ...],
    people: tuple[Person, ...] = (),
    known: Known = NOTHING,
) -> Recorded:
    """Append events to this workflow's own stream, expected at a version, and return what the stream holds after.

    `people` are those whom the stream names already; where an event names them again, they are sealed as well. `known`
    is what the ledger must still hold. Raises NotSigned, Stopped.
    """
    request = RecordRequest(
        stream_id=workflow.info().workflow_id,
        expected_version=version,
        command_id=command_id,
        actor=actor,
        events=events,
        people=people,
        known=known,
    )
    names = ", ".join(event.event_type for event in events)
    recorded: Recorded = await local(Records.record_events, request, f"Record {names}")
    if not recorded.events:
        raise NotSigned("it was recorded before; a decision is not taken twice")
    return recorded


async def read_after(known: Known) -> Recorded:
    """Return what this workflow's own stream holds after what is known of it. Raises Stopped."""
    version = known.version
    request = ReadRequest(stream_id=workflow.info().workflow_id, after_version=version, known=known)
    recorded: Recorded = await local(Records.read_events, request, f"Read what was recorded after version {version}")
    return recorded


def _refusal(fault: ActivityError | ApplicationError) -> Exception:
    """What does not hold when it is recorded (a key revoked meanwhile, an id used before) is refused, no accident."""
    cause = fault.cause if isinstance(fault, ActivityError) else fault
    if isinstance(cause, ApplicationError) and cause.type in STOPS:
        return STOPS[cause.type](cause.message)
    if isinstance(cause, ApplicationError) and cause.type in REFUSALS:
        return NotSigned(cause.message)
    return fault


async def authority_of(command: StaffRequest, known: Known) -> Authority:
    """Return whether the command is proved to be the person's, and what the directory says of them.

    `known` is what the ledger must still hold. Raises NotSigned, Stopped.
    """
    partnership_id = partnership_id_of(workflow.info().workflow_id)
    request = AuthorityRequest(partnership_id=partnership_id, command=command, known=known)
    summary = f"Verify that {command.actor} signed it, and their roles"
    authority: Authority = await local(Records.look_up_authority, request, summary)
    return authority
