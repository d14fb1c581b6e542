"""A partnership lives for years: over runs that continue as new, over resets, over deploys, over deadlines."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from commands.desk import Desk
from deploy.embedded.processes import program
from domain import commands as c
from domain.bank_answers import BankStatus
from domain.deadlines import after_business_days
from domain.partnership import Partnership, Stage, TrancheState
from domain.proposal import Proposal
from tests.builders import funds_out, number, proposal
from tests.conftest import working
from tests.histories import runs
from tests.lives import Life
from tests.waiting import BACKSTOP, until
from worker import sandbox
from workflows import attributes, messages
from workflows.describe import summary_of
from workflows.messages import PartnershipStart, Receipt, Snapshot
from workflows.options import TASK_QUEUE
from workflows.partnership import PartnershipWorkflow

GOLDEN = Path(__file__).parent / "golden"
WRITE_GOLDEN = bool(os.environ.get("ACCORD_WRITE_GOLDEN"))


def first_proposal(life: Life, proposed: Proposal, name: str = "") -> c.Propose:
    """A first proposal as the desk signs it, to start a workflow with."""
    draft = c.Propose(
        command_id=number(name or life.reference), at=datetime.now(UTC), actor="pia.berg", proposal=proposed
    )
    signature = life.desk.sign(draft.statement(life.reference))
    return draft.model_copy(update={"signature": signature})


async def start(life: Life, continue_after: int) -> None:
    """Start a partnership that continues as new early."""
    proposed = proposal(life.reference, funds_out=funds_out("1000.00", final_report=False))
    command = first_proposal(life, proposed)
    await life.desk.temporal.start_workflow(
        PartnershipWorkflow.run,
        PartnershipStart(partnership_id=life.reference, proposal=command, continue_after=continue_after),
        id=life.handle.id,
        task_queue=TASK_QUEUE,
        static_summary=summary_of(proposed),
    )


async def test_a_life_over_many_runs_is_one_life(life: Life) -> None:
    await start(life, continue_after=12)
    await life.until_stage(Stage.APPROVAL)
    approval = await life.command(c.Approve, "ana.silva", reason="fits the programme")
    await update(life, approval)
    await life.do(c.Approve, "femi.ade", reason="within budget")
    account = await life.account("Riverbend Library Network")
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    again = await update(life, approval)
    assert again.replayed
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    assert len(await runs(life.desk.temporal, life.handle.id)) >= 3
    assert (await life.told()).count("ApprovalGiven") == 2


async def test_signals_are_not_lost_while_it_continues_as_new(life: Life) -> None:
    await start(life, continue_after=1)
    await life.until_stage(Stage.APPROVAL)
    for place in range(20):
        await life.handle.signal("submit", {"rubbish": place})
    state = await life.until(lambda known: known.version >= 24)
    assert state.version == 24


async def test_what_was_handled_longer_ago_than_a_snapshot_tells_is_not_done_again(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger remembers what the snapshot has forgotten; a replay of it neither counts nor stops the work."""
    monkeypatch.setattr(messages, "HANDLED_LIMIT", 1)
    await start(life, continue_after=12)
    await life.until_stage(Stage.APPROVAL)
    await life.do(c.Approve, "ana.silva", reason="fits the programme")
    await life.do(c.Approve, "femi.ade", reason="within budget")
    account = await life.account("Riverbend Library Network")
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date(), account=account)
    command = await life.command(c.Report, "vera.lind", summary="The first year", final=False)
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
    assert (await life.told()).count("ReportReceived") == 1


async def much_later(life: Life) -> None:
    """Let so much happen that other runs have begun, which know little of what the earlier ones handled."""
    before = len(await runs(life.desk.temporal, life.handle.id))
    for place in range(12):
        known = await life.state()
        await life.handle.signal("submit", {"rubbish": place})
        await life.until(lambda now, version=known.version: now.version > version)
    assert len(await runs(life.desk.temporal, life.handle.id)) > before


async def test_rubbish_that_comes_again_much_later_does_not_end_the_partnership(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "HANDLED_LIMIT", 1)
    await start(life, continue_after=12)
    await life.until_stage(Stage.APPROVAL)
    await life.handle.signal("submit", "rubbish")
    await much_later(life)
    await life.handle.signal("submit", "rubbish")
    await life.submit(await life.command(c.Approve, "ana.silva", reason="work goes on"))
    await life.until(lambda known: len(known.approvals) == 1)


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


async def test_a_rejected_attempt_may_be_followed_by_another(life: Life) -> None:
    first = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.bank_says(first, BankStatus.REJECTED, reason="AC04")
    await life.until_tranche(TrancheState.REJECTED)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    second = await life.instructed(1, 2)
    assert second.order.payment_id != first.order.payment_id
    await life.bank_says(second, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)


