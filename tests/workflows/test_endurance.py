"""A partnership lives for years: over runs that continue as new, over resets, over deploys, over deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Worker

from accord.client.desk import Desk
from activities import partnerships
from deploy.registered import sandbox
from domain.calendars import CALENDAR
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus, ExceptionKind
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.proposal import Proposal
from domain.values import Money
from tests.builders import funds_out, number, proposal
from tests.conftest import working
from tests.histories import ask, runs
from tests.lives import Life
from tests.servers import temporal_apart
from tests.time_skipping import time_skipping
from tests.waiting import BACKSTOP, until
from workflows.describe import summary_of
from workflows.messages import PartnershipStart, Receipt
from workflows.options import TASK_QUEUE
from workflows.partnership import PartnershipWorkflow

OTHER_SUM = Money.model_validate({"amount": "999.00", "currency": "USD"})
HANDED_OVER = ["TrancheReleasedForPayment", "PaymentInstructed", "PaymentHandedOver"]
ENOUGH = 5_000
"""Signals that no history holds: at 4,096 events the server asks to continue as new."""

SOON = 150
"""Events at which a server is set to ask for it."""

JUNK: tuple[tuple[Any, ...], ...] = (("catch_up",), ("bank_answered", {"status": "SETTLED"}), ("nonsense", [1, 2]))

INTEREST = {"person": "otto.audit", "what": "My brother teaches there"}


async def first_proposal(life: Life, proposed: Proposal, name: str = "") -> c.Propose:
    """A first proposal as the desk signs it, to start a workflow with."""
    draft = c.Propose(
        command_id=number(name or life.reference), at=datetime.now(UTC), actor="pia.berg", proposal=proposed
    )
    signature = await life.desk.sign(draft.statement(life.reference))
    return draft.model_copy(update={"signature": signature})


async def start(life: Life, continue_after: int) -> None:
    """Start a partnership that continues as new early."""
    proposed = proposal(life.reference, funds_out=funds_out("1000.00", final_report=False))
    command = await first_proposal(life, proposed)
    await life.desk.temporal.start_workflow(
        PartnershipWorkflow.run,
        PartnershipStart(partnership_id=life.reference, proposal=command, continue_after=continue_after),
        id=life.handle.id,
        task_queue=TASK_QUEUE,
        static_summary=summary_of(proposed),
    )


@pytest.mark.slow
async def test_a_life_over_many_runs_is_one_life(life: Life) -> None:
    await start(life, continue_after=12)
    await life.until_stage(Stage.APPROVAL)
    approval = await life.command(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await update(life, approval)
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    account = await life.account("Riverbend Library Network")
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    again = await update(life, approval)
    assert again.replayed
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert len(await runs(life.desk.temporal, life.handle.id)) >= 3
    assert (await life.told()).count("ApprovalGiven") == 2


@pytest.mark.slow
async def test_signals_are_not_lost_while_it_continues_as_new(life: Life) -> None:
    await start(life, continue_after=1)
    await life.until_stage(Stage.APPROVAL)
    for place in range(20):
        await life.handle.signal("submit", {"rubbish": place})
    state = await life.until(lambda known: known.version >= 24)
    assert state.version == 24


@pytest.mark.slow
async def test_what_was_handled_longer_ago_than_a_new_run_knows_is_not_done_again(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger remembers requests that a run no longer knows. A replay of one neither counts nor stops the work."""
    monkeypatch.setattr(partnerships, "HANDLED_LIMIT", 1)
    await start(life, continue_after=12)
    await life.until_stage(Stage.APPROVAL)
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    account = await life.account("Riverbend Library Network")
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    command = await life.command(c.DeclareInterest, "otto.audit", interest=INTEREST)
    await life.send(command)
    await much_later(life)
    await life.submit(command)
    await life.submit(await life.command(c.PlaceHold, "vera.lind", reason="work goes on"))
    try:
        await life.until(lambda known: known.hold is not None)
    finally:
        if (await life.state()).hold is None:
            with suppress(RPCError):
                await life.handle.terminate("a test's replay is stuck in it")
    assert (await life.told()).count("InterestDeclared") == 1


async def much_later(life: Life) -> None:
    """Let so much happen that other runs have begun, which know little of what the earlier ones handled."""
    before = len(await runs(life.desk.temporal, life.handle.id))
    for place in range(12):
        known = await life.state()
        await life.handle.signal("submit", {"rubbish": place})
        await life.until(lambda now, version=known.version: now.version > version)
    assert len(await runs(life.desk.temporal, life.handle.id)) > before


