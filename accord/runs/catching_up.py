"""Signal workflows that missed events of the ledger to catch up: an append may outlive the task that asked for it.

A person's update runs in a task that the server keeps in memory until it is answered. If worker and server die
between the append and that answer, the ledger holds events that the workflow never learns of, and nothing wakes it. The
signal for events from the bank's counter may be lost as well. So each worker regularly reads the newest events, queries
the version that each workflow knows, and signals those that differ to catch up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from accord.runs.open_workflows import describe
from accord.runs.watching import watch
from domain.streams import PARTNERSHIP_STREAMS
from ledger import Ledger, Movement, clock

EVERY: Final = timedelta(seconds=30)
REST: Final = timedelta(seconds=15)
"""The minimum age of an event before it is checked: longer than the lifetime of a task that may be handling it."""

LOOK_BACK: Final = timedelta(days=7)
"""The time by which a worker that starts checks events back."""

ANSWER_WITHIN: Final = timedelta(seconds=10)

SILENT: Final = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.FAILED_PRECONDITION})
"""RPC statuses if a workflow does not run (any more) or its tasks fail. Operators see both elsewhere."""

UNREADABLE: Final = (KeyError, RuntimeError, ValueError)
"""Errors of an answer in an unknown encoding, or of a refusal under a status that the SDK cannot name."""

RUNBOOK: Final = "`accord runbook ledger-behind`"

log = structlog.get_logger("accord.reconciliation")


class Reconciliation:
    """One worker's reconciliation of workflows with the ledger. Any number of workers may do it."""

    def __init__(self, client: Client, ledger: Ledger, looked_at: int = -1) -> None:
        """`looked_at`: the position up to which all events were checked, or -1 to begin a week back."""
        self._client = client
        self._ledger = ledger
        self._looked_at = looked_at

    async def forever(self) -> None:
        """Reconcile twice a minute, until cancelled."""
        await watch("reconciliation", self.once, EVERY)

    async def once(self, minimum_age: timedelta = REST) -> list[str]:
        """Check events recorded since the last call and older than `minimum_age`. Return the workflows that differed.

        If the ledger is shorter than before, it was restored to an earlier point, and everything is checked again.
        """
        if await self._ledger.head() < self._looked_at:
            log.error("the ledger is shorter than it was", seen=self._looked_at, remedy=RUNBOOK)
            # Not as far as the new end: what was recorded up to the old position may be other events now.
            self._looked_at = 0
        if self._looked_at < 0:
            self._looked_at = await self._ledger.position_at(clock.now() - LOOK_BACK)
        movements = await self._ledger.movements(PARTNERSHIP_STREAMS, self._looked_at, minimum_age)
        behind = [movement.stream_id for movement in movements if await self._differs(movement)]
        # Only once all were asked: if Temporal is away, they are looked at again.
        self._looked_at = max([self._looked_at, *(movement.position for movement in movements)])
        return behind

    async def _differs(self, movement: Movement) -> bool:
        """Signal a workflow to catch up if its version differs from the ledger's. Return True if it was signalled."""
        known_version = await version_known(self._client, movement.stream_id)
        if known_version is None or known_version == movement.version:
            return False
        # The workflow may have recorded more since the ledger was read.
        if known_version > movement.version and not await ledger_is_behind(
            self._ledger, movement.stream_id, known_version
        ):
            return False
        try:
            await self._client.get_workflow_handle(movement.stream_id).signal("catch_up", rpc_timeout=ANSWER_WITHIN)
        except RPCError as fault:
            if fault.status in SILENT:
                return False
            raise
        tell = log.error if known_version > movement.version else log.info
        tell("told to catch up", workflow=movement.stream_id, knows=known_version, recorded=movement.version)
        return True


async def version_known(client: Client, workflow_id: str) -> int | None:
    """Return the version of its stream that a workflow knows, or None if nobody can say.

    A paused workflow answers nothing, nor does one that waits for the ledger to hold what the run before it knew. Then
    it is the version that was published, which may be older.

    Raises:
        RPCError: Temporal does not answer.
    """
    if answer := await _answered(client, workflow_id):
        return answer
    workflow = await describe(client, workflow_id)
    return workflow.version or answer if workflow is not None and workflow.is_open else answer


async def _answered(client: Client, workflow_id: str) -> int | None:
    """Return the version that a workflow answers, or None if it gives no usable answer.

    Any answer must be expected, since anybody with access to Temporal may run another workflow under this id.
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


async def ledger_is_behind(ledger: Ledger, workflow_id: str, known_version: int) -> bool:
    """True if the ledger, read again, holds an older version of a stream than its workflow knows."""
    async with ledger.connection() as connection:
        return (await ledger.versions([workflow_id], connection))[workflow_id] < known_version
