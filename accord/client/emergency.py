"""Stop what must stop while Temporal is away: signed, verified by the same gates, appended by a login of its own.

The workflow evolves from what the ledger holds, so it learns of it when it runs again. What is stopped so counts at
once where it matters: the check before a payment reads the ledger and asks no workflow.
"""

from __future__ import annotations

from typing import Any

from temporalio.exceptions import ApplicationError

from accord.client.desk import Desk
from accord.client.faults import Refused
from accord.client.sight import make_command
from activities.contracts import AuthorityRequest, RecordRequest
from activities.records import Records
from domain.directory.personal import people_in
from domain.errors import DomainError
from domain.identity import partnership_workflow_id
from domain.partnership import commands as c
from domain.partnership.decisions import decide
from domain.recorded.writers import Writer
from workflows.messages import Receipt, receipt


async def stop(desk: Desk, partnership_id: str, kind: type[c.StaffCommand], actor: str, **content: Any) -> Receipt:
    """Record a hold or a cancellation without Temporal, and hint to the workflow where it runs.

    Raises:
        Refused: The domain refuses it, or it is not proved to be the actor's; nothing changed.
    """
    seen = await desk.known_sight(partnership_id)
    command = await desk.signed(seen, make_command(seen, kind, actor, content))
    records = Records(desk.pool, Writer.EMERGENCY)
    authority = await records.look_up_authority(AuthorityRequest(partnership_id=partnership_id, command=command))
    try:
        events = decide(seen.partnership, command, authority)
    except DomainError as refusal:
        raise Refused(str(refusal), type(refusal).__name__) from refusal
    stream = partnership_workflow_id(partnership_id)
    people = (*seen.partnership.people, *people_in(command))
    request = RecordRequest(
        stream_id=stream, expected_version=seen.partnership.version, command_id=command.command_id, actor=actor,
        events=events, people=people,
    )  # fmt: skip
    try:
        recorded = await records.record_events(request)
    except ApplicationError as refusal:
        raise Refused(refusal.message, refusal.type or "") from refusal
    if all(one.command_id != command.command_id for one in recorded.events):
        raise Refused("somebody decided at the same moment; look again and give it again", "Conflict")
    if desk.client is not None:
        await desk.tell(stream, "catch_up", None)
    after = await desk.known_sight(partnership_id)
    what = tuple(event.event_type for event in events)
    return receipt(after.partnership, after.position, command.command_id, what, replayed=False)
