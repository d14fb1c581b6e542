"""How a partnership follows a tranche that it released: start its workflow, and bring home how it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AttemptSeen, ReadRequest, TrancheEnding, TrancheStart
    from activities.records import Records
    from domain import commands as c
    from domain.identity import derive, tranche_workflow_id
    from domain.partnership import TrancheProgress
    from domain.tranche import TrancheEvent, fold_tranche
    from workflows.describe import summary_of_attempt
    from workflows.recording import local
    from workflows.tranche import TrancheWorkflow

FIRST_LOOK: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(days=1)


async def follow_tranche(partnership_id: str, tranche: TrancheProgress, payee: str) -> c.RecordTrancheOutcome:
    """Run a released tranche as a child and return its outcome as a command for the partnership.

    The child outlives its parent's end or reset (a payment in flight is never abandoned). Where it exists already, or
    was ended by somebody, its outcome is read from the ledger, and it is started again until there is one.
    """
    start = TrancheStart(partnership_id=partnership_id, tranche=tranche.number, attempt=tranche.attempt)
    workflow_id = tranche_workflow_id(partnership_id, tranche.number, tranche.attempt)
    wait = FIRST_LOOK
    while (ending := await _run(workflow_id, start, summary_of_attempt(tranche, payee))) is None:
        await workflow.sleep(wait, summary="Look again for the tranche's outcome")
        wait = min(wait * 2, LONGEST_WAIT)
    return c.RecordTrancheOutcome(
        command_id=derive("outcome", workflow_id, ending.outcome),
        at=ending.at,
        tranche=tranche.number,
        attempt=tranche.attempt,
        outcome=ending.outcome,
        reason=ending.reason,
    )


async def _run(workflow_id: str, start: TrancheStart, summary: str) -> TrancheEnding | None:
    """Run the child to its end; None where somebody else runs it, or stopped it, and it has not ended."""
    try:
        ending: TrancheEnding = await workflow.execute_child_workflow(
            TrancheWorkflow.run,
            start,
            id=workflow_id,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=summary,
        )
    except (WorkflowAlreadyStartedError, ChildWorkflowError):
        return await _ending_in_the_ledger(workflow_id)
    return ending


async def _ending_in_the_ledger(workflow_id: str) -> TrancheEnding | None:
    request = ReadRequest(stream_id=workflow_id, after_version=0)
    seen: AttemptSeen = await local(Records.look_at_attempt, request, "Read the tranche's outcome from the ledger")
    events = tuple(one.event for one in seen.events if isinstance(one.event, TrancheEvent))
    tranche = fold_tranche(events) if events else None
    if tranche is None or tranche.outcome is None:
        return None
    return TrancheEnding(outcome=tranche.outcome, reason=tranche.reason, at=events[-1].at)
