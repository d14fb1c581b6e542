"""The ledger was put back, and workflows know more: nothing of that is thrown away, whichever run knows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.operations import recording_again
from accord.presentation.faults import Refused
from accord.runs.absence import differences
from accord.runs.lost import lost_of
from deploy.embedded.stack import Stack
from deploy.payloads.keys import PayloadKey, PayloadKeys
from domain.fault import Fault
from domain.funds.fund import Claim
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.payment.bank_answers import BankStatus
from records.keys.keyring import Keyring
from tests.accord.shell import REFUSED, Shell
from tests.builders import funds_out, proposal
from tests.conftest import working, working_apart
from tests.ledger.proof import behind_our_back
from tests.lives import Life
from tests.treasury import budget
from tests.waiting import BACKSTOP, until
from tests.workflows.misfortune.test_payload_keys import with_ring
from tests.workflows.test_funds import claim, paid_of
from workflows.messages import PartnershipStart
from workflows.partnership import PartnershipWorkflow

LOSE = "DELETE FROM ledger.events WHERE position > {position}"
APPROVERS = ("ana.silva", "femi.ade")


@pytest.fixture
async def desk(furnished_pool: asyncpg.Pool, keyring: Keyring, client: Client) -> AsyncIterator[Desk]:
    """An organisation of its own, with a worker."""
    made = Desk(furnished_pool, keyring, client=client, patience=BACKSTOP)
    async with working_apart(client, furnished_pool):
        yield made


@pytest.fixture
def at(stack: Stack, furnished_database: str, keyring: Keyring) -> Shell:
    """A terminal of that organisation."""
    return Shell(
        ACCORD_DATABASE_URL=furnished_database,
        TEMPORAL_ADDRESS=stack.state.temporal_address,
        ACCORD_KEYS=str(keyring.folder),
    ).as_administrator(furnished_database)


async def put_back(desk: Desk, position: int) -> None:
    """The ledger is put back to a position."""
    async with desk.pool.acquire() as connection:
        await behind_our_back(connection, LOSE.format(position=position))  # type: ignore[arg-type]


async def forgotten_instructions(desk: Desk) -> None:
    """The frozen instructions are forgotten as well."""
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


@pytest.mark.slow
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


async def ended_and_begun_anew(life: Life) -> None:
    """Somebody with Temporal ends a workflow, and begins it anew: its first run names none before it."""
    before = await life.handle.describe()
    await life.handle.terminate()

    async def is_listed_as_ended() -> bool:
        query = f"WorkflowId = '{life.handle.id}' AND ExecutionStatus = 'Terminated'"
        return before.run_id in [one.run_id async for one in life.desk.temporal.list_workflows(query)]

    await until(is_listed_as_ended)
    start, queue = PartnershipStart(partnership_id=life.reference), before.task_queue
    await life.desk.temporal.start_workflow(PartnershipWorkflow.run, start, id=life.handle.id, task_queue=queue)


@pytest.mark.slow
async def test_what_was_known_to_a_run_that_somebody_ended_and_began_anew_is_recorded_again(
    desk: Desk, at: Shell, reference: str
) -> None:
    """The newest run knows no more than the ledger, and names no run before it."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    before = await desk.ledger.head()
    await approved(life)
    told = await life.told()
    await put_back(desk, before)
    await ended_and_begun_anew(life)
    listed = await at("revive", reference)
    assert (listed.code, listed.words.count("ApprovalGiven by")) == (REFUSED, 2), listed
    again = await at.done("revive", reference, "--record-again")
    assert f"Started again: {reference}" in again.words
    assert await life.told() == told


