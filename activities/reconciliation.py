"""Bring a workflow up to the ledger: an append may outlive the task that asked for it.

A person's update runs in a task that the server keeps in memory until it is answered. If worker and server die
between the append and that answer, the ledger holds what the workflow never learns of, and nothing wakes it. What
the bank's counter records reaches a workflow by a hint, which may be lost as well. So each worker looks now and then at
what was recorded lately, asks the workflow how far it is, and tells it to catch up.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import structlog
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.identity import partnership_workflow_id
from domain.partnership import Partnership
from domain.tranche import Tranche
from ledger import Ledger, LedgerUnavailable, Movement, clock

EVERY: Final = timedelta(seconds=30)
REST: Final = timedelta(seconds=15)
"""What is younger may be in the hands of its task still; longer than a task lives."""

LOOK_BACK: Final = timedelta(days=7)
"""How far a worker that starts looks back."""

ANSWER_WITHIN: Final = timedelta(seconds=10)

SILENT: Final = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.DEADLINE_EXCEEDED})
"""It does not run (any more), or its own tasks fail, which operators see elsewhere."""

RUNBOOK: Final = "docs/runbooks/ledger-behind.md"

log = structlog.get_logger("accord.reconciliation")


class Reconciliation:
    """What one worker does about it; any number of workers may."""

    def __init__(self, client: Client, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self._looked_at = -1

    async def forever(self) -> None:
        """Look again and again; an outage is waited out."""
        while True:
            with suppress(LedgerUnavailable, RPCError):
                await self.once()
            await asyncio.sleep(EVERY.total_seconds())

    async def once(self, rest: timedelta = REST) -> list[str]:
        """Look at what was recorded since the last look and is at rest; return the workflows that differ.

        A ledger that is shorter than it was has been put back: then everything is looked at anew.
        """
        if await self._ledger.head() < self._looked_at:
            log.error("the ledger is shorter than it was", seen=self._looked_at, remedy=RUNBOOK)
            self._looked_at = 0
        if self._looked_at < 0:
            self._looked_at = await self._ledger.position_at(clock.now() - LOOK_BACK)
        moved = await self._ledger.movements(partnership_workflow_id(""), self._looked_at, rest)
        behind = [found.stream_id for found in moved if await self._differs(found)]
        self._looked_at = max([self._looked_at, *(found.position for found in moved)])
        return behind

    async def _differs(self, found: Movement) -> bool:
        """Whether a workflow knows less than the ledger holds, or more; it is told to look in both cases."""
        handle = self._client.get_workflow_handle(found.stream_id)
        try:
            known = await self._version_known_by(handle)
            if known is None or known == found.version:
                return False
            if known > found.version and not await self._forgot(found, known):
                return False
            await handle.signal("catch_up", rpc_timeout=ANSWER_WITHIN)
        except WorkflowQueryFailedError:
            return False
        except RPCError as fault:
            if fault.status in SILENT:
                return False
            raise
        tell = log.error if known > found.version else log.info
        tell("told to catch up", workflow=found.stream_id, knows=known, recorded=found.version)
        return True

    async def _forgot(self, found: Movement, known: int) -> bool:
        """Whether the ledger holds less of a stream now than its workflow knows; what is new counts as well."""
        async with self._ledger.connection() as connection:
            return (await self._ledger.versions([found.stream_id], connection))[found.stream_id] < known

    async def _version_known_by(self, handle: WorkflowHandle[Any, Any]) -> int | None:
        """How far a workflow is in its stream; None for an attempt to pay that has not begun."""
        kind: Any = Partnership if handle.id.count("/") == 1 else Tranche | None
        known = await handle.query("status", result_type=kind, rpc_timeout=ANSWER_WITHIN)
        return None if known is None else int(known.version)
