"""A payment in flight, whatever is done to workflows: who runs them believes the ledger, and the ledger alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowHistory,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from accord.runs.replaying import replayer_of
from activities.contracts import TrancheStart
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.events import PaymentTakenBack, PaymentUnanswered
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.streams import StreamId
from ledger import AppendRequest, clock
from records.access_log import ACCORD
from records.codec import to_ledger
from tests.builders import funds_out, number, proposal
from tests.histories import ask, runs
from tests.lives import Life
from tests.waiting import until
from workflows import attributes
from workflows.messages import PartnershipStart, Receipt
from workflows.options import TASK_QUEUE
from workflows.partnership import PartnershipWorkflow
from workflows.tranche import TrancheWorkflow

NOW = timedelta(0)


def one_payment(life: Life) -> Any:
    """A partnership that closes once its one payment is settled."""
    return proposal(life.reference, funds_out=funds_out("1000.00", final_report=False))


async def begin_again(life: Life, **junk: Any) -> None:
    """Start the partnership's workflow with its id alone, and whatever else somebody puts there."""
    await life.desk.temporal.start_workflow(
        "Partnership",
        {"partnership_id": life.reference, **junk},
        id=life.handle.id,
        task_queue=TASK_QUEUE,
    )


async def is_running(handle: WorkflowHandle[Any, Any]) -> bool:
    """True if a workflow runs."""
    with suppress(RPCError):
        return (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    return False


async def until_tranche_knows(life: Life, status: TrancheStatus) -> None:
    """Wait for the tranche's own workflow to say so, rather than the ledger."""

    async def look() -> bool:
        with suppress(RPCError):
            known = await ask(life.tranche(), Tranche)
            return known is not None and known.status is status
        return False

    await until(look)


async def until_partnership_knows(life: Life, state: TrancheState) -> None:
    """The same for the partnership's own workflow."""

    async def look() -> bool:
        return (await knows(life)).tranches[0].state is state

    await until(look)


async def knows(life: Life) -> Partnership:
    found: Partnership = await ask(life.handle, Partnership)
    return found


# A run that begins from the ledger


async def test_a_run_without_a_proposal_reads_the_ledger_and_follows_what_is_in_flight(life: Life) -> None:
    tranche = await life.released(one_payment(life))
    await life.handle.terminate("a drill: the server lost it")
    await life.tranche().terminate("a drill: the server lost it")
    await begin_again(life)
    await until(lambda: is_running(life.tranche()))
    await life.bank_says(tranche, BankStatus.SETTLED)
    assert (await life.until_stage(Stage.CLOSED)).tranches[0].attempt == 1
    await until_tranche_knows(life, TrancheStatus.SETTLED)
    assert (await life.bank_events()).count("PaymentInstructed") == 1


@pytest.mark.slow
async def test_an_update_in_the_very_first_task_of_such_a_run_is_not_refused(life: Life) -> None:
    await life.approved_by_finance(proposal(life.reference))
    command = await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.handle.terminate("a drill: the server lost it")
    start: WithStartWorkflowOperation[PartnershipWorkflow, Receipt] = WithStartWorkflowOperation(
        PartnershipWorkflow.run,
        PartnershipStart(partnership_id=life.reference),
        id=life.handle.id,
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    receipt: Receipt = await life.desk.temporal.execute_update_with_start_workflow(
        "decide", command, start_workflow_operation=start, id=str(command.command_id), result_type=Receipt
    )
    assert (receipt.what[0], receipt.stage) == ("ApprovalGiven", Stage.AGREEMENT)


@pytest.mark.slow
async def test_a_made_up_state_in_a_start_counts_for_nothing(life: Life) -> None:
    """A forged snapshot in which the payment was rejected does not let it be released again."""
    tranche = await life.released(one_payment(life))
    forged = (await life.state()).model_dump(mode="json")
    forged["tranches"][0] |= {"state": "REJECTED"}
    await life.handle.terminate("a forger's")
    await begin_again(life, snapshot={"partnership": forged, "handled": [], "schema_version": 1}, partnership=forged)
    release = await life.command(c.Release, "paul.nkosi", tranche=1, attempt=2)
    await life.submit(release)
    await life.until_told("CommandRefused")
    assert (await life.told()).count("TrancheReleased") == 1
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert await life.bank_events(1, 2) == []


# What stands in a workflow's place


@pytest.mark.slow
async def test_a_tranche_that_somebody_started_before_its_release_pays_nothing_and_is_released_later(
    life: Life,
) -> None:
    await life.signed(one_payment(life))
    start = {"partnership_id": life.reference, "tranche": 1, "attempt": 1, "order": {"money": "900000.00"}}
    early: WorkflowHandle[Any, Any] = await life.desk.temporal.start_workflow(
        "Tranche", start, id=life.tranche().id, task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError):
        await early.result()
    assert await life.bank_events() == []
    await life.do(c.Release, "paul.nkosi", tranche=1)
    instructed = await life.instructed()
    assert (instructed.status, str(instructed.order.money.amount)) == (TrancheStatus.INSTRUCTED, "1000.00")


@pytest.mark.slow
async def test_what_a_stolen_login_wrote_before_the_release_keeps_no_payment_back(life: Life) -> None:
    """Given an end of an attempt that nobody released yet, when it is released, then it is paid as any other."""
    await life.signed(one_payment(life))
    stream = StreamId.attempt(life.reference, 1, 1)
    planted = (PaymentUnanswered(at=clock.now()), PaymentTakenBack(at=clock.now(), reason="says the login"))
    await life.desk.ledger.append(
        AppendRequest(stream, number("planted"), 0, to_ledger(planted, ACCORD, number("planted")))
    )
    await life.do(c.Release, "paul.nkosi", tranche=1)
    tranche = await life.instructed()
    assert (tranche.status, tranche.version) == (TrancheStatus.INSTRUCTED, 4)
    await life.bank_says(tranche, BankStatus.SETTLED)
    assert (await life.until_stage(Stage.CLOSED)).tranches[0].attempt == 1
    await until_tranche_knows(life, TrancheStatus.SETTLED)


@pytest.mark.slow
async def test_a_tranche_that_somebody_started_for_another_payment_writes_nothing_of_it(
    life: Life, new_reference: Any
) -> None:
    """The order of one partnership in the stream of another would block that one's payment for good."""
    other = Life(life.desk, new_reference())
    await other.released(one_payment(other))
    await life.signed(one_payment(life))
    forged: WorkflowHandle[Any, Any] = await life.desk.temporal.start_workflow(
        TrancheWorkflow.run,
        TrancheStart(partnership_id=other.reference, tranche=1, attempt=1),
        id=life.tranche().id,
        task_queue=TASK_QUEUE,
    )
    with pytest.raises(WorkflowFailureError):
        await forged.result()
    assert await life.bank_events() == []
    await life.do(c.Release, "paul.nkosi", tranche=1)
    assert (await life.instructed()).order.partnership_id == life.reference


@pytest.mark.slow
async def test_a_workflow_of_another_kind_in_a_tranches_place_is_put_aside(life: Life) -> None:
    await life.signed(one_payment(life))
    squatter: WorkflowHandle[Any, Any] = await life.desk.temporal.start_workflow(
        "Nobody knows it", "junk", id=life.tranche().id, task_queue="a queue without a worker"
    )
    await life.do(c.Release, "paul.nkosi", tranche=1)
    assert (await life.instructed()).status is TrancheStatus.INSTRUCTED
    first = life.desk.temporal.get_workflow_handle(squatter.id, run_id=squatter.first_execution_run_id)
    assert (await first.describe()).status is WorkflowExecutionStatus.TERMINATED


@pytest.mark.slow
async def test_a_partnership_that_was_started_in_the_name_of_another_ends_at_once(
    life: Life, new_reference: Any
) -> None:
    await life.signed(one_payment(life))
    other = Life(life.desk, new_reference())
    forged: WorkflowHandle[Any, Any] = await life.desk.temporal.start_workflow(
        "Partnership", {"partnership_id": life.reference}, id=other.handle.id, task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError):
        await forged.result()
    assert await other.events() == []
    assert (await other.propose(proposal(other.reference))).what == ("PartnershipProposed",)


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["terminate", "cancel"])
async def test_a_tranche_that_was_ended_by_somebody_is_started_again_and_learns_how_it_ends(
    life: Life, ends: str
) -> None:
    tranche = await life.released(one_payment(life))
    first = await life.tranche().describe()
    await (life.tranche().terminate("by somebody") if ends == "terminate" else life.tranche().cancel())

    async def started_again() -> bool:
        return (await life.tranche().describe()).run_id != first.run_id and await is_running(life.tranche())

    await until(started_again)
    await life.bank_says(tranche, BankStatus.SETTLED)
    await until_tranche_knows(life, TrancheStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert (await life.told()).count("TrancheEnded") == 1


@pytest.mark.slow
async def test_an_attempt_that_was_started_without_search_attributes_shows_its_own_in_every_run(life: Life) -> None:
    """The present attributes decide: replayed, it must ask for the same, in the next run as well."""
    await life.released(one_payment(life))
    for handle in (life.handle, life.tranche()):
        await handle.terminate("by somebody")
    start = TrancheStart(partnership_id=life.reference, tranche=1, attempt=1)
    by_hand: WorkflowHandle[Any, Any] = await life.desk.temporal.start_workflow(
        TrancheWorkflow.run, start, id=life.tranche().id, task_queue=TASK_QUEUE
    )
    await until(lambda: _shows_its_payee(life))
    await life.tranche().signal("begin_anew")

    async def began_anew() -> bool:
        return (await life.tranche().describe()).run_id != by_hand.first_execution_run_id

    await until(began_anew)
    assert await _shows_its_payee(life)
    new, first = await runs(life.desk.temporal, life.tranche().id)
    assert [_upserts(history) for history in (first, new)] == [1, 0]
    for history in (first, new):
        await replayer_of(life.desk.temporal).replay_workflow(history)


async def _shows_its_payee(life: Life) -> bool:
    shown = (await life.tranche().describe()).typed_search_attributes
    return shown.get(attributes.PAYEE) is not None


def _upserts(history: WorkflowHistory) -> int:
    """The number of times that a run set its payee."""
    told = (event.upsert_workflow_search_attributes_event_attributes.search_attributes for event in history.events)
    return sum(attributes.PAYEE.name in one.indexed_fields for one in told)


# How the importer's word reaches workflows


@pytest.fixture
async def unheard(life: Life, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Every hint is lost. At the end of the test a worker looks at the ledger."""

    async def lost(*_: Any) -> None:
        """Nobody is told."""

    for place in ("accord.counter.bank_import", "accord.counter.hand_over"):
        monkeypatch.setattr(f"{place}.tell_workflows", lost)
    yield
    await (await life.reconciliation()).once(minimum_age=NOW)


@pytest.mark.slow
async def test_a_hint_brings_it_to_both_workflows(life: Life) -> None:
    tranche = await life.released(proposal(life.reference))
    await life.hand_over()
    await until_partnership_knows(life, TrancheState.HANDED_OVER)
    await life.bank_says(tranche, BankStatus.SETTLED)
    await until_tranche_knows(life, TrancheStatus.SETTLED)
    await until_partnership_knows(life, TrancheState.SETTLED)


@pytest.mark.slow
async def test_without_a_hint_a_decision_on_an_older_view_meets_it_as_a_conflict(life: Life, unheard: None) -> None:
    tranche = await life.released(one_payment(life))
    asked = await life.command(c.PlaceHold, "vera.lind", reason="a question in the press")
    await life.bank_says(tranche, BankStatus.REJECTED)
    assert (await knows(life)).tranches[0].state is TrancheState.RELEASED, "nobody told it"
    await life.send(asked)
    assert (await life.told())[-3:] == ["TrancheHandedOver", "TrancheEnded", "HoldPlaced"]
    assert (await knows(life)).tranches[0].state is TrancheState.REJECTED


@pytest.mark.slow
async def test_without_a_hint_a_worker_that_looks_at_the_ledger_brings_it_to_both(life: Life, unheard: None) -> None:
    tranche = await life.released(proposal(life.reference))
    await life.bank_says(tranche, BankStatus.ACCEPTED)
    behind = await (await life.reconciliation()).once(minimum_age=NOW)
    assert {life.handle.id, life.tranche().id} <= set(behind)
    await until_tranche_knows(life, TrancheStatus.ACCEPTED)
    await until_partnership_knows(life, TrancheState.HANDED_OVER)


@pytest.mark.slow
async def test_without_a_hint_the_end_is_learnt_and_the_workflows_end(life: Life, unheard: None) -> None:
    """The counter itself closes the paid partnership. The workflows learn that their work is done."""
    tranche = await life.released(one_payment(life))
    await life.bank_says(tranche, BankStatus.SETTLED)
    assert (await life.state()).stage is Stage.CLOSED
    assert await is_running(life.handle)
    await (await life.reconciliation()).once(minimum_age=NOW)

    async def both_ended() -> bool:
        return not await is_running(life.handle) and not await is_running(life.tranche())

    await until(both_ended)
