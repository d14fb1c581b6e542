"""Temporal schedules: re-screening when a register version is switched and at intervals, and daily register refreshes.

A schedule is created by the first process that needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleAction,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from deploy.payloads.codec import EncryptedPayloads, key_ids_in
from workflows.options import LISTS, REGISTERS_QUEUE, TASK_QUEUE
from workflows.refreshing import RegisterRefreshWorkflow
from workflows.rescreening import RescreeningWorkflow

RESCREENING: Final = "accord-rescreening"
_OPERATORS_OWN: Final = frozenset({RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED})
OWN: Final = "Made by Accord, which changes nothing of it that an operator set."
EVERY: Final = timedelta(minutes=15)
"""The interval of re-screening, for switches that triggered none: Temporal was away, or another tool switched."""


def rescreening() -> Schedule:
    """Return the schedule of re-screening. Runs triggered during a run become one after it, which sees all changes."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            RescreeningWorkflow.run,
            id="rescreening",
            task_queue=TASK_QUEUE,
            static_summary="Re-screen open partnerships against the registers in force",
            priority=LISTS,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ONE, catchup_window=timedelta(minutes=1)),
        state=ScheduleState(note=f"Tells open partnerships of changed registers; also runs at each switch. {OWN}"),
    )


def refreshing(register: str, minutes: int) -> Schedule:
    """Return the schedule of a register's refresh: once a day, `minutes` after 02:00 UTC."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            RegisterRefreshWorkflow.run,
            register,
            id=f"refresh/{register}",
            task_queue=REGISTERS_QUEUE,
            static_summary=f"Refresh {register} from its publisher",
        ),
        spec=ScheduleSpec(
            intervals=[ScheduleIntervalSpec(every=timedelta(days=1), offset=timedelta(hours=2, minutes=minutes))]
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=12)),
        state=ScheduleState(note=f"Fetches {register} from its publisher, once a day. {OWN}"),
    )


async def ensure_rescreening(client: Client) -> None:
    """Create the schedule of re-screening, unless it exists."""
    await _ensure(client, RESCREENING, rescreening())


async def has_schedule(client: Client, name: str) -> bool:
    """True if a schedule exists, or if only operators may look.

    Raises:
        RPCError: Temporal does not answer.
    """
    try:
        await client.get_schedule_handle(name).describe()
    except RPCError as fault:
        if fault.status is RPCStatusCode.NOT_FOUND:
            return False
        if fault.status not in _OPERATORS_OWN:
            raise
    return True


async def ensure_refreshing(client: Client, registers: Sequence[str]) -> None:
    """Create the schedule of each register's refresh, unless it exists. A new one also runs at once."""
    for place, register in enumerate(registers):
        await _ensure(client, f"accord-refresh-{register}", refreshing(register, 15 * place), at_once=True)


async def _ensure(client: Client, name: str, schedule: Schedule, at_once: bool = False) -> None:
    """Create a schedule, unless it exists: one that an operator created, changed or paused is kept."""
    try:
        await client.create_schedule(name, schedule, trigger_immediately=at_once)
    except ScheduleAlreadyRunningError:
        await _encrypt_anew(client, name, schedule.action)
    except RPCError as fault:
        if fault.status not in _OPERATORS_OWN:
            raise


async def _encrypt_anew(client: Client, name: str, action: ScheduleAction) -> None:
    """Write a schedule's start anew, if it is not encrypted under the key that writes. Leave the rest as it is."""
    codec = client.data_converter.payload_codec

    def update(update_input: ScheduleUpdateInput) -> ScheduleUpdate | None:
        if not isinstance(codec, EncryptedPayloads) or key_ids_in(update_input.description.raw_description) <= {
            codec.writes
        }:
            return None
        return ScheduleUpdate(replace(update_input.description.schedule, action=action))

    try:
        await client.get_schedule_handle(name).update(update)
    except RPCError as fault:
        if fault.status not in _OPERATORS_OWN:
            raise


async def trigger_rescreening(client: Client) -> str | None:
    """Trigger a run of re-screening now. Return the reason if that failed, or None."""
    try:
        await client.get_schedule_handle(RESCREENING).trigger(overlap=ScheduleOverlapPolicy.BUFFER_ONE)
    except RPCError as fault:
        minutes = EVERY.seconds // 60
        return f"re-screening was not started ({fault.status.name}); it runs by itself within {minutes} minutes"
    return None
