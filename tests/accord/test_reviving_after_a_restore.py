"""The ledger was put back, and workflows know more: nothing of that is thrown away, whichever run knows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from deploy.embedded.stack import Stack
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.payment.bank_answers import BankStatus
from records.keys.keyring import Keyring
from tests.accord.shell import REFUSED, Shell
from tests.builders import funds_out, proposal
from tests.conftest import working_apart
from tests.ledger.proof import behind_our_back
from tests.lives import Life
from tests.waiting import BACKSTOP, until

LOSE = "DELETE FROM ledger.events WHERE position > {position}"
APPROVERS = ("ana.silva", "femi.ade")


@pytest.fixture
async def desk(pool: asyncpg.Pool, keyring: Keyring, client: Client) -> AsyncIterator[Desk]:
    """An organisation of its own, with a worker."""
    made = Desk(pool, keyring, client=client, patience=BACKSTOP)
    await load_sample_registers(pool)
    await furnish(made)
    async with working_apart(client, pool):
        yield made


@pytest.fixture
def at(stack: Stack, database: str, keyring: Keyring) -> Shell:
    """A terminal of that organisation."""
    return Shell(
        ACCORD_DATABASE_URL=database, TEMPORAL_ADDRESS=stack.state.temporal_address, ACCORD_KEYS=str(keyring.folder)
    ).as_administrator(database)


async def put_back(desk: Desk, position: int) -> None:
    """The ledger is put back to a position."""
    async with desk.pool.acquire() as connection:
        await behind_our_back(connection, LOSE.format(position=position))  # type: ignore[arg-type]


async def forgotten_instructions(desk: Desk) -> None:
    """What was frozen is forgotten as well."""
    async with desk.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("DELETE FROM payments.instructions")


async def refreshed(*lives: Life) -> None:
    """Every partnership begins anew, as `accord deploy refresh` lets it, and has read the ledger."""
    for life in lives:
        before = (await life.handle.describe()).run_id
        await life.handle.signal("begin_anew")

        async def is_another(life: Life = life, before: str = before) -> bool:
            return (await life.handle.describe()).run_id != before

        await until(is_another)
        await life.handle.query("status")
        await life.until_quiet()


async def approved(life: Life) -> None:
    for person in APPROVERS:
        await life.do(c.Approve, person, no_interest=True, reason="fits the programme")
    await life.until_quiet()


async def test_twenty_approvals_are_recorded_again_after_a_refresh(
    desk: Desk, at: Shell, new_reference: Callable[[], str]
) -> None:
    """Given ten partnerships approved by two, and a refresh, when the ledger is put back, then it is all recorded."""
    lives = [Life(desk, new_reference()) for _ in range(10)]
    for life in lives:
        await life.awaiting_approval(proposal(life.reference))
    before = await desk.ledger.head()
    for life in lives:
        await approved(life)
    told = {life.reference: await life.told() for life in lives}
    await refreshed(*lives)
    await put_back(desk, before)
    for life in lives:
        listed = await at("revive", life.reference)
        assert (listed.code, listed.words.count("ApprovalGiven by")) == (REFUSED, 2), listed
        again = await at.done("revive", life.reference, "--record-again")
        assert f"Started again: {life.reference}" in again.words
    assert {life.reference: await life.told() for life in lives} == told
    assert [len((await life.state()).approvals) for life in lives] == [2] * 10


async def in_flight(life: Life) -> int:
    """A payment of this partnership is instructed; return the position before its release."""
    await life.signed(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    before = await life.desk.ledger.head()
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.instructed()
    await life.until_quiet()
    return before


async def test_a_payment_in_flight_is_recorded_again_with_its_release_and_is_paid_once(
    desk: Desk, at: Shell, reference: str
) -> None:
    """The attempt's own events were taken for the partnership's, and the command broke off."""
    life = Life(desk, reference)
    before = await in_flight(life)
    frozen = await desk.pool.fetchval("SELECT frozen FROM payments.instructions")
    await refreshed(life)
    await put_back(desk, before)
    await forgotten_instructions(desk)
    listed = await at("revive", reference)
    assert (listed.code, "version 2 of tranche 1, attempt 1" in listed.words) == (REFUSED, True), listed
    await at.done("revive", reference, "--record-again")
    assert (await life.told())[-1] == "TrancheReleased"
    assert await life.bank_events() == ["TrancheReleasedForPayment", "PaymentInstructed"]
    assert await desk.pool.fetch("SELECT frozen FROM payments.instructions") == [(frozen,)]
    await until(lambda: _follows(life))
    tranche = await life.attempt()
    assert tranche is not None
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


async def _follows(life: Life) -> bool:
    return bool((await life.handle.query("status"))["version"])
