"""The schedule of re-screening: made by whichever worker comes first; runs at each switch of a register, and anyway."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.service import RPCError, RPCStatusCode

from workflows.options import TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow

RESCREENING: Final = "accord-rescreening"
_OPERATORS_OWN: Final = frozenset({RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED})
EVERY: Final = timedelta(minutes=15)
"""For what nobody triggered: Temporal was away when a register was switched, or another tool switched it."""


def rescreening() -> Schedule:
    """Return the schedule. Of runs that are asked for during a run, one follows it: it sees all that changed."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            RescreeningWorkflow.run,
            id="rescreening",
            task_queue=TASK_QUEUE,
            static_summary="Re-screen open partnerships against the registers in force",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ONE, catchup_window=timedelta(minutes=1)),
    )


async def ensure_rescreening(client: Client) -> None:
    """Make the schedule, unless it is there; who paused it, changed it or makes it herself is left alone."""
    try:
        await client.create_schedule(RESCREENING, rescreening())
    except ScheduleAlreadyRunningError:
        return
    except RPCError as fault:
        if fault.status not in _OPERATORS_OWN:
            raise


async def trigger_rescreening(client: Client) -> str:
    """Let the schedule run now; return why it could not, or nothing."""
    try:
        await client.get_schedule_handle(RESCREENING).trigger(overlap=ScheduleOverlapPolicy.BUFFER_ONE)
    except RPCError as fault:
        minutes = EVERY.seconds // 60
        return f"re-screening was not started ({fault.status.name}); it runs by itself within {minutes} minutes"
    return ""
