"""How a partnership follows a tranche that it released: start its workflow, and bring home how it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import TrancheEnding, TrancheStart
    from activities.records import Records
    from domain import commands as c
    from domain.events import TrancheReleased
    from domain.identity import derive, payment_id, tranche_workflow_id
    from domain.partnership import Partnership
    from domain.tranche import TrancheOrder
    from workflows.describe import summary_of_order
    from workflows.recording import local
    from workflows.tranche import TrancheWorkflow

FIRST_LOOK: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(days=1)


async def follow_tranche(partnership: Partnership, released: TrancheReleased) -> c.RecordTrancheOutcome:
    """Run the released tranche as a child and return its outcome as a command for the partnership.

    The child outlives its parent's end or reset (a payment in flight is never abandoned). After a reset the child
    exists already: then its outcome is read from the ledger.
    """
    start = _start(partnership, released)
    workflow_id = tranche_workflow_id(partnership.partnership_id, released.tranche, released.attempt)
    try:
        ending: TrancheEnding = await workflow.execute_child_workflow(
            TrancheWorkflow.run,
            start,
            id=workflow_id,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=summary_of_order(start.order),
        )
    except (WorkflowAlreadyStartedError, ChildWorkflowError):
        ending = await _ending_from_the_ledger(workflow_id)
    return c.RecordTrancheOutcome(
        command_id=derive("outcome", workflow_id),
        at=ending.at,
        tranche=released.tranche,
        attempt=released.attempt,
        outcome=ending.outcome,
        reason=ending.reason,
    )


async def _ending_from_the_ledger(workflow_id: str) -> TrancheEnding:
    wait = FIRST_LOOK
    while (ending := await _look(workflow_id)) is None:
        await workflow.sleep(wait, summary="Look again for the tranche's outcome")
        wait = min(wait * 2, LONGEST_WAIT)
    return ending


async def _look(workflow_id: str) -> TrancheEnding | None:
    ending: TrancheEnding | None = await local(
        Records.read_tranche_ending, workflow_id, "Read the tranche's outcome from the ledger"
    )
    return ending


def _start(partnership: Partnership, released: TrancheReleased) -> TrancheStart:
    out, funding, account = partnership.proposed.funds_out, partnership.funding, partnership.account
    if out is None or funding is None or account is None:
        raise AssertionError("a tranche was released without money out, a funder or an account")
    order = TrancheOrder(
        partnership_id=partnership.partnership_id,
        tranche=released.tranche,
        attempt=released.attempt,
        payment_id=payment_id(partnership.partnership_id, released.tranche, released.attempt),
        money=released.money,
        funder=funding.of(out),
        payee=out.payee,
        account=account,
        released_by=released.actor,
        released_at=released.at,
        purpose=out.purpose,
    )
    cleared = partnership.cleared_referrals
    return TrancheStart(
        order=order,
        proposal=partnership.proposed,
        funding=funding,
        cleared=cleared,
        interests=partnership.interests,
        proposers=partnership.proposers,
    )
