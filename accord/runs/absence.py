"""Find open partnerships without a running workflow, and workflows that know events which the ledger does not hold.

A cancel or a terminate in the Temporal UI ends a workflow; a ledger restored to an earlier point lacks events that
workflows know. One query to Temporal's index finds both. The index may lag, so a difference counts only if two
comparisons in a row find it and a query to Temporal about that workflow confirms it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, NamedTuple

import structlog
from temporalio.client import Client

from accord.runs.catching_up import RUNBOOK, ledger_is_behind, version_known
from accord.runs.open_workflows import State, Workflow, is_open, open_workflows
from accord.runs.watching import watch
from domain.partnership.stages import ENDED
from domain.streams import StreamId
from domain.values import is_partnership_id
from ledger import Ledger

EVERY: Final = timedelta(minutes=1)
PAUSED: Final = "`accord runbook paused`"
_FIRST: Final[Mapping[str, int]] = {"Partnership": 0, "Tranche": 1}
"""The version that an open workflow knows at least, by its type: what pays knows that it was released."""

_OPEN: Final = """
SELECT partnership_id FROM read_model.portfolio WHERE NOT stage = ANY ($1)
 UNION SELECT partnership_id FROM read_model.obligations ORDER BY partnership_id
"""

log = structlog.get_logger("accord.absence")


class Differences(NamedTuple):
    """The differences between Temporal's index of workflows and the ledger."""

    missing: frozenset[str] = frozenset()
    """Open partnerships for which the index shows no open workflow."""
    ahead: frozenset[str] = frozenset()
    """Partnerships of which a workflow, according to the index, knows events that the ledger does not hold."""
    paused: frozenset[str] = frozenset()
    """Workflows that an operator paused, by their ids."""
    unknown: frozenset[str] = frozenset()
    """Workflows that are open under a status which this release cannot name, by their ids."""


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
        differences = await self.once()
        for partnership_id in sorted(differences.missing):
            log.error("has no running workflow", partnership=partnership_id, remedy="accord revive --all")
        for workflow_id in sorted(differences.paused):
            log.warning("is paused by an operator", workflow=workflow_id, remedy=PAUSED)
        for partnership_id in sorted(differences.ahead):
            log.error("knows more than the ledger", partnership=partnership_id, remedy=RUNBOOK)
            await self._client.get_workflow_handle(StreamId.partnership(partnership_id)).signal("catch_up")

    async def once(self) -> Differences:
        """Compare once. Return the differences that the previous comparison also found and that Temporal confirms."""
        now = await differences(self._client, self._ledger)
        twice = Differences(now.missing & self._seen.missing, now.ahead & self._seen.ahead)
        self._seen = now
        missing = [partnership_id for partnership_id in twice.missing if not await runs(self._client, partnership_id)]
        ahead = [
            partnership_id
            for partnership_id in twice.ahead
            if await is_ahead(self._client, self._ledger, partnership_id)
        ]
        return now._replace(missing=frozenset(missing), ahead=frozenset(ahead))


async def differences(client: Client, ledger: Ledger) -> Differences:
    """Return the differences between Temporal's index and the ledger, not confirmed yet."""
    workflows = {workflow.id: workflow async for workflow in open_workflows(client)}
    # Temporal was asked before the ledger: a workflow that moves in between is not taken for one that knows more.
    known_versions = {
        id_: max(workflow.version, _FIRST[workflow.type]) for id_, workflow in workflows.items() if _is_own(workflow)
    }
    async with ledger.connection() as connection:
        rows = await connection.fetch(_OPEN, [stage.value for stage in ENDED])
        ledger_versions = await ledger.versions(list(known_versions), connection)
    missing = (
        row["partnership_id"] for row in rows if StreamId.partnership(row["partnership_id"]) not in known_versions
    )
    ahead = (
        StreamId(workflow_id).subject
        for workflow_id, version in known_versions.items()
        if version > ledger_versions[workflow_id]
    )
    return Differences(
        frozenset(missing),
        frozenset(ahead),
        frozenset(id_ for id_, workflow in workflows.items() if workflow.state is State.PAUSED),
        frozenset(id_ for id_, workflow in workflows.items() if workflow.state is State.UNKNOWN),
    )


def _is_own(workflow: Workflow) -> bool:
    """True if a workflow bears the id of a stream that workflows of its type have."""
    stream = StreamId(workflow.id)
    fits_type = stream.is_partnership if workflow.type == "Partnership" else stream.place is not None
    return workflow.type in _FIRST and fits_type and is_partnership_id(stream.subject)


async def is_ahead(client: Client, ledger: Ledger, partnership_id: str) -> bool:
    """True if a workflow of a partnership, or of a payment in it, knows events that the ledger does not hold."""
    stream_id = StreamId.partnership(partnership_id)
    if await _is_ahead(client, ledger, stream_id):
        return True
    attempts = f"WorkflowType = 'Tranche' AND WorkflowId STARTS_WITH '{stream_id}/tranche/'"
    return any([await _is_ahead(client, ledger, workflow.id) async for workflow in open_workflows(client, attempts)])


async def _is_ahead(client: Client, ledger: Ledger, workflow_id: str) -> bool:
    known_version = await version_known(client, workflow_id)
    return known_version is not None and await ledger_is_behind(ledger, workflow_id, known_version)


async def runs(client: Client, partnership_id: str) -> bool:
    """True if a partnership's workflow is open, according to Temporal itself rather than its index."""
    return await is_open(client, StreamId.partnership(partnership_id))
