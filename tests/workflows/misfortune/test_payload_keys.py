"""Keys of payloads change and are lost: work goes on, and what the server keeps shows nobody's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import asyncpg
import pytest
from temporalio.client import Client

from accord.cli.installation.reviving import start_again
from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from accord.presentation.faults import Refused
from accord.runs.open_workflows import fails_again_and_again
from accord.runs.payload_keys import end_unreadable, lost_keys, uses_of
from deploy.connections import connect_temporal, payload_keys
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.payloads.codec import key_ids_in
from deploy.payloads.keys import FILE, PayloadKey, PayloadKeys
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.payment.bank_answers import BankStatus
from domain.streams import StreamId
from records.keys.keyring import Keyring
from tests.builders import funds_out, party, proposal
from tests.conftest import working, working_apart
from tests.histories import replayer
from tests.lives import Life
from tests.waiting import BACKSTOP, until


async def with_ring(stack: Stack, folder: Path, ring: PayloadKeys) -> Client:
    """A client as of a process whose secrets hold this ring."""
    ring.write(folder / FILE)
    return await connect_temporal(stack.state.temporal_address, secrets=folder)


@pytest.fixture
async def desk(pool: asyncpg.Pool, keyring: Keyring, client: Client) -> Desk:
    """An organisation of its own, without a worker."""
    made = Desk(pool, keyring, client=client, patience=BACKSTOP)
    await load_sample_registers(pool)
    await furnish(made)
    return made


@pytest.fixture(autouse=True)
async def nothing_stays_unreadable(client: Client) -> AsyncIterator[None]:
    """Runs under rings that only these tests know are ended after them: elsewhere they are keys that were lost."""
    yield
    await end_unreadable(client, payload_keys())


@pytest.fixture
def ring() -> PayloadKeys:
    """A ring of its own, of one key."""
    return PayloadKeys((PayloadKey(PayloadKey.make().secret, datetime.now(UTC)),))


async def test_a_partnership_goes_on_under_another_key(
    desk: Desk, stack: Stack, reference: str, ring: PayloadKeys, tmp_path: Path
) -> None:
    """Given a life under one key, when another one writes, then it goes on, replays, and says whose it still needs."""
    first = await with_ring(stack, tmp_path / "1", ring)
    async with working(first, desk.pool):
        await Life(replace(desk, client=first), reference).awaiting_approval(proposal(reference))
    added = ring.with_new()
    rotated = added.using(added.keys[1].key_id, datetime.now(UTC))
    second = await with_ring(stack, tmp_path / "2", rotated)
    life = Life(replace(desk, client=second), reference)
    async with working_apart(second, desk.pool):
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
        history = await life.handle.fetch_history()
        assert set[str]().union(*map(key_ids_in, history.events)) == {one.key_id for one in rotated.keys}
        await replayer(rotated).replay_workflow(history)
        writes, reads = await uses_of(second, rotated)
        assert (writes.key_id, writes.open_runs, reads.open_runs) == (rotated.writes.key_id, 1, 1)


@pytest.mark.slow
async def test_a_lost_key_stops_its_lives_until_they_are_revived_from_the_ledger(
    desk: Desk, stack: Stack, reference: str, ring: PayloadKeys, tmp_path: Path
) -> None:
    """Given a payment in flight under a key that is lost, when all is revived, then the bank's word closes it, once."""
    kept = await with_ring(stack, tmp_path / "1", ring)
    async with working(kept, desk.pool):
        before = Life(replace(desk, client=kept), reference)
        tranche = await before.released(proposal(reference, funds_out=funds_out("1000.00", final_report=False)))
    others = PayloadKeys((PayloadKey(PayloadKey.make().secret, datetime.now(UTC)), *payload_keys().keys))
    after = await with_ring(stack, tmp_path / "2", others)
    life = Life(replace(desk, client=after), reference)
    async with working_apart(after, desk.pool):
        ended = await end_unreadable(after, others)
        assert {StreamId.partnership(reference), StreamId.attempt(reference, 1, 1)} <= set(ended)
        assert await end_unreadable(after, others) == []
        await start_again(life.desk, reference)
        await life.bank_says(tranche, BankStatus.SETTLED)
        await life.until_stage(Stage.CLOSED)
    told = [one.event.event_type for one in await life.events()]
    assert (told.count("TrancheReleased"), told.count("TrancheEnded")) == (1, 1)


