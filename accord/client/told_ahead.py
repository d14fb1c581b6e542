"""Find a partnership's workflow that knows more than the ledger holds: nothing is decided there, whatever is next."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.service import RPCError

from accord.client.desk import open_temporal
from accord.presentation.faults import Unreachable
from accord.runs.catching_up import ledger_is_behind
from accord.runs.open_workflows import describe
from domain.fault import Fault
from domain.streams import StreamId
from ledger import Ledger

WITHIN: Final = timedelta(seconds=2)
"""The time for which a mere reader waits for Temporal."""


async def told_ahead(ledger: Ledger, partnership_id: str, version: int, client: Client | None = None) -> Fault | None:
    """Return the reason why nothing can be decided in a partnership whose version was read, or None.

    What the workflow recorded meanwhile is no loss: the ledger is read once more. `client`: Temporal; without one it is
    the one that is configured, and if that does not answer nobody says anything.
    """
    stream = StreamId.partnership(partnership_id)
    with suppress(Unreachable, RPCError, TimeoutError):
        if client is None:
            client = await asyncio.wait_for(open_temporal(), WITHIN.total_seconds())
        workflow = await describe(client, stream, WITHIN)
        ahead = workflow is not None and workflow.is_open and workflow.version > version
        if workflow is not None and ahead and await ledger_is_behind(ledger, stream, workflow.version):
            return Fault(
                f"nothing, until an operator has looked: its workflow knows version {workflow.version}, and the ledger "
                f"holds {version}; it was put back to an earlier point, and every command is refused (`accord status`)"
            )
    return None
