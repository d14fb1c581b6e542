"""A run that had all the updates that one run may have says so, and what an operator does about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.presentation.faults import Refused, Unreachable
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from tests.builders import proposal
from tests.conftest import working
from tests.lives import Life
from tests.servers import temporal_apart
from workflows.messages import Receipt

MOST = 4
"""In place of 2,000."""


@pytest.fixture
async def strict() -> AsyncIterator[Client]:
    """A client of a real server whose runs may have few updates."""
    async with temporal_apart("", f"history.maxTotalUpdates={MOST}") as client:
        yield client


async def interests(life: Life) -> list[c.StaffRequest]:
    """One command more than a run may have beside the one that began it."""
    people = [{"person": "femi.ade", "what": f"friend {number}"} for number in range(MOST)]
    return [await life.command(c.DeclareInterest, "vera.lind", interest=interest) for interest in people]


async def test_a_run_that_was_asked_too_often_says_so_and_does_not_blame_the_worker(
    furnished: Desk, strict: Client, reference: str
) -> None:
    """A run at rest continues as new before the server refuses. A run that nobody works on cannot."""
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


AT_ONCE = 12
"""More than a run may have under way: Temporal takes ten, and asks the others to come again."""


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_more_people_at_once_than_a_run_takes_are_all_answered(desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    people = [{"person": "femi.ade", "what": f"friend {number}"} for number in range(AT_ONCE)]
    asked = [await life.command(c.DeclareInterest, "vera.lind", interest=interest) for interest in people]
    answers = await asyncio.gather(*(life.send(one) for one in asked), return_exceptions=True)
    assert {type(one) for one in answers} <= {Receipt, Refused}
    assert [type(one) for one in answers].count(Receipt) >= 1