async def test_what_the_bank_repeats_or_invents_changes_nothing(life: Life) -> None:
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00")))
    accepted = await life.imported(life.answer(tranche, BankStatus.ACCEPTED))
    for _ in range(3):
        await life.tranche().signal("bank_answered", accepted)
    await life.tranche().signal("bank_answered", "not an answer")
    await life.bank_says(tranche, BankStatus.SETTLED, money={"amount": "999.00", "currency": "USD"})
    await life.bank_says(tranche, BankStatus.SETTLED, name="the true one")
    await life.until_tranche(TrancheState.SETTLED)
    stored = [event.event_type for event in await life.desk.ledger.read_stream(life.tranche().id)]
    assert stored == [
        "TrancheReleasedForPayment", "PaymentInstructed", "PaymentAccepted", "BankAnswerRefused",
        "BankAnswerRefused", "PaymentSettled",
    ]  # fmt: skip


async def test_what_anybody_claims_in_the_banks_name_settles_nothing(life: Life) -> None:
    """A signal is nobody's word: only what a file of the bank's said, and was imported, counts."""
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00")))
    true = await life.imported(life.answer(tranche, BankStatus.SETTLED))
    forged = [
        life.answer(tranche, BankStatus.SETTLED, name="invented"),
        true.model_copy(update={"status": BankStatus.REJECTED}),
        true.model_copy(update={"said_at": datetime(2020, 1, 1, tzinfo=UTC)}),
        true.model_copy(update={"bank_reference": "a forger's message"}),
    ]
    for answer in forged:
        await life.tranche().signal("bank_answered", answer)
        await life.handle.signal("bank_answered", answer)
    refusals = ("CommandRefused",) * len(forged)

    async def all_refused() -> bool:
        return tuple(await life.told())[-len(forged) :] == refusals

    await until(all_refused)
    assert (await life.state()).tranches[0].state is TrancheState.RELEASED
    await life.tranche().signal("bank_answered", true)
    settled = await life.until_tranche(TrancheState.SETTLED)
    assert settled.tranches[0].attempt == 1
    stored = [event.event_type for event in await life.desk.ledger.read_stream(life.tranche().id)]
    assert stored[2:] == ["BankAnswerRefused"] * 4 + ["PaymentSettled"]


async def test_the_snapshot_of_today_is_kept_for_the_versions_to_come(life: Life) -> None:
    """Run with ACCORD_WRITE_GOLDEN=1 after raising SNAPSHOT_SCHEMA; files of older schemas stay."""
    await start(life, continue_after=4)
    await life.until_stage(Stage.APPROVAL)
    await life.do(c.Approve, "ana.silva", reason="fits the programme")
    await life.do(c.Approve, "femi.ade", reason="within budget")
    started = (await runs(life.desk.temporal, life.handle.id))[0].events[0].workflow_execution_started_event_attributes
    written = json.loads(started.input.payloads[0].data)["snapshot"]
    golden = GOLDEN / f"snapshot-{messages.SNAPSHOT_SCHEMA}.json"
    if WRITE_GOLDEN:
        golden.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    assert written.keys() == json.loads(golden.read_text("utf-8")).keys()


def test_a_snapshot_that_an_older_version_wrote_can_be_read() -> None:
    written = json.loads((GOLDEN / "snapshot-1.json").read_text("utf-8"))
    snapshot = Snapshot.model_validate(written)
    assert snapshot.schema_version == messages.SNAPSHOT_SCHEMA
    assert snapshot.partnership.stage is Stage.APPROVAL
    assert [approval.actor for approval in snapshot.partnership.approvals] == ["ana.silva"]
    assert len(snapshot.handled) == snapshot.partnership.version


def test_snapshots_are_lifted_version_by_version(monkeypatch: pytest.MonkeyPatch) -> None:
    written = json.loads((GOLDEN / "snapshot-1.json").read_text("utf-8"))
    ancient = {**{key: value for key, value in written.items() if key != "runs"}, "schema_version": 0, "age": 7}

    def lift(old: dict[str, object]) -> dict[str, object]:
        return {**{key: value for key, value in old.items() if key != "age"}, "runs": old["age"]}

    monkeypatch.setitem(messages.SNAPSHOT_UPGRADES, 0, lift)
    assert Snapshot.model_validate(ancient).runs == 7


async def test_an_undecided_approval_escalates_and_then_lapses(desk: Desk, new_reference: object) -> None:
    reference = new_reference()  # type: ignore[operator]
    flags = ["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        data_converter=pydantic_data_converter,
        search_attributes=list(attributes.ALL),
        dev_server_existing_path=program("temporal"),
        dev_server_extra_args=flags,
    ) as environment:
        later = Desk(desk.pool, desk.keyring, environment.client, patience=BACKSTOP)
        async with working(environment.client, desk.pool):
            await later.propose(proposal(reference), "pia.berg")
            life = Life(later, reference)
            state = await life.until_stage(Stage.DECLINED)
    told = [recorded.event for recorded in await desk.history(reference)]
    assert [event.event_type for event in told[-2:]] == ["DeadlineEscalated", "PartnershipDeclined"]
    assert told[-3].event_type == "DeciderReminded"
    assert told[-1].at == told[-2].due == after_business_days(told[-2].at, 5)
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


async def test_the_ledger_alone_brings_a_partnership_back(life: Life) -> None:
    """A workflow that starts from nothing on a stream that exists catches up with it and refuses to propose again."""
    await life.approved(proposal(life.reference))
    before = await life.state()
    await life.handle.terminate("a drill: the server lost it")
    command = first_proposal(life, proposal(life.reference), "again")
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
