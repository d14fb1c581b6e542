"""A ledger that was put back to an earlier point: nothing loops, nothing is decided, and nobody gets a receipt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.told_ahead import told_ahead
from accord.client.whole_ledger import require_whole
from accord.demo.sample import furnish, load_sample_registers
from accord.presentation.faults import Refused
from accord.runs.catching_up import Reconciliation
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.streams import StreamId
from records.keys.keyring import Keyring
from tests.builders import proposal
from tests.conftest import working_apart
from tests.ledger.proof import behind_our_back
from tests.lives import Life
from tests.waiting import BACKSTOP, until

FORGOTTEN = r"the ledger does not hold event \d+ of partnership/P-2026-\d+ at position \d+ any more"
KEEP = "CREATE TABLE public.lost AS SELECT * FROM ledger.events WHERE position > {position}"
LOSE = "DELETE FROM ledger.events WHERE position > {position}"
BRING_BACK = "INSERT INTO ledger.events SELECT * FROM public.lost"


@pytest.fixture
async def desk(pool: asyncpg.Pool, keyring: Keyring, client: Client) -> AsyncIterator[Desk]:
    """An organisation of its own, with a worker."""
    made = Desk(pool, keyring, client=client, patience=BACKSTOP)
    await load_sample_registers(pool)
    await furnish(made)
    async with working_apart(client, pool):
        yield made


@pytest.fixture
async def life(desk: Desk, reference: str) -> Life:
    """A partnership that one of two has approved."""
    led = Life(desk, reference)
    await led.awaiting_approval(proposal(reference))
    return led


async def forget(life: Life, events: int, connection: asyncpg.Connection) -> None:
    """The ledger is put back to before the newest events of a partnership, which are the newest of all."""
    position = (await life.events())[-events].position - 1
    queries = (KEEP.format(position=position), LOSE.format(position=position))
    await behind_our_back(connection, *queries)


async def alarmed(client: Client) -> list[str]:
    return [one.id async for one in client.list_workflows("AccordStopped = true AND ExecutionStatus = 'Running'")]


async def approve(life: Life, actor: str = "femi.ade") -> Any:
    return await life.do(c.Approve, actor, no_interest=True, reason="within the budget")


async def test_a_decision_on_what_the_ledger_forgot_is_refused_and_the_operator_is_told(
    life: Life, connection: asyncpg.Connection, client: Client
) -> None:
    first = await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.send(first)
    second = await life.command(c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    await forget(life, 1, connection)
    with pytest.raises(Refused, match=FORGOTTEN) as refusal:
        await life.send(second)
    assert refusal.value.kind == "LedgerBehind"

    await until(lambda: _is_alarmed(life, client))
    assert [one.event.event_type for one in await life.events()].count("ApprovalGiven") == 0
    held = (await life.state()).version
    told = await told_ahead(life.desk.ledger, life.reference, held, client)
    assert str(told).startswith("nothing, until an operator has looked: its workflow knows version")
    assert f"and the ledger holds {held}; it was put back to an earlier point" in str(told)
    assert await told_ahead(life.desk.ledger, life.reference, held + 1, client) is None
    assert await told_ahead(life.desk.ledger, "P-2026-9876", 1, client) is None
    with pytest.raises(Refused, match="No payment file is made or handed over for anybody"):
        await require_whole(life.desk)


@pytest.mark.slow
async def test_no_receipt_is_given_again_for_what_the_ledger_forgot(life: Life, connection: asyncpg.Connection) -> None:
    """Attack 11: `release` answered that the tranche was released, and no such event existed."""
    command = await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.send(command)
    assert (await life.send(command)).what == ("ApprovalGiven",)
    await forget(life, 1, connection)
    with pytest.raises(Refused, match=FORGOTTEN):
        await life.send(command)


@pytest.mark.slow
async def test_due_diligence_does_not_loop_on_what_the_ledger_forgot(
    desk: Desk, reference: str, pool: asyncpg.Pool, connection: asyncpg.Connection, client: Client
) -> None:
    """Fault 1 of production: 294 rounds and 1,186 history events in twelve seconds, and no alarm."""
    life = Life(desk, reference)
    async with connection.transaction():
        await connection.execute("LOCK TABLE registers.versions IN ACCESS EXCLUSIVE MODE")  # it looks for a while
        await life.propose(proposal(reference))
        async with pool.acquire() as other:
            await forget(life, 1, other)  # type: ignore[arg-type]
    await until(lambda: _is_alarmed(life, client))
    await until(lambda: _rests(life))
    assert await told_behind(life) == 1  # it asked once, and waits for a minute before it asks again
    assert await desk.sight(reference) is None


async def _rests(life: Life) -> bool:
    """True if the workflow waits for a timer, with nothing to do before that."""
    described = (await life.handle.describe()).raw_description
    history = await life.handle.fetch_history()
    newest = [event for event in history.events if event.HasField("timer_started_event_attributes")]
    return bool(newest) and not described.HasField("pending_workflow_task")


async def told_behind(life: Life) -> int:
    """The number of vain questions to the ledger, by the history."""
    history = await life.handle.fetch_history()
    return sum("LedgerBehind" in str(event.marker_recorded_event_attributes.failure) for event in history.events)


async def _is_alarmed(life: Life, client: Client) -> bool:
    return life.handle.id in await alarmed(client)


@pytest.mark.slow
async def test_once_the_ledger_holds_it_again_work_goes_on(
    life: Life, connection: asyncpg.Connection, client: Client
) -> None:
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    second = await life.command(c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    await forget(life, 1, connection)
    with pytest.raises(Refused, match=FORGOTTEN):
        await life.send(second)
    await connection.execute(BRING_BACK)
    await life.handle.signal("catch_up")

    async def calm() -> bool:
        return StreamId.partnership(life.reference) not in await alarmed(client)

    await until(calm)
    await approve(life)
    assert (await life.until_stage(Stage.AGREEMENT)).stage is Stage.AGREEMENT


@pytest.mark.slow
async def test_a_worker_notices_that_the_ledger_forgot_and_makes_the_workflow_look(
    life: Life, connection: asyncpg.Connection, client: Client
) -> None:
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    looking = Reconciliation(client, life.desk.ledger)
    assert await looking.once(minimum_age=timedelta(0)) == []
    await forget(life, 1, connection)
    assert await looking.once(minimum_age=timedelta(0)) == [StreamId.partnership(life.reference)]

    await until(lambda: _is_alarmed(life, client))


@pytest.mark.slow
async def test_another_event_where_the_known_one_stood_is_no_better(life: Life, connection: asyncpg.Connection) -> None:
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    second = await life.command(c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    position = (await life.events())[-1].position
    await behind_our_back(
        connection,
        f"UPDATE ledger.events SET meta = '{{}}', leaf = sha256('another') WHERE position = {position}",
    )
    with pytest.raises(Refused, match=FORGOTTEN):
        await life.send(second)
