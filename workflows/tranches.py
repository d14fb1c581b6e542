"""Follow a tranche that a partnership released: start its workflow, and return its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple

from temporalio import workflow
from temporalio.common import TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AttemptSeen, TrancheEnding, TrancheStart
    from domain.directory.disregarded import Disregarded
    from domain.identity import derive
    from domain.parties import Party
    from domain.partnership import commands as c
    from domain.partnership.state import TrancheProgress
    from domain.payment.tranche.events import TrancheEvent
    from domain.payment.tranche.evolution import fold_tranche
    from domain.payment.tranche.state import Tranche
    from domain.streams import StreamId
    from domain.values import Moment
    from workflows import attributes
    from workflows.changes import FOLLOWS, since
    from workflows.describe import summary_of_attempt
    from workflows.options import BANK
    from workflows.tranche import TrancheWorkflow

FIRST_LOOK: Final = timedelta(seconds=1)
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
    partnership_id: str, tranche: TrancheProgress, payee: Party, read_attempt: ReadAttempt, heard: Callable[[], int]
) -> c.RecordTrancheOutcome:
    """Run a released tranche as a child workflow, and return its outcome as a command for the partnership.

    The child outlives its parent's end or reset (a payment in flight is never abandoned). If the child exists already,
    or somebody ended it, its outcome is read from the ledger, and it is started again until there is an outcome. A
    workflow that somebody else started under the child's id, and that records nothing, is terminated. `heard` counts
    how often an attempt said that it ended.
    """
    start = TrancheStart(partnership_id=partnership_id, tranche=tranche.number, attempt=tranche.attempt)
    workflow_id = StreamId.attempt(partnership_id, tranche.number, tranche.attempt)
    wait, reuse = FIRST_LOOK, WorkflowIDReusePolicy.ALLOW_DUPLICATE
    display = _Shown(
        summary_of_attempt(tranche, payee.name),
        attributes.of_payment(partnership_id, payee, tranche.order_money, tranche.attempt),
    )
    before = heard()
    while (ending := await _run(workflow_id, start, display, reuse, read_attempt)) is None:
        await _until_heard(heard, before, wait)
        before = heard()
        attempt = _found(await read_attempt(workflow_id))
        # Where the ledger holds no release, whatever runs under this id was started by others, and pays nothing.
        reuse = WorkflowIDReusePolicy.TERMINATE_IF_RUNNING if attempt is None else WorkflowIDReusePolicy.ALLOW_DUPLICATE
        wait = min(wait * 2, LONGEST_WAIT)
    return c.RecordTrancheOutcome(
        # Derived from the outcome: however many runs follow the attempt, it is recorded once.
        command_id=derive("outcome", workflow_id, ending.outcome),
        at=ending.at,
        tranche=tranche.number,
        attempt=tranche.attempt,
        outcome=ending.outcome,
        reason=ending.reason,
        booked_money=ending.booked_money,
    )


async def _until_heard(heard: Callable[[], int], before: int, wait: timedelta) -> None:
    """Wait for an attempt's word that it ended, since the last look or now, for a while at most."""
    summary = "Look again for the tranche's outcome"
    with suppress(TimeoutError):
        await workflow.wait_condition(lambda: heard() != before, timeout=wait, timeout_summary=summary)


class _Shown(NamedTuple):
    """The text and search attributes of an attempt that operators see from its start."""

    summary: str
    attributes: TypedSearchAttributes


async def _run(
    workflow_id: str, start: TrancheStart, display: _Shown, reuse: WorkflowIDReusePolicy, read_attempt: ReadAttempt
) -> TrancheEnding | None:
    """Run the child and return its outcome, or None if somebody else started or ended it and none is recorded yet."""
    try:
        ending: TrancheEnding = await workflow.execute_child_workflow(
            TrancheWorkflow.run,
            start,
            id=workflow_id,
            id_reuse_policy=reuse,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=display.summary,
            search_attributes=display.attributes,
            priority=BANK,
        )
    except WorkflowAlreadyStartedError:
        if since(FOLLOWS):
            await _follow(workflow_id)
        return _ending_of(_found(await read_attempt(workflow_id)))
    # It was ended, or failed. Only the ledger says what became of the payment.
    except ChildWorkflowError:
        return _ending_of(_found(await read_attempt(workflow_id)))
    return ending


async def _follow(workflow_id: str) -> None:
    """Ask an attempt that another run started to say when it ends."""
    with suppress(ApplicationError):  # it has ended meanwhile
        await workflow.get_external_workflow_handle(workflow_id).signal("follow")


class _Found(NamedTuple):
    """An attempt to pay folded from the ledger, with the time of its last event."""

    tranche: Tranche
    at: Moment


def _found(attempt_view: AttemptSeen) -> _Found | None:
    """Fold an attempt from its events, or return None if nobody released it."""
    events = tuple(
        recorded_event.event
        for recorded_event in attempt_view.events
        if isinstance(recorded_event.event, TrancheEvent | Disregarded)
    )
    tranche = fold_tranche(events)
    valid_events = [event for event in events if not isinstance(event, Disregarded)]
    return _Found(tranche, valid_events[-1].at) if tranche is not None else None


def _ending_of(attempt: _Found | None) -> TrancheEnding | None:
    if attempt is None or attempt.tranche.outcome is None:
        return None
    tranche = attempt.tranche
    return TrancheEnding(
        outcome=attempt.tranche.outcome, reason=tranche.reason, at=attempt.at, booked_money=tranche.short_money
    )