@pytest.mark.slow
async def test_after_a_key_is_back_what_failed_meanwhile_need_not_wait_for_the_server(
    desk: Desk, stack: Stack, reference: str, ring: PayloadKeys, tmp_path: Path
) -> None:
    """Given tasks that failed while a ring lacked a key, when it is whole and all is revived, then all goes on."""
    kept = await with_ring(stack, tmp_path / "1", ring)
    life = Life(replace(desk, client=kept), reference)
    async with working(kept, desk.pool):
        await life.awaiting_approval(proposal(reference))
    lacking = PayloadKeys((PayloadKey(PayloadKey.make().secret, datetime.now(UTC)),))
    async with working_apart(await with_ring(stack, tmp_path / "2", lacking), desk.pool):
        await life.handle.signal("catch_up")
        await until(partial(_failed_on_and_on, life))
    whole = PayloadKeys((*lacking.keys, *ring.keys, *payload_keys().keys))
    back = await with_ring(stack, tmp_path / "3", whole)
    life = Life(replace(desk, client=back), reference)
    async with working_apart(back, desk.pool):
        assert await lost_keys(back, whole) == {}
        assert StreamId.partnership(reference) in await end_unreadable(back, whole)
        await start_again(life.desk, reference)
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    assert [one.event.event_type for one in await life.events()].count("ApprovalGiven") == 1


async def _failed_on_and_on(life: Life) -> bool:
    described = (await life.handle.describe()).raw_description
    return fails_again_and_again(described.pending_workflow_task)


@pytest.mark.slow
async def test_no_name_is_in_the_files_of_temporals_server(tmp_path: Path, reference: str) -> None:
    """Given lives with names, refusals and failures, when the server's files are searched, then no name is found."""
    apart = Stack(tmp_path / "stack", workers=0)
    await apart.start()
    try:
        pool = await open_pool(apart.postgres.url)
        client = await connect_temporal(apart.state.temporal_address, secrets=apart.postgres.secrets)
        desk = Desk(pool, Keyring(tmp_path / "keys"), client=client, patience=BACKSTOP)
        await load_sample_registers(pool)
        await furnish(desk)
        words = await _led(desk, reference, client, pool)
        pool.terminate()
    finally:
        apart.stop()
    kept = b"".join(one.read_bytes() for one in apart.folder.glob("temporal.sqlite*"))
    assert f"partnership/{reference}".encode() in kept
    found = [one for one in words if one.encode() in kept or one.encode("utf-16-le") in kept]
    assert found == []


async def _led(desk: Desk, reference: str, client: Client, pool: asyncpg.Pool) -> list[str]:
    """Lead a partnership to a payment with names in every message, and return the names."""
    payee = party("Riverbend Library Network", also_known_as=["Okonkwo Reading Rooms"])
    life = Life(desk, reference)
    async with working_apart(client, pool):
        content = proposal(
            reference, partner=payee, funds_out=funds_out("1000.00", payee=payee, purpose="Ada Obi's books")
        )
        await life.awaiting_approval(content)
        await life.do(c.DeclareInterest, "vera.lind", interest={"person": "rosa.lund", "what": "a sister of Chidi Eze"})
        with pytest.raises(Refused):
            await life.do(c.Approve, "rosa.lund", no_interest=True, reason="Ngozi Bello asked for it")
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="Ngozi Bello asked for it")
        await life.submit(
            await life.command(c.Approve, "pia.berg", no_interest=True, reason="Ngozi Bello asked for it")
        )
        await life.until_told("CommandRefused")
    staff = [one.name for one in (await desk.directory()).staff]
    return [*staff, "Okonkwo", "Ada Obi", "Chidi Eze", "Ngozi Bello"]


@pytest.mark.slow
async def test_a_key_under_which_a_late_worker_still_writes_is_needed(
    desk: Desk, stack: Stack, reference: str, ring: PayloadKeys, tmp_path: Path
) -> None:
    """Given another key in use, when a worker that was not started anew begins a life, then the old key is needed."""
    late = await with_ring(stack, tmp_path / "1", ring)
    added = ring.with_new()
    rotated = added.using(added.keys[1].key_id, datetime.now(UTC))
    life = Life(replace(desk, client=late), reference)
    async with working_apart(late, desk.pool):
        await life.awaiting_approval(proposal(reference))
        uses = await uses_of(await with_ring(stack, tmp_path / "2", rotated), rotated)
        assert {one.key_id: one.open_runs for one in uses}[ring.writes.key_id] == 1
