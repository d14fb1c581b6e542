"""Poke partnerships to begin anew: on the version that is current, under the key that writes, without erased names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from accord.presentation.faults import Unreachable
from accord.runs.open_workflows import Workflow, open_workflows
from deploy.build import DEPLOYMENT
from deploy.connections import temporal_answer

SIGNAL: Final = "begin_anew"
_REFRESHED: Final = "WorkflowType IN ('Partnership', 'Tranche')"


async def begin_anew(client: Client, build: str, a_second: int, progress: Callable[[int], Any]) -> int:
    """Signal every open partnership and payment, or those on one version, so many a second. Return their number.

    `progress` is called with the number signalled so far. A run that is at rest continues as new by it, and one that
    ended meanwhile is left alone.

    Raises:
        Unreachable: Temporal does not answer.
    """
    signal_count = 0
    try:
        async for workflows in _in_groups(client, build, a_second):
            await asyncio.gather(
                *(_signal(client, workflow) for workflow in workflows),
                asyncio.sleep(1 if len(workflows) == a_second else 0),
            )
            signal_count += len(workflows)
            progress(signal_count)
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault
    return signal_count


async def _signal(client: Client, execution: Workflow) -> None:
    try:
        await client.get_workflow_handle(execution.id).signal(SIGNAL)
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise


async def _in_groups(client: Client, build: str, size: int) -> AsyncIterator[list[Workflow]]:
    """Yield the runs in groups, all of them listed before any is signalled: none that began anew is signalled again."""
    on = f" AND TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{build}'" if build else ""
    workflows = [workflow async for workflow in open_workflows(client, _REFRESHED + on)]
    for place in range(0, len(workflows), size):
        yield workflows[place : place + size]
