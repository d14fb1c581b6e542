"""An operator paused a workflow in Temporal: it is open, everybody is told so, and nothing stops or fails by it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import asyncpg
import pytest
from temporalio.api.workflowservice.v1 import PauseWorkflowExecutionRequest, UnpauseWorkflowExecutionRequest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.whole_ledger import require_whole
from accord.operations.health import installation_status
from accord.operations.measuring import numbers
from accord.presentation.faults import Refused
from accord.runs.absence import MissingWorkflows, differences
from accord.runs.catching_up import version_known
from accord.runs.open_workflows import State, count_open, describe, open_workflows
from accord.runs.payload_keys import lost_keys, uses_of
from accord.runs.refreshing_runs import begin_anew
from accord.runs.replaying import replay_open
from deploy.connections import payload_keys
from domain.partnership import commands as c
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.status import TrancheStatus
from records.keys.keyring import Keyring
from tests.accord.shell import REFUSED, Shell
from tests.builders import funds_out, proposal
from tests.conftest import working
from tests.ledger.proof import behind_our_back
from tests.lives import Life, until_shown
from tests.servers import temporal_apart
from tests.waiting import BACKSTOP, until

WHY = "looking into a complaint"


@pytest.fixture(scope="module")
async def pausing(stack: object) -> AsyncIterator[Client]:
    """A server on which operators may pause workflows."""
    async with temporal_apart("", "frontend.WorkflowPauseEnabled=true") as client:
        yield client


@pytest.fixture
async def desk(furnished_pool: asyncpg.Pool, keyring: Keyring, pausing: Client) -> AsyncIterator[Desk]:
    """An organisation of its own, with a worker."""
    made = Desk(furnished_pool, keyring, client=pausing, patience=BACKSTOP)
    async with working(pausing, furnished_pool):
        yield made
    async for one in open_workflows(pausing):
        await pausing.get_workflow_handle(one.id).terminate("its organisation is no more")


@pytest.fixture
def at(pausing: Client, furnished_database: str, keyring: Keyring) -> Shell:
    """A terminal of that organisation."""
    address = pausing.service_client.config.target_host
    return Shell(TEMPORAL_ADDRESS=address, ACCORD_KEYS=str(keyring.folder)).as_administrator(furnished_database)


async def pause(client: Client, workflow_id: str) -> None:
    """Pause a workflow at rest, and wait until Temporal's index shows it."""
    request = PauseWorkflowExecutionRequest(
        namespace=client.namespace, workflow_id=workflow_id, identity="otto.ops", reason=WHY, request_id="1"
    )
    await client.workflow_service.pause_workflow_execution(request)

    async def is_shown() -> bool:
        return any([one.state is State.PAUSED async for one in open_workflows(client) if one.id == workflow_id])

    await until(is_shown)


async def resume(client: Client, workflow_id: str) -> None:
    request = UnpauseWorkflowExecutionRequest(
        namespace=client.namespace, workflow_id=workflow_id, identity="otto.ops", reason="done", request_id="2"
    )
    await client.workflow_service.unpause_workflow_execution(request)


@pytest.fixture
async def life(desk: Desk, reference: str) -> Life:
    """A partnership that waits for approval, and that an operator paused."""
    led = Life(desk, reference)
    await led.awaiting_approval(proposal(reference))
    await led.until_quiet()
    await pause(desk.temporal, led.handle.id)
    return led


async def test_it_is_told_as_paused_and_neither_missing_nor_ahead(life: Life, at: Shell) -> None:
    await until_shown(life.desk)
    looking = MissingWorkflows(life.desk.temporal, life.desk.ledger)
    await looking.once()
    found = await looking.once()
    assert (found.missing, found.ahead, found.paused) == (frozenset(), frozenset(), frozenset({life.handle.id}))
    status = await installation_status(life.desk)
    assert (status.paused, status.missing, status.healthy) == ([life.handle.id], [], False)
    assert numbers(status)["accord_workflows_paused"] == 1
    told = await at("status")
    assert (told.code, f"paused by an operator: {life.handle.id}; see `accord runbook paused`" in told.words) == (
        REFUSED, True,
    )  # fmt: skip


@pytest.mark.slow
async def test_a_decision_is_refused_at_once_with_who_paused_it_and_is_taken_once_it_was_resumed(life: Life) -> None:
    said = f"{life.reference} is paused by an operator \\(otto.ops, .* UTC: {WHY}\\). Nothing is decided"
    command = await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    with pytest.raises(Refused, match=said) as refusal:
        await life.send(command)
    assert refusal.value.kind == "Paused"
    assert "ApprovalGiven" not in await life.told()
    await resume(life.desk.temporal, life.handle.id)
    assert (await life.send(command)).what == ("ApprovalGiven",)


