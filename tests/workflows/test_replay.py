"""A change to a workflow must not strand those that are running: golden histories replay, a bad one must not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from tests.builders import funds_out, party, proposal
from tests.histories import histories, replayer
from tests.lives import Life
from tests.releases.leaving import WHO_RAN_IT

GOLDEN = Path(__file__).parent / "golden" / "histories"
WRITE_GOLDEN = bool(os.environ.get("ACCORD_WRITE_GOLDEN"))


def golden(path: Path) -> WorkflowHistory:
    """A history that an earlier version wrote, under the id that its workflow had."""
    content = path.read_text("utf-8")
    return WorkflowHistory.from_json(workflow_id_in(content), content)


def workflow_id_in(history: str) -> str:
    """The id of the workflow whose history it is."""
    first = json.loads(history)["events"][0]
    return str(first["workflowExecutionStartedEventAttributes"]["workflowId"])


def without_schedule(history: str) -> str:
    """The same history with its first payment activity renamed: what no version of the workflow ever asked for."""
    return history.replace('"name": "instruct_payment"', '"name": "instruct_somebody_else"')


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
async def test_every_golden_history_replays(path: Path) -> None:
    await replayer().replay_workflow(golden(path))


def test_there_are_golden_histories_of_partnerships_and_of_tranches() -> None:
    names = {path.stem for path in GOLDEN.glob("*.json")}
    assert {"closed-partnership", "closed-tranche", "referred-partnership", "rejected-partnership"} <= names
    assert "rechecked-partnership" in names


async def test_a_history_that_this_workflow_could_not_have_made_fails_to_replay() -> None:
    content = (GOLDEN / "closed-tranche.json").read_text("utf-8")
    assert without_schedule(content) != content
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(WorkflowHistory.from_json(workflow_id_in(content), without_schedule(content)))


@pytest.mark.skipif(not WRITE_GOLDEN, reason="writes the golden histories; run with ACCORD_WRITE_GOLDEN=1")
async def test_write_the_golden_histories(life: Life, new_reference: object) -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.bank_says(tranche, BankStatus.ACCEPTED)
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    await write(life, "closed")

    referred = Life(life.desk, new_reference())  # type: ignore[operator]
    unknown = party("Saint Agnes Parish Room", ein="001999999")
    await referred.propose(proposal(referred.reference, funds_out=funds_out(payee=unknown)))
    await referred.until_stage(Stage.ELIGIBILITY)
    await referred.do(c.ReturnForInformation, "vera.lind", question="Is the EIN right?")
    await referred.propose(proposal(referred.reference))
    await referred.until_stage(Stage.APPROVAL)
    await referred.do(c.Withdraw, "pia.berg", reason="no longer needed")
    await write(referred, "referred")

    rejected = Life(life.desk, new_reference())  # type: ignore[operator]
    first = await rejected.released(proposal(rejected.reference))
    await rejected.bank_says(first, BankStatus.REJECTED)
    await rejected.until_tranche(TrancheState.REJECTED)
    await rejected.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    await rejected.do(c.LiftHold, "femi.ade", reason="answered")
    await rejected.do(c.Terminate, "dora.kim", reason="the payee has no account")
    await write(rejected, "rejected")


@pytest.mark.skipif(not WRITE_GOLDEN, reason="writes the golden histories; run with ACCORD_WRITE_GOLDEN=1")
async def test_write_the_golden_history_of_a_register_that_changed(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))
    await life.handle.signal("registers_changed")
    await life.until_told("RegistersRechecked")
    await life.do(c.Withdraw, "pia.berg", reason="no longer needed")
    await write(life, "rechecked")


async def write(life: Life, name: str) -> None:
    """Keep the histories of a life."""
    for history in await histories(life):
        kind = "tranche" if "/tranche/" in history.workflow_id else "partnership"
        content = WHO_RAN_IT.sub("worker", json.dumps(json.loads(history.to_json()), indent=1))
        (GOLDEN / f"{name}-{kind}.json").write_text(content + "\n", "utf-8")
