"""Follow a tranche that a partnership released: start its workflow, and return its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AttemptSeen, TrancheEnding, TrancheStart
    from domain.directory.disregarded import Disregarded
    from domain.identity import derive
    from domain.partnership import commands as c
    from domain.partnership.state import TrancheProgress
    from domain.payment.tranche import Tranche, TrancheEvent, fold_tranche
    from domain.streams import StreamId
    from domain.values import Moment
    from workflows.describe import summary_of_attempt
    from workflows.tranche import TrancheWorkflow

FIRST_LOOK: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(days=1)

ReadAttempt = Callable[[str], Awaitable[AttemptSeen]]
"""Reads the events of an attempt to pay from the ledger, given the id of its workflow."""


@dataclass(frozen=True, eq=False)
class AttemptQuestion:
    """A request to read an attempt's events from the ledger, which the partnership's loop answers.

    If another task read them, its activity could still be running when the loop ends the run; the server would then
    refuse the workflow task again and again.
    """

    workflow_id: str
    answer: asyncio.Future[AttemptSeen] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


async def follow_tranche(
    partnership_id: str, tranche: TrancheProgress, payee: str, read: ReadAttempt
) -> c.RecordTrancheOutcome:
    """Run a released tranche as a child workflow, and return its outcome as a command for the partnership.

    The child outlives its parent's end or reset (a payment in flight is never abandoned). If the child exists already,
    or somebody ended it, its outcome is read from the ledger, and it is started again until there is an outcome. A
    workflow that somebody else started under the child's id, and that records nothing, is terminated.
    """
    start = TrancheStart(partnership_id=partnership_id, tranche=tranche.number, attempt=tranche.attempt)
    workflow_id = StreamId.attempt(partnership_id, tranche.number, tranche.attempt)
    wait, reuse = FIRST_LOOK, WorkflowIDReusePolicy.ALLOW_DUPLICATE
    while (ending := await _run(workflow_id, start, summary_of_attempt(tranche, payee), reuse, read)) is None:
        await workflow.sleep(wait, summary="Look again for the tranche's outcome")
        found = _found(await read(workflow_id))
        reuse = WorkflowIDReusePolicy.TERMINATE_IF_RUNNING if found is None else WorkflowIDReusePolicy.ALLOW_DUPLICATE
        wait = min(wait * 2, LONGEST_WAIT)
    return c.RecordTrancheOutcome(
        command_id=derive("outcome", workflow_id, ending.outcome),
        at=ending.at,
        tranche=tranche.number,
        attempt=tranche.attempt,
        outcome=ending.outcome,
        reason=ending.reason,
    )


async def _run(
    workflow_id: str, start: TrancheStart, summary: str, reuse: WorkflowIDReusePolicy, read: ReadAttempt
) -> TrancheEnding | None:
    """Run the child and return its outcome; None if somebody else started or ended it, and none is recorded yet."""
    try:
        ending: TrancheEnding = await workflow.execute_child_workflow(
            TrancheWorkflow.run,
            start,
            id=workflow_id,
            id_reuse_policy=reuse,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=summary,
        )
    except (WorkflowAlreadyStartedError, ChildWorkflowError):
        return _ending_of(_found(await read(workflow_id)))
    return ending


class _Found(NamedTuple):
    """An attempt to pay folded from the ledger, with the time of its last event."""

    tranche: Tranche
    at: Moment


def _found(seen: AttemptSeen) -> _Found | None:
    """Fold an attempt from its events; None if there are none, or all of them are disregarded."""
    events = tuple(one.event for one in seen.events if isinstance(one.event, TrancheEvent | Disregarded))
    counted = [event for event in events if not isinstance(event, Disregarded)]
    return _Found(fold_tranche(events), counted[-1].at) if counted else None


def _ending_of(found: _Found | None) -> TrancheEnding | None:
    if found is None or found.tranche.outcome is None:
        return None
    return TrancheEnding(outcome=found.tranche.outcome, reason=found.tranche.reason, at=found.at)
