"""The database's clock is wrong for a while: nobody's decision is taken meanwhile; afterwards everything goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from records.keys.keyring import Keyring
from tests.builders import proposal
from tests.conftest import working_apart
from tests.lives import Life
from tests.waiting import BACKSTOP

NOW: Final = """
CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + interval '{}' $$
"""
APPROVAL: Final = {"no_interest": True, "reason": "fits the programme"}


@pytest.fixture
async def life(furnished_pool: asyncpg.Pool, keyring: Keyring, client: Client, reference: str) -> AsyncIterator[Life]:
    """A partnership that waits for an approval, in a database whose clock can be moved."""
    async with working_apart(client, furnished_pool):
        led = Life(Desk(furnished_pool, keyring, client=client, patience=BACKSTOP), reference)
        await led.awaiting_approval(proposal(reference))
        yield led


async def until_wrong_by(life: Life, by: str) -> None:
    await life.desk.pool.execute(NOW.format(by))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("by", ["1 day", "-1 day"])
async def test_while_the_clocks_of_worker_and_database_differ_no_decision_is_taken(life: Life, by: str) -> None:
    await until_wrong_by(life, by)
    with pytest.raises(Refused, match="the clocks of the worker and of the database are 1 day, 0:00:00 apart"):
        await life.do(c.Approve, "ana.silva", **APPROVAL)
    await life.do(c.PlaceHold, "vera.lind", reason="somebody looks at the clocks")
    await until_wrong_by(life, "0")
    await life.do(c.LiftHold, "dora.kim", reason="they are right")
    await life.do(c.Approve, "ana.silva", **APPROVAL)
    assert len((await life.state()).approvals) == 1


@pytest.mark.slow
async def test_after_the_databases_clock_ran_ahead_decisions_go_on_before_that_time_comes(life: Life) -> None:
    """What was recorded meanwhile is dated a day ahead, and so is what follows: it held everybody up for that day."""
    await until_wrong_by(life, "1 day")
    await life.submit(await life.command(c.Approve, "ana.silva", **APPROVAL))
    await life.until_told("CommandRefused")
    await until_wrong_by(life, "0")
    await life.do(c.Approve, "ana.silva", **APPROVAL)
    assert len((await life.state()).approvals) == 1


@pytest.mark.slow
async def test_a_hint_that_was_lost_while_the_clock_ran_ahead_is_given_again(life: Life) -> None:
    await until_wrong_by(life, "1 day")
    await life.submit(await life.command(c.Approve, "ana.silva", **APPROVAL))
    await life.until_told("CommandRefused")
    await until_wrong_by(life, "0")
    newest = (await life.events())[-1]
    reconciliation = await life.reconciliation()
    await reconciliation.once()
    assert reconciliation._looked_at == newest.position
