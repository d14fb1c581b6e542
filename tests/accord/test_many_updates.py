"""A run that had all the updates that one run may have says so, and what an operator does about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.faults import Unreachable
from deploy.connections import connect_temporal
from deploy.database import ServiceUnavailable
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.processes import program
from deploy.embedded.stack import _flag_type
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from tests.builders import proposal
from tests.conftest import working
from tests.lives import Life
from tests.waiting import until
from workflows import attributes

MOST = 4
"""In place of 2,000."""


@pytest.fixture
async def strict() -> AsyncIterator[Client]:
    """A client of a real server whose runs may have few updates."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        program("temporal"), "server", "start-dev", "--headless", "--ip", LOOPBACK, "--port", str(port),
        "--log-level", "error", "--dynamic-config-value", f"history.maxTotalUpdates={MOST}",
        *(f"--search-attribute={key.name}={_flag_type(key)}" for key in attributes.ALL),
    )  # fmt: skip

    async def client() -> Client | None:
        try:
            return await connect_temporal(f"{LOOPBACK}:{port}")
        except ServiceUnavailable:
            return None

    try:
        yield await until(client)
    finally:
        process.terminate()
        await process.wait()


async def interests(life: Life) -> list[c.StaffRequest]:
    """One command more than a run may have beside the one that began it."""
    people = [{"person": "femi.ade", "what": f"friend {number}"} for number in range(MOST)]
    return [await life.command(c.DeclareInterest, "vera.lind", interest=interest) for interest in people]


async def test_a_run_that_was_asked_too_often_says_so_and_does_not_blame_the_worker(
    furnished: Desk, strict: Client, reference: str
) -> None:
    """A run at rest continues as new before the server refuses; one that nobody works on cannot."""
    life = Life(replace(furnished, client=strict), reference)
    async with working(strict, furnished.pool):
        await life.propose(proposal(reference))
        await life.until_stage(Stage.APPROVAL)
        commands = await interests(life)
    asked = [asyncio.create_task(life.send(command)) for command in commands]
    [refused, *_], waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    left = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in left] == [asyncio.CancelledError] * len(left), "Ctrl-C is not taken for a time-out"
    with pytest.raises(Unreachable) as told:
        await refused
    assert "asked more often than one run of its workflow may be" in str(told.value)
    assert "An operator must end the run and start the workflow again" in str(told.value)
