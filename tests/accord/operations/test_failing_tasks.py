"""Whoever decides in a partnership whose task fails again and again is told so, and what an operator does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from accord.client import sending
from accord.client.desk import Desk
from accord.presentation.faults import Unreachable
from accord.runs import open_workflows
from accord.runs.open_workflows import AT_ONCE_AGAIN, describe
from accord.web.outages import first_line
from domain.streams import StreamId
from tests.builders import proposal
from tests.waiting import until
from workflows.options import TASK_QUEUE


@workflow.defn(name="Partnership", sandboxed=False)
class Broken:
    """A partnership's workflow whose every task fails, as under a ring that lacks its key."""

    @workflow.run
    async def run(self, start: Any) -> None:
        """Fail."""
        raise RuntimeError("no key reads this")


async def _fails(client: Client, workflow_id: str) -> bool:
    told = await describe(client, workflow_id)
    return told is not None and bool(told.failing)


@pytest.mark.early
@pytest.mark.parametrize("at_once", [1, pytest.param(AT_ONCE_AGAIN, marks=pytest.mark.slow)])
async def test_they_are_told_how_often_it_failed_and_not_that_nobody_answered(
    desk: Desk, client: Client, office_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch,
    new_reference: Callable[[], str], at_once: int,
) -> None:  # fmt: skip
    """Given a task that failed so often that Temporal pauses, when a command is given, then its answer says so.

    Every day it has failed often enough once it is offered a second time: the pauses take half a minute.
    """
    monkeypatch.setattr(open_workflows, "AT_ONCE_AGAIN", at_once)
    reference = new_reference()
    workflow_id = StreamId.partnership(reference)
    monkeypatch.setattr(sending, "RPC_TIMEOUT", timedelta(seconds=1))
    hasty = Desk(office_pool, desk.keyring, client=client, patience=0.1)
    running = await client.start_workflow("Partnership", {}, id=workflow_id, task_queue=TASK_QUEUE)
    try:
        async with Worker(client, task_queue=TASK_QUEUE, workflows=[Broken]):
            await until(partial(_fails, client, workflow_id))
            failing = rf"^{reference} answers nobody: its task failed \d+ times since .* UTC, .*"
            with pytest.raises(Unreachable, match=failing + "`accord revive --all --unreadable`$") as told:
                await hasty.propose(proposal(reference), "pia.berg")
    finally:
        await running.terminate("the test is over")
    said = first_line(told.value)
    assert ("An operator must look at it" in said, "`" in said) == (True, False)
    assert not await _fails(client, workflow_id)
