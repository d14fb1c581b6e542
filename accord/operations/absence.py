"""Find open partnerships without a running workflow, and workflows that know events which the ledger does not hold.

A cancel or a terminate in the Temporal UI ends a workflow; a ledger restored to an earlier point lacks events that
workflows know. One query to Temporal's index finds both. The index may lag, so a difference counts only if two
comparisons in a row find it and a query to Temporal about that workflow confirms it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

import structlog
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from accord.operations.catching_up import RUNBOOK, ledger_is_behind, version_known
from accord.operations.watching import watch
from domain.partnership.stages import ENDED
from domain.streams import StreamId
from ledger import Ledger

EVERY: Final = timedelta(minutes=1)
VERSION: Final = SearchAttributeKey.for_int("AccordVersion")
"""The search attribute with the version up to which a workflow knows its stream."""

_RUNNING: Final = "WorkflowType = 'Partnership' AND ExecutionStatus = 'Running'"
_OPEN: Final = """
SELECT partnership_id FROM read_model.portfolio WHERE NOT stage = ANY ($1)
 UNION SELECT partnership_id FROM read_model.obligations ORDER BY partnership_id
"""

log = structlog.get_logger("accord.absence")


class Differences(NamedTuple):
    """The differences between Temporal's index of workflows and the ledger."""

    missing: frozenset[str] = frozenset()
    """Open partnerships for which the index shows no running workflow."""
    ahead: frozenset[str] = frozenset()
    """Partnerships whose workflow, according to the index, knows events that the ledger does not hold."""


class MissingWorkflows:
    """One worker's repeated comparison of the workflows with the ledger."""

    def __init__(self, client: Client, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self._seen = Differences()

    async def forever(self) -> None:
        """Compare every minute, log the differences, and signal workflows that are ahead to read the ledger."""
        await watch("absence", self._look, EVERY)

    async def _look(self) -> None:
        found = await self.once()
        for partnership_id in sorted(found.missing):
            log.error("has no running workflow", partnership=partnership_id, remedy="accord revive --all")
        for partnership_id in sorted(found.ahead):
            log.error("knows more than the ledger", partnership=partnership_id, remedy=RUNBOOK)
            await self._client.get_workflow_handle(StreamId.partnership(partnership_id)).signal("catch_up")

    async def once(self) -> Differences:
        """Compare once; return the differences that the previous comparison also found and that Temporal confirms."""
        now = await differences(self._client, self._ledger)
        twice = Differences(now.missing & self._seen.missing, now.ahead & self._seen.ahead)
        self._seen = now
        missing = [one for one in twice.missing if not await runs(self._client, one)]
        ahead = [one for one in twice.ahead if await is_ahead(self._client, self._ledger, one)]
        return Differences(frozenset(missing), frozenset(ahead))


async def differences(client: Client, ledger: Ledger) -> Differences:
    """Return the differences between Temporal's index and the ledger, not confirmed yet."""
    shown = {
        one.id: _version_of(one) async for one in client.list_workflows(_RUNNING) if StreamId(one.id).is_partnership
    }
    async with ledger.connection() as connection:
        rows = await connection.fetch(_OPEN, [stage.value for stage in ENDED])
        held = await ledger.versions(list(shown), connection)
    missing = (row["partnership_id"] for row in rows if StreamId.partnership(row["partnership_id"]) not in shown)
    ahead = (StreamId(one).subject for one, version in shown.items() if version > held[one])
    return Differences(frozenset(missing), frozenset(ahead))


def _version_of(execution: WorkflowExecution) -> int:
    return execution.typed_search_attributes.get(VERSION) or 0


async def is_ahead(client: Client, ledger: Ledger, partnership_id: str) -> bool:
    """Return whether a partnership's workflow, when queried, knows events that the ledger does not hold."""
    workflow_id = StreamId.partnership(partnership_id)
    known = await version_known(client, workflow_id)
    return known is not None and await ledger_is_behind(ledger, workflow_id, known)


async def runs(client: Client, partnership_id: str) -> bool:
    """Return whether a partnership's workflow is running, according to Temporal itself rather than its index."""
    try:
        described = await client.get_workflow_handle(StreamId.partnership(partnership_id)).describe()
    except RPCError as fault:
        if fault.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return described.status is WorkflowExecutionStatus.RUNNING
