"""Repeat a request to Temporal until it is answered. The request carries an id, so repeating it is safe."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from accord.presentation.faults import Refused, Unreachable
from accord.presentation.waiting import waiting_for

PAUSE_SECONDS: Final = 0.5

Answer = TypeVar("Answer")

MOST_UPDATES: Final = "limit on the total number of distinct updates"
"""A part of the server's message when a workflow run has reached its limit of updates (2,000)."""

PAUSED: Final = "Workflow is paused"
"""A part of the server's message for an update of a workflow that an operator paused."""

UNANSWERED: Final = "AcceptedUpdateCompletedWorkflow"
"""The type of the server's error for an update that its run accepted and did not answer before it ended."""

TRANSIENT: Final = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
    }
)
"""The statuses that a server answers with while it starts, stops, or is overloaded."""


async def patiently(ask: Callable[[], Awaitable[Answer]], patience: float) -> Answer:
    """Repeat `ask` until it is answered, for at most `patience` seconds, and return the answer.

    A time-out does not say whether the request took effect, so `ask` must carry an id that makes repeating it safe.

    Raises:
        Refused: The workflow refused the request.
        Unreachable: Nobody answered in time, the workflow failed otherwise, or its run accepts no more updates.
        RPCError: Temporal answered with a status that is not transient, or an operator paused the workflow.
    """
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        try:
            with waiting_for("a worker's answer, by way of Temporal"):
                return await ask()
        except (WorkflowUpdateFailedError, WorkflowFailureError) as fault:
            if not _ended_unanswered(fault) or asyncio.get_running_loop().time() > deadline:
                raise _refusal(fault) from fault
        except (WorkflowUpdateRPCTimeoutOrCancelledError, RPCError) as fault:
            if _is_interrupted():  # the SDK raises one error for a time-out and for a cancellation
                raise asyncio.CancelledError from fault
            if isinstance(fault, RPCError) and (fault.status not in TRANSIENT or PAUSED in fault.message):
                raise
            if isinstance(fault, RPCError) and MOST_UPDATES in fault.message:
                raise Unreachable(
                    "this partnership was asked more often than one run of its workflow may be; nothing was "
                    "decided. An operator must end the run and start the workflow again from the ledger"
                ) from fault
            if asyncio.get_running_loop().time() > deadline:
                raise Unreachable(
                    f"nobody answered within {patience:.0f} s (is a worker running?); the command may still "
                    "be carried out: `accord history` shows it then; if not, giving it again is safe",
                    f"nobody answered within {patience:.0f} s; it may still be recorded, which the page shows then",
                ) from fault
        await asyncio.sleep(PAUSE_SECONDS)


def _ended_unanswered(fault: WorkflowUpdateFailedError | WorkflowFailureError) -> bool:
    """True if the run ended before it answered, which says nothing about the request: it is asked again."""
    return isinstance(fault.cause, ApplicationError) and fault.cause.type == UNANSWERED


def _refusal(fault: WorkflowUpdateFailedError | WorkflowFailureError) -> Exception:
    cause = fault.cause
    if isinstance(cause, ApplicationError):
        return Refused(cause.message, cause.type or "")
    return Unreachable(f"it was not carried out: {cause}")


def _is_interrupted() -> bool:
    """True if the current task was cancelled, as by Ctrl-C."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