@pytest.mark.slow
async def test_rubbish_that_comes_again_much_later_does_not_end_the_partnership(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partnerships, "HANDLED_LIMIT", 1)
    await start(life, continue_after=12)
    await life.until_stage(Stage.APPROVAL)
    await life.handle.signal("submit", "rubbish")
    await much_later(life)
    await life.handle.signal("submit", "rubbish")
    await life.submit(await life.command(c.Approve, "ana.silva", no_interest=True, reason="work goes on"))
    await life.until(lambda known: len(known.approvals) == 1)


@pytest.mark.slow
async def test_a_reset_after_the_release_pays_once(life: Life) -> None:
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    history = await life.handle.fetch_history()
    first_task = next(event.event_id for event in history.events if event.event_type == 7)
    await life.desk.temporal.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace="default",
            workflow_execution=WorkflowExecution(workflow_id=life.handle.id),
            reason="a drill",
            workflow_task_finish_event_id=first_task,
            request_id=str(number(life.reference)),
        )
    )
    await life.bank_says(tranche, BankStatus.SETTLED)
    rows = await life.desk.pool.fetch(
        "SELECT payment_id FROM payments.instructions WHERE partnership_id = $1", life.reference
    )
    assert len(rows) == 1
    assert (await life.state()).tranches[0].attempt == 1