@pytest.mark.slow
async def test_a_decision_on_its_way_when_it_is_paused_is_taken_once(desk: Desk, reference: str) -> None:
    """Paused between the shell's first word and the answer: whatever became of it, the same command is one decision."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    command = await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    sent = asyncio.create_task(life.send(command))
    await pause(desk.temporal, life.handle.id)
    await asyncio.gather(sent, return_exceptions=True)
    await resume(desk.temporal, life.handle.id)
    await life.send(command)
    assert (await life.told()).count("ApprovalGiven") == 1


@pytest.mark.slow
async def test_a_proposal_given_again_does_not_begin_it_anew(life: Life) -> None:
    again = await life.propose(proposal(life.reference))
    assert again.replayed
    other = proposal(life.reference, title="Another title")
    with pytest.raises(Refused, match="is paused by an operator"):
        await life.propose(other)
    assert (await life.told()).count("PartnershipProposed") == 1


@pytest.mark.slow
async def test_revive_starts_nothing_beside_it(life: Life, at: Shell) -> None:
    assert "runs already" in (await at("revive", life.reference)).words
    assert "Every open partnership runs." in (await at.done("revive", "--all")).words
    described = await describe(life.desk.temporal, life.handle.id)
    assert described is not None
    assert described.state is State.PAUSED


@pytest.mark.slow
async def test_what_waits_for_open_runs_waits_for_it(life: Life) -> None:
    """The drain of a version, the need of a key, the replay before a deploy and the refresh after an erasure."""
    client, ring = life.desk.temporal, payload_keys()
    assert await count_open(client, "WorkflowType = 'Partnership'") == 1
    assert [one.open_runs for one in await uses_of(client, ring) if one.writes] == [1]
    assert not await lost_keys(client, ring)
    replayed = await replay_open(client, 10, random.Random(1), lambda: None)  # noqa: S311 - which one is all the same
    assert [one.workflow_id for one in replayed] == [life.handle.id]
    assert [one.fault for one in replayed] == [""]
    before = await describe(client, life.handle.id)
    assert await begin_anew(client, "", 50, lambda _: None) == 1
    await resume(client, life.handle.id)

    async def began_anew() -> bool:
        now = await describe(client, life.handle.id)
        assert now is not None
        assert before is not None
        return now.run_id != before.run_id

    await until(began_anew)


@pytest.mark.slow
async def test_what_it_knows_and_the_ledger_forgot_is_told_while_it_is_paused(life: Life, at: Shell) -> None:
    await resume(life.desk.temporal, life.handle.id)
    before = await life.desk.ledger.head()
    for person in ("ana.silva", "femi.ade"):
        await life.do(c.Approve, person, no_interest=True, reason="fits the programme")
    await life.until_quiet()
    told = await life.told()
    await pause(life.desk.temporal, life.handle.id)
    async with life.desk.pool.acquire() as connection:
        lose = f"DELETE FROM ledger.events WHERE position > {before}"
        await behind_our_back(connection, lose)  # type: ignore[arg-type]
    assert life.reference in (await differences(life.desk.temporal, life.desk.ledger)).ahead
    assert (await version_known(life.desk.temporal, life.handle.id) or 0) > (await life.state()).version
    assert life.reference in (await at("status", "--json")).json["ahead"]
    await at.done("revive", life.reference, "--record-again")
    assert await life.told() == told


@pytest.mark.slow
async def test_a_stopped_one_that_is_paused_still_keeps_every_file_from_being_made(life: Life) -> None:
    await resume(life.desk.temporal, life.handle.id)
    first = await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.send(first)
    second = await life.command(c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    async with life.desk.pool.acquire() as connection:
        lose = "DELETE FROM ledger.events WHERE position = (SELECT max(position) FROM ledger.events)"
        await behind_our_back(connection, lose)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="put back to an earlier point"):
        await life.send(second)

    async def is_stopped() -> bool:
        return await count_open(life.desk.temporal, "AccordStopped = true") == 1

    await until(is_stopped)
    await pause(life.desk.temporal, life.handle.id)
    with pytest.raises(Refused, match="No payment file is made or handed over for anybody"):
        await require_whole(life.desk)


@pytest.mark.slow
async def test_a_paused_payment_is_told_and_the_banks_word_is_kept_for_it(desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    tranche = await life.released(proposal(reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.until_quiet()
    await pause(desk.temporal, life.tranche().id)
    assert (await installation_status(desk)).paused == [life.tranche().id]
    await life.bank_says(tranche, BankStatus.SETTLED)
    settled = await life.attempt()
    assert settled is not None
    assert settled.status is TrancheStatus.SETTLED
    await resume(desk.temporal, life.tranche().id)
    await life.until_told("TrancheEnded")
