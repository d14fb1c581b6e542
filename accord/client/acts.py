"""Record signed acts of the organisation about itself, and have partnerships look again at what they rest on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from accord.client.asking import patiently
from accord.client.desk import open_temporal
from accord.client.sending import RPC_TIMEOUT, Sending
from accord.presentation.faults import Refused, Unreachable
from activities.contracts import ActAnswer
from activities.organisation import Organisation
from domain.errors import Stopped
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from ledger import NotAllowed
from records.opening import own_writer
from workflows.describe import clip
from workflows.options import PEOPLE, TASK_QUEUE
from workflows.organisation import OrganisationActWorkflow


async def record_act(desk: Sending, act: OrganisationAct) -> None:
    """Record an act: directly if this login may append it, else through a worker.

    Raises:
        Refused: The act is not valid, or the login may not append it; nothing changed.
        Unreachable: No worker answered in time, or the ledger does not hold the act. Recording it again is safe.
    """
    writer = await own_writer(desk.pool)
    if writer is not None:
        answer = await _recorded_here(Organisation(desk.pool, writer), act)
    else:
        answer = await patiently(lambda: _recorded_by_a_worker(desk, act), desk.patience)
    if answer.refusal is not None:
        raise Refused(answer.refusal.reason, answer.refusal.kind)
    events = await desk.ledger.read_stream(act.stream)
    if not any(event.command_id == act.command_id for event in events):
        raise Unreachable("a worker says that it is recorded, and the ledger here does not hold it; give it again")


async def _recorded_here(organisation: Organisation, act: OrganisationAct) -> ActAnswer:
    try:
        return await organisation.record_act(act)
    except (Stopped, NotAllowed) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


async def _recorded_by_a_worker(desk: Sending, act: OrganisationAct) -> ActAnswer:
    """Ask a worker once to record an act. The workflow's id is made from the act's, so asking again joins that run."""
    client = desk.client or await open_temporal()
    running: WorkflowHandle[Any, ActAnswer] = await client.start_workflow(
        OrganisationActWorkflow.run,
        act,
        id=f"act/{act.command_id}",
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=clip(f"{act.event.event_type}, signed by {act.actor}"),
        priority=PEOPLE,
        rpc_timeout=RPC_TIMEOUT,
    )
    try:
        return await asyncio.wait_for(running.result(), desk.patience)
    except TimeoutError as fault:
        raise Unreachable(
            f"nobody answered within {desk.patience:.0f} s (is a worker running?); it may still be recorded, and "
            "giving it again is safe",
            f"nobody answered within {desk.patience:.0f} s; it may still be recorded, which the page shows then",
        ) from fault


async def look_again(desk: Sending, partnerships: Iterable[str]) -> None:
    """Ask partnerships to look again. One that is not reached looks before any payment, or when it is screened next."""
    for partnership_id in partnerships:
        with suppress(Unreachable):
            await desk.tell(StreamId.partnership(partnership_id), "registers_changed", None)