@pytest.mark.slow
async def test_a_rejected_attempt_may_be_followed_by_another(life: Life) -> None:
    first = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.bank_says(first, BankStatus.REJECTED, reason="BE04")
    await life.until_tranche(TrancheState.REJECTED)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    second = await life.instructed(1, 2)
    assert second.order.payment_id != first.order.payment_id
    await life.bank_says(second, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


@pytest.mark.slow
async def test_what_the_bank_repeats_is_known_and_what_it_says_of_another_sum_holds_the_partnership(
    life: Life,
) -> None:
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00")))
    for _ in range(3):
        await life.bank_says(tranche, BankStatus.ACCEPTED)
    other = await life.bank_says(tranche, BankStatus.SETTLED, "of another sum", money=OTHER_SUM)
    assert [one.kind for one in other.for_a_person] == [ExceptionKind.OTHER_CONTENT]
    held = await life.until(lambda known: known.hold is not None)
    assert (len(held.contradictions), held.tranches[0].state) == (1, TrancheState.HANDED_OVER)
    await life.bank_says(tranche, BankStatus.SETTLED, "the true one")
    await life.until_tranche(TrancheState.SETTLED)
    assert await life.bank_events() == [*HANDED_OVER, "PaymentAccepted", "PaymentSettled"]


@pytest.mark.slow
async def test_what_anybody_claims_in_the_banks_name_settles_nothing(life: Life) -> None:
    """No signal is anybody's word: only what a file of the bank's says, and was imported, counts."""
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00")))
    await life.hand_over()
    claim = {"status": "SETTLED", "money": {"amount": "1000.00", "currency": "USD"}, "partnership_id": life.reference}
    for handle in (life.tranche(), life.handle):
        await handle.signal("bank_answered", claim)
        await handle.signal("catch_up")
    await eventually(life, lambda known: known.status is TrancheStatus.HANDED_OVER)
    assert (await life.state()).tranches[0].state is TrancheState.HANDED_OVER
    assert "CommandRefused" not in await life.told()
    await life.bank_says(tranche, BankStatus.SETTLED)
    settled = await life.until_tranche(TrancheState.SETTLED)
    assert settled.tranches[0].attempt == 1
    assert await life.bank_events() == [*HANDED_OVER, "PaymentSettled"]


async def eventually(life: Life, reached: Callable[[Tranche], bool]) -> None:
    """Wait for the tranche's own workflow to know something."""

    async def look() -> bool:
        with suppress(RPCError):
            known = await ask(life.tranche(), Tranche)
            return known is not None and reached(known)
        return False

    await until(look)


@pytest.mark.slow
async def test_thousands_of_junk_signals_to_one_tranche_lose_no_word_of_the_bank(life: Life) -> None:
    """Hints without a meaning make a history long. The tranche goes on in a new run, and nothing else is held up."""
    await outlive_junk(life, ENOUGH)


@pytest.mark.slow
async def test_junk_signals_to_one_tranche_lose_no_word_of_the_bank(desk: Desk, reference: str) -> None:
    """The same on a server that asks far sooner to continue as new."""
    sooner = f"limit.historyCount.suggestContinueAsNew={SOON}"
    async with temporal_apart("", sooner) as client, working(client, desk.pool):
        await outlive_junk(Life(replace(desk, client=client), reference), 2 * SOON)


async def outlive_junk(life: Life, count: int) -> None:
    """Send junk to a payment on its way, and see that the bank's words close its partnership all the same."""
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.hand_over()
    await many_signals(life.tranche(), count)
    await life.bank_says(tranche, BankStatus.ACCEPTED)

    async def continued_as_new() -> bool:
        return len(await runs(life.desk.temporal, life.tranche().id)) > 1

    await until(continued_as_new)
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert await life.bank_events() == [*HANDED_OVER, "PaymentAccepted", "PaymentSettled"]


async def many_signals(handle: WorkflowHandle[Any, Any], count: int) -> None:
    """Send rubbish and needless hints, a hundred at a time. A full run takes no more, and its next does."""
    for start_at in range(0, count, 100):
        signals = (handle.signal(*JUNK[place % len(JUNK)]) for place in range(start_at, start_at + 100))
        await asyncio.gather(*signals, return_exceptions=True)


@pytest.mark.slow
async def test_a_payment_in_flight_is_followed_over_runs_that_continue_as_new(life: Life) -> None:
    await start(life, continue_after=8)
    await life.until_stage(Stage.APPROVAL)
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    account = await life.account("Riverbend Library Network")
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    tranche = await life.instructed()
    for place in range(8):
        await life.do(c.PlaceHold, "vera.lind", reason=f"question {place}")
        await life.do(c.LiftHold, "femi.ade", reason=f"answer {place}")
    before = len(await runs(life.desk.temporal, life.handle.id))
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert before >= 3
    assert (await life.told()).count("TrancheEnded") == 1


@pytest.mark.slow
async def test_an_undecided_approval_escalates_and_then_lapses(desk: Desk, new_reference: object) -> None:
    reference = new_reference()  # type: ignore[operator]
    async with time_skipping() as environment:
        later = Desk(desk.pool, desk.keyring, client=environment.client, patience=BACKSTOP)
        async with working(environment.client, desk.pool):
            await later.propose(proposal(reference), "pia.berg")
            life = Life(later, reference)
            state = await life.until_stage(Stage.DECLINED)
    told: list[Any] = [recorded.event for recorded in await desk.history(reference)]
    kinds = ["DeciderReminded", "DeadlineEscalated", "DeciderReminded", "PartnershipDeclined"]
    assert [event.event_type for event in told[-4:]] == kinds
    assert told[-1].at == told[-3].due == told[-2].ends_at == CALENDAR.after(told[-3].at, 5)
    assert state.why == "lapsed: no approval in time"


async def test_a_workflow_that_reaches_asyncpg_through_the_sandbox_does_not_start(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "careless_module.py").write_text(
        "import asyncpg\nfrom temporalio import workflow\n\n"
        "@workflow.defn\nclass CarelessWorkflow:\n"
        "    @workflow.run\n    async def run(self) -> None:\n        pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import careless_module  # type: ignore[import-not-found]

    with pytest.raises(RuntimeError, match="Failed validating workflow") as failure:
        Worker(
            desk.temporal,
            task_queue="careless",
            workflows=[careless_module.CarelessWorkflow],
            workflow_runner=sandbox(),
        )
    assert "was not intentionally passed through" in str(failure.value.__cause__)


async def update(life: Life, command: c.StaffRequest) -> Receipt:
    """Send a command as it is."""
    answer: Receipt = await life.handle.execute_update(
        "decide", command, id=str(command.command_id), result_type=Receipt
    )
    return answer


@pytest.mark.slow
async def test_the_ledger_alone_brings_a_partnership_back(life: Life) -> None:
    """A workflow that starts from nothing on a stream that exists catches up with it and refuses to propose again."""
    await life.approved(proposal(life.reference))
    before = await life.state()
    await life.handle.terminate("a drill: the server lost it")
    command = await first_proposal(life, proposal(life.reference), "again")
    await life.desk.temporal.start_workflow(
        PartnershipWorkflow.run,
        PartnershipStart(partnership_id=life.reference, proposal=command),
        id=life.handle.id,
        task_queue=TASK_QUEUE,
    )
    await life.until(lambda known: known.version > before.version)
    found: Partnership = await life.handle.query("status", result_type=Partnership)
    assert (found.stage, found.approvals) == (before.stage, before.approvals)
    assert (await life.told())[-1] == "CommandRefused"
