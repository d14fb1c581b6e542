"""Bring a workflow up to the ledger: an append may outlive the task that asked for it.

A person's update runs in a task that the server keeps in memory until it is answered. If worker and server die
between the append and that answer, the ledger holds what the workflow never learns of, and nothing wakes it. What
the bank's counter records reaches a workflow by a hint, which may be lost as well. So each worker looks now and then at
what was recorded lately, asks the workflow how far it is, and tells it to catch up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from accord.operations.watching import watch
from domain.streams import PARTNERSHIP_STREAMS
from ledger import Ledger, Movement, clock

EVERY: Final = timedelta(seconds=30)
REST: Final = timedelta(seconds=15)
"""What is younger may be in the hands of its task still; longer than a task lives."""

LOOK_BACK: Final = timedelta(days=7)
"""How far a worker that starts looks back."""

ANSWER_WITHIN: Final = timedelta(seconds=10)

SILENT: Final = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.FAILED_PRECONDITION})
"""It does not run (any more), or its own tasks fail, which operators see elsewhere."""

UNREADABLE: Final = (KeyError, RuntimeError, ValueError)
"""What the data converter raises for an answer that is in none of its encodings."""

RUNBOOK: Final = "docs/runbooks/ledger-behind.md"

log = structlog.get_logger("accord.reconciliation")


class Reconciliation:
    """One worker's part in it; any number of workers may take part."""

    def __init__(self, client: Client, ledger: Ledger, looked_at: int = -1) -> None:
        """`looked_at`: the position in the ledger up to which everything is known; -1 to look back a week."""
        self._client = client
        self._ledger = ledger
        self._looked_at = looked_at

    async def forever(self) -> None:
        """Look twice a minute."""
        await watch("reconciliation", self.once, EVERY)

    async def once(self, rest: timedelta = REST) -> list[str]:
        """Look at what was recorded since the last look and is at rest; return the workflows that differ.

        A ledger that is shorter than it was has been put back: then everything is looked at anew.
        """
        if await self._ledger.head() < self._looked_at:
            log.error("the ledger is shorter than it was", seen=self._looked_at, remedy=RUNBOOK)
            self._looked_at = 0
        if self._looked_at < 0:
            self._looked_at = await self._ledger.position_at(clock.now() - LOOK_BACK)
        moved = await self._ledger.movements(PARTNERSHIP_STREAMS, self._looked_at, rest)
        behind = [found.stream_id for found in moved if await self._differs(found)]
        self._looked_at = max([self._looked_at, *(found.position for found in moved)])
        return behind

    async def _differs(self, found: Movement) -> bool:
        """Return whether a workflow knows less than the ledger holds, or more; it is told to look in both cases."""
        known = await version_known(self._client, found.stream_id)
        if known is None or known == found.version:
            return False
        if known > found.version and not await forgot(self._ledger, found.stream_id, known):
            return False
        try:
            await self._client.get_workflow_handle(found.stream_id).signal("catch_up", rpc_timeout=ANSWER_WITHIN)
        except RPCError as fault:
            if fault.status in SILENT:
                return False
            raise
        tell = log.error if known > found.version else log.info
        tell("told to catch up", workflow=found.stream_id, knows=known, recorded=found.version)
        return True


async def version_known(client: Client, workflow_id: str) -> int | None:
    """Return the version of its stream that a workflow knows; None for one that does not say.

    Anybody who reaches Temporal may run another under its id, so any answer must be expected.

    Raises:
        RPCError: Temporal is away.
    """
    try:
        answer = await client.get_workflow_handle(workflow_id).query("status", rpc_timeout=ANSWER_WITHIN)
    except (WorkflowQueryFailedError, *UNREADABLE):
        return None
    except RPCError as fault:
        if fault.status in SILENT:
            return None
        raise
    match answer:
        case {"version": int(version)}:
            return version
        case _:
            return None


async def forgot(ledger: Ledger, workflow_id: str, known: int) -> bool:
    """Return whether the ledger holds less of a stream now than its workflow knows; what is new counts as well."""
    async with ledger.connection() as connection:
        return (await ledger.versions([workflow_id], connection))[workflow_id] < known
