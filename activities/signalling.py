"""Signal the workflows of partnerships."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.streams import StreamId


async def signal_partnership(client: Client, partnership_id: str, signal: str) -> bool:
    """Signal a partnership's workflow. Return False if it has ended.

    Raises:
        RPCError: Temporal answered with another error.
    """
    try:
        await client.get_workflow_handle(StreamId.partnership(partnership_id)).signal(signal)
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True
