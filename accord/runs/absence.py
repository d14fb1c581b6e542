"""Find open partnerships without a running workflow, and workflows that know events which the ledger does not hold.

A cancel or a terminate in the Temporal UI ends a workflow; a ledger restored to an earlier point lacks events that
workflows know. One list of Temporal's index, beside one query of the ledger, finds both. The index may lag, so a
difference counts only if it is confirmed: a few by Temporal itself, very many by the index once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import structlog
from temporalio.client import Client

from accord.runs.catching_up import RUNBOOK, ledger_is_behind, version_known
from accord.runs.open_workflows import PAGE, State, Workflow, is_open, open_workflows
from accord.runs.parallel import Follow, in_parallel
from accord.runs.watching import watch
from domain.partnership.stages import ENDED
from domain.streams import StreamId
from domain.values import is_partnership_id
from ledger import Ledger

EVERY: Final = timedelta(minutes=1)
PAUSED: Final = "`accord runbook paused`"
FEW: Final = 50
"""The most partnerships of which Temporal is asked one by one whether they run."""
LAG: Final = timedelta(seconds=2)
"""The time by which Temporal's index may lag."""
_FIRST_TOLD: Final = 5
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
        _tell(log.error, "have no running workflow", differences.missing, "accord revive --all")
        _tell(log.warning, "are paused by an operator", differences.paused, PAUSED)
        _tell(log.error, "know more than the ledger", differences.ahead, RUNBOOK)
        await in_parallel(sorted(differences.ahead), self._catch_up)

    async def _catch_up(self, partnership_id: str) -> None:
        await self._client.get_workflow_handle(StreamId.partnership(partnership_id)).signal("catch_up")

    async def once(self) -> Differences:
        """Compare once. Return the differences that the previous comparison also found and that Temporal confirms."""
        now = await differences(self._client, self._ledger)
        missing_twice, ahead_twice = now.missing & self._seen.missing, now.ahead & self._seen.ahead
        self._seen = now
        missing = await confirmed_missing(self._client, missing_twice)
        ahead = await confirmed_ahead(self._client, self._ledger, ahead_twice)
        return now._replace(missing=frozenset(missing), ahead=frozenset(ahead))


def _tell(tell: Callable[..., Any], event: str, ids: frozenset[str], remedy: str) -> None:
    """Log that something is so of workflows or partnerships: one line, however many they are."""
    if ids:
        tell(event, count=len(ids), first=sorted(ids)[:_FIRST_TOLD], remedy=remedy)


async def differences(client: Client, ledger: Ledger, follow: Follow = lambda count: None) -> Differences:
    """Return the differences between Temporal's index and the ledger, not confirmed yet.

    `follow` is called with the number of workflows that were listed.
    """
    workflows: dict[str, Workflow] = {}
    async for workflow in open_workflows(client):
        workflows[workflow.id] = workflow
        if not len(workflows) % PAGE:
            follow(len(workflows))
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


async def confirmed_missing(client: Client, partnership_ids: Collection[str]) -> list[str]:
    """Return those of some partnerships that have no open workflow, in order.

    Temporal itself is asked about a few. About more than that its index is asked once more, after the time by which it
    may lag: a list of pages, and no question for each.
    """
    candidates = sorted(partnership_ids)
    if len(candidates) <= FEW:
        answers = await in_parallel(candidates, partial(runs, client))
        return [
            partnership_id for partnership_id, is_running in zip(candidates, answers, strict=True) if not is_running
        ]
    await asyncio.sleep(LAG.total_seconds())
    open_ids = {workflow.id async for workflow in open_workflows(client, "WorkflowType = 'Partnership'")}
    return [candidate for candidate in candidates if StreamId.partnership(candidate) not in open_ids]


async def confirmed_ahead(client: Client, ledger: Ledger, partnership_ids: Collection[str]) -> list[str]:
    """Return those of some partnerships of which a workflow knows events that the ledger does not hold, in order."""
    candidates = sorted(partnership_ids)
    answers = await in_parallel(candidates, partial(is_ahead, client, ledger))
    return [partnership_id for partnership_id, ahead in zip(candidates, answers, strict=True) if ahead]


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
