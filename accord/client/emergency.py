"""Place holds and cancel payments without Temporal: signed, checked at the same gates, under a separate login.

The workflow reads the recorded events from the ledger once it runs again. The pre-payment check takes them into account
at once, since it reads the ledger and no workflow.
"""

from __future__ import annotations

from typing import Any

from accord.client.desk import Desk
from accord.client.sight import make_command
from accord.presentation.faults import Refused
from activities.contracts import CarriedOut, CarryOut, KnownVersion
from activities.partnerships import Partnerships
from domain.errors import Stopped
from domain.partnership import commands as c
from domain.recorded.writers import Writer
from domain.streams import StreamId
from workflows.messages import Receipt, receipt


async def stop(desk: Desk, partnership_id: str, kind: type[c.StaffCommand], actor: str, **content: Any) -> Receipt:
    """Record a hold or a cancellation without Temporal, signal the workflow if possible, and return the receipt.

    Raises:
        Refused: The domain refuses it, or the actor's signature is missing or not valid; nothing changed.
    """
    sight = await desk.known_sight(partnership_id)
    command = await desk.signed(sight, make_command(sight, kind, actor, content))
    version = KnownVersion()  # decided from the ledger alone, whatever a workflow knows
    carry_out = CarryOut(partnership_id=partnership_id, command=command, known=version)
    carried_out = await _carry_out(Partnerships(desk.pool, Writer.EMERGENCY), carry_out)
    if carried_out.refusal is not None:
        raise Refused(carried_out.refusal.reason, carried_out.refusal.kind)
    if desk.client is not None:
        await desk.tell(StreamId.partnership(partnership_id), "catch_up", None)
    after = await desk.known_sight(partnership_id)
    return receipt(after.partnership, after.position, command.command_id, carried_out.what, is_replay=False)


async def _carry_out(partnerships: Partnerships, request: CarryOut) -> CarriedOut:
    try:
        return await partnerships.carry_out(request)
    except Stopped as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