async def test_what_two_guardians_let_go_is_not_asked_for_again(desk: Desk, at: Shell, reference: str) -> None:
    """Given a loss that two accepted, and a workflow that somebody ends later, then it is started again."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    before = await desk.ledger.head()
    await approved(life)
    await put_back(desk, before)
    change = await at.done("ledger", "accept-loss", reference, "--as", "dora.kim", "--json")
    await at.done("staff", "confirm", change.json["change_id"], "--as", "otto.audit")
    await at.done("revive", reference)
    await approved(life)
    await ended_and_begun_anew(life)
    await life.handle.terminate()
    again = await at.done("revive", reference)
    assert f"Started again: {reference}" in again.words


async def in_flight(life: Life) -> int:
    """A payment of this partnership is instructed. Return the position before its release."""
    await life.signed(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    before = await life.desk.ledger.head()
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.instructed()
    await life.until_quiet()
    return before


@pytest.mark.slow
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


@pytest.fixture
async def life(desk: Desk, reference: str) -> Life:
    """A partnership that waits for approval."""
    led = Life(desk, reference)
    await led.awaiting_approval(proposal(reference))
    return led


@pytest.mark.slow
async def test_what_two_refreshes_left_behind_is_recorded_again(life: Life, at: Shell) -> None:
    before = await life.desk.ledger.head()
    await life.do(c.Approve, APPROVERS[0], no_interest=True, reason="fits the programme")
    await refreshed(life)
    await life.do(c.Approve, APPROVERS[1], no_interest=True, reason="within the budget")
    told = await life.told()
    await refreshed(life)
    await put_back(life.desk, before)
    await at.done("revive", life.reference, "--record-again")
    assert await life.told() == told


@pytest.mark.slow
async def test_a_run_that_begins_anew_on_a_ledger_that_was_put_back_forgets_nothing(life: Life, at: Shell) -> None:
    """It folded what the ledger still held, and nobody saw any more that there had been more."""
    before = await life.desk.ledger.head()
    await approved(life)
    told = await life.told()
    await put_back(life.desk, before)
    await refreshed(life)
    with pytest.raises(Refused, match="put back to an earlier point"):
        await life.do(c.Approve, "dora.kim", no_interest=True, reason="within the budget")
    await until(lambda: _is_ahead(life))
    assert life.reference in (await at("status", "--json")).json["ahead"]
    await at.done("revive", life.reference, "--record-again")
    assert await life.told() == told
    await until(lambda: _follows(life))


async def _is_ahead(life: Life) -> bool:
    return life.reference in (await differences(life.desk.temporal, life.desk.ledger)).ahead


@pytest.mark.slow
async def test_once_the_ledger_holds_it_again_such_a_run_goes_on_by_itself(life: Life) -> None:
    before = await life.desk.ledger.head()
    await life.do(c.Approve, APPROVERS[0], no_interest=True, reason="fits the programme")
    await life.until_quiet()
    async with life.desk.pool.acquire() as connection:
        await connection.execute(f"CREATE TABLE public.lost AS SELECT * FROM ledger.events WHERE position > {before}")
    await put_back(life.desk, before)
    await refreshed(life)
    await life.desk.pool.execute("INSERT INTO ledger.events SELECT * FROM public.lost")
    await life.handle.signal("catch_up")
    await until(lambda: _follows(life))
    await life.do(c.Approve, APPROVERS[1], no_interest=True, reason="within the budget")
    assert len((await life.state()).approvals) == 2


@pytest.mark.slow
async def test_cut_off_between_two_appends_it_is_asked_again_and_nothing_is_lost(
    life: Life, at: Shell, furnished_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_DATABASE_URL", furnished_database)
    before = await life.desk.ledger.head()
    await approved(life)
    told = await life.told()
    await refreshed(life)
    await put_back(life.desk, before)
    lost = await lost_of(life.desk.temporal, life.desk.ledger, life.reference)
    append, times = recording_again._append, iter((True, False))

    async def cut_off(*given: Any) -> Fault | None:
        if not next(times):
            raise ConnectionError("the shell was killed")
        return await append(*given)

    with monkeypatch.context() as killed:
        killed.setattr(recording_again, "_append", cut_off)
        with pytest.raises(ConnectionError):
            await recording_again.record_again(life.desk, lost)
    assert await life.told() == told[:-2]
    await at.done("revive", life.reference, "--record-again")
    assert await life.told() == told


@pytest.mark.slow
async def test_where_somebody_decides_in_between_the_rest_is_for_two_guardians(life: Life, at: Shell) -> None:
    """Given a hold that was placed meanwhile, what was signed is not put on top of it, and is not thrown away."""
    before = await life.desk.ledger.head()
    await approved(life)
    told = await life.told()
    await put_back(life.desk, before)
    reason = ("--reason", "a question to the payee", "--as", "vera.lind")
    await at.done("hold", life.reference, *reason, "--emergency")
    again = await at("revive", life.reference, "--record-again")
    assert (again.code, "the ledger went on without it" in again.words) == (REFUSED, True), again
    await accepted(life, at)
    await at.done("revive", life.reference)
    assert await life.told() == [*told[:-3], "HoldPlaced"]


async def accepted(life: Life, at: Shell) -> str:
    """Two guardians let go of the loss. Return the words that the second of them was shown."""
    change = (await at.done("ledger", "accept-loss", life.reference, "--as", "dora.kim", "--json")).json
    shown = await at.done("staff", "pending")
    await at.done("staff", "confirm", change["change_id"], "--as", "otto.audit")
    return shown.words


@pytest.mark.slow
async def test_what_nobody_can_read_is_named_by_its_versions_and_ends_only_by_two(
    desk: Desk, stack: Stack, at: Shell, reference: str, tmp_path: Path, furnished_database: str
) -> None:
    """Given approvals in a run whose key left the ring, when the ledger forgot them, then it is known of them."""
    old = PayloadKeys((PayloadKey(PayloadKey.make().secret, datetime.now(UTC)),))
    added = old.with_new()
    both = added.using(added.keys[1].key_id, datetime.now(UTC))
    first, second = await with_ring(stack, tmp_path / "1", old), await with_ring(stack, tmp_path / "2", both)
    await with_ring(stack, tmp_path / "3", both.without(old.keys[0].key_id))
    async with working(first, desk.pool):
        life = Life(replace(desk, client=first), reference)
        await life.awaiting_approval(proposal(reference))
        before = await desk.ledger.head()
        await approved(life)
    version = (await life.state()).version
    async with working_apart(second, desk.pool):
        await refreshed(Life(replace(desk, client=second), reference))
        await put_back(desk, before)
        held = (await life.state()).version
        here = at.where(ACCORD_SECRETS=str(tmp_path / "3")).as_administrator(furnished_database)
        told = await here("revive", reference, "--record-again")
        lost = f"versions {held + 1} to {version}"
        assert (told.code, f"Lost: {lost}, which nobody can read" in told.words) == (REFUSED, True), told
        assert f"nobody can read {lost}" in told.words
        assert f"{lost}, which nobody can read" in await accepted(life, here)
        assert f"Started again: {reference}" in (await here.done("revive", reference)).words


@pytest.mark.slow
async def test_what_a_fund_kept_is_kept_again_with_the_approval_or_not_at_all(
    desk: Desk, at: Shell, new_reference: Callable[[], str]
) -> None:
    life, other = Life(desk, new_reference()), Life(desk, new_reference())
    own = f"FD-{life.reference[2:]}"
    await budget(desk, own, "1500.00")
    await other.approved_by_finance(paid_of(other, own))
    await life.awaiting_approval(paid_of(life, own))
    await life.until_quiet()
    before = await desk.ledger.head()
    await approved(life)
    reserved = await claim(life, own)
    await refreshed(life, other)
    await put_back(desk, before)
    assert await claim(life, own) == Claim()
    await at.done("revive", life.reference, "--record-again")
    assert (await claim(life, own), reserved.reserved) == (reserved, 1000)
    with pytest.raises(Refused, match=f"{own} has 500.00 USD left"):
        await other.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")


@pytest.mark.slow
async def test_what_a_fund_promised_to_others_meanwhile_is_not_promised_twice(
    desk: Desk, at: Shell, new_reference: Callable[[], str]
) -> None:
    life, other = Life(desk, new_reference()), Life(desk, new_reference())
    own = f"FD-{life.reference[2:]}"
    await budget(desk, own, "1500.00")
    await other.approved_by_finance(paid_of(other, own))
    await life.awaiting_approval(paid_of(life, own))
    await life.until_quiet()
    before = await desk.ledger.head()
    await approved(life)
    await refreshed(life, other)
    await put_back(desk, before)
    await other.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    told = await at("revive", life.reference, "--record-again")
    assert (told.code, f"{own} has 500.00 USD left" in told.words) == (REFUSED, True), told
    assert (await claim(life, own), (await claim(other, own)).reserved) == (Claim(), 1000)
    assert (await at("revive", life.reference)).words.count("ApprovalGiven by") == 1


@pytest.mark.slow
async def test_an_end_that_the_ledger_forgot_is_not_undone_by_starting_it_again(life: Life, at: Shell) -> None:
    """Its workflow has ended, and knows more than the ledger all the same."""
    before = await life.desk.ledger.head()
    await life.do(c.Withdraw, "pia.berg", reason="other plans")
    await life.handle.result()
    told = await life.told()
    await put_back(life.desk, before)
    listed = await at("revive", life.reference)
    assert (listed.code, "PartnershipWithdrawn" in listed.words) == (REFUSED, True), listed
    over = await at.done("revive", life.reference, "--record-again")
    assert "It has ended, and needs no workflow" in over.words
    assert await life.told() == told


@pytest.mark.slow
async def test_nothing_is_accepted_where_nothing_is_lost(life: Life, at: Shell) -> None:
    told = await at("ledger", "accept-loss", life.reference, "--as", "dora.kim")
    assert (told.code, "holds everything that is known" in told.words) == (REFUSED, True)
    assert "runs already" in (await at("revive", life.reference)).words


@pytest.mark.slow
async def test_what_was_said_after_the_end_and_forgotten_is_not_written_over(life: Life, at: Shell) -> None:
    """Given a comment after the end, of which the ledger knows no more, when somebody comments, then it is refused."""
    await life.do(c.Withdraw, "pia.berg", reason="other plans")
    await life.handle.result()
    before = await life.desk.ledger.head()
    await life.do(c.Comment, "vera.lind", text="the other side was told")
    await life.handle.result()
    told = await life.told()
    await put_back(life.desk, before)
    with pytest.raises(Refused, match=f"forgot what is known of {life.reference}: CommentMade. .*accord revive"):
        await life.do(c.Comment, "vera.lind", text="and thanked us")
    over = await at.done("revive", life.reference, "--record-again")
    assert "It has ended, and needs no workflow" in over.words
    assert await life.told() == told
    await life.do(c.Comment, "vera.lind", text="and thanked us")
    assert await life.told() == [*told, "CommentMade"]


@pytest.mark.slow
async def test_what_was_ended_and_is_forgotten_altogether_is_not_proposed_anew(
    desk: Desk, at: Shell, reference: str
) -> None:
    life, before = Life(desk, reference), await desk.ledger.head()
    await life.awaiting_approval(proposal(reference))
    await life.do(c.Withdraw, "pia.berg", reason="other plans")
    await life.handle.result()
    told = await life.told()
    await put_back(desk, before)
    with pytest.raises(Refused, match=f"forgot what is known of {reference}: PartnershipProposed, .*accord revive"):
        await life.propose(proposal(reference))
    await at.done("revive", reference, "--record-again")
    assert await life.told() == told
