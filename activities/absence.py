"""Find open partnerships without a running workflow: nobody decides in them, and no deadline of theirs passes.

A cancel or a terminate in the Temporal UI does it, and a Temporal that was put back to an earlier point. What runs is
found by one question to the server's index, which may be a moment behind; so what seems to be missing counts once it
was missing twice, and once the workflow itself was asked for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.watching import watch
from domain.identity import partnership_id_of, partnership_workflow_id
from domain.partnership import ENDED
from ledger import Ledger

EVERY: Final = timedelta(minutes=1)
_RUNNING: Final = "WorkflowType = 'Partnership' AND ExecutionStatus = 'Running'"
_OPEN: Final = "SELECT partnership_id FROM read_model.portfolio WHERE NOT stage = ANY ($1) ORDER BY partnership_id"

log = structlog.get_logger("accord.absence")


class Absence:
    """What one worker looks at, and says to be missing."""

    def __init__(self, client: Client, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self._seen: frozenset[str] = frozenset()

    async def forever(self) -> None:
        """Look each minute and log what is missing."""
        await watch("absence", self._look, EVERY)

    async def _look(self) -> None:
        for partnership_id in await self.once():
            log.error("has no running workflow", partnership=partnership_id, remedy="accord revive --all")

    async def once(self) -> tuple[str, ...]:
        """Return the partnerships that were missing at the last look as well, and that do not run when asked for."""
        now = frozenset(await candidates(self._client, self._ledger))
        twice, self._seen = sorted(now & self._seen), now
        return tuple([one for one in twice if not await runs(self._client, one)])


async def candidates(client: Client, ledger: Ledger) -> list[str]:
    """Return the open partnerships that the server's index does not show to run."""
    async with ledger.connection() as connection:
        rows = await connection.fetch(_OPEN, [stage.value for stage in ENDED])
    running = {partnership_id_of(one.id) async for one in client.list_workflows(_RUNNING) if "/" in one.id}
    return [row["partnership_id"] for row in rows if row["partnership_id"] not in running]


async def runs(client: Client, partnership_id: str) -> bool:
    """Return whether a partnership's workflow runs, by asking for it."""
    try:
        described = await client.get_workflow_handle(partnership_workflow_id(partnership_id)).describe()
    except RPCError as fault:
        if fault.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return described.status is WorkflowExecutionStatus.RUNNING
