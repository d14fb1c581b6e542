"""An intruder runs a workflow of their own under a partnership's id. The others are looked after still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from accord.client.desk import Desk
from accord.client.whole_ledger import require_whole
from accord.runs.catching_up import Reconciliation
from domain.partnership import commands as c
from tests.builders import proposal
from tests.lives import Life
from tests.workflows.misfortune.test_lost_tasks import NOW, lost
from workflows.attributes import STOPPED

QUEUE = "another's"
UNREADABLE = "in no encoding of ours"
ANSWERS = (None, "rubbish", {"version": "many"}, [], UNREADABLE)


@workflow.defn(name="Partnership")
class Impostor:
    """Answers with its own input to anybody who asks for its state."""

    @workflow.init
    def __init__(self, answer: object) -> None:
        self._answer = answer

    @workflow.run
    async def run(self, answer: object) -> None:
        """Wait to be ended."""
        await workflow.wait_condition(lambda: False)

    @workflow.query
    def status(self) -> object:
        """Answer."""
        if self._answer == UNREADABLE:
            return RawValue(Payload(metadata={"encoding": b"nobody's"}, data=b"?"))
        return self._answer


@pytest.fixture
async def impostor(worker: None, desk: Desk, client: Client, new_reference: Callable[[], str]) -> AsyncIterator[Life]:
    """A partnership whose workflow was ended, for a worker of somebody else to run another under its id."""
    life = Life(desk, new_reference())
    await life.awaiting_approval(proposal(life.reference))
    await life.handle.terminate()
    async with Worker(client, task_queue=QUEUE, workflows=[Impostor], workflow_runner=UnsandboxedWorkflowRunner()):
        yield life
        await life.handle.terminate()


@pytest.mark.sampled(1)
@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
async def test_an_answer_that_nobody_understands_hinders_nobody_else(
    impostor: Life, desk: Desk, reference: str, answer: object
) -> None:
    claims = TypedSearchAttributes([SearchAttributePair(STOPPED, True)])
    start = desk.temporal.start_workflow
    await start(Impostor.run, answer, id=impostor.handle.id, task_queue=QUEUE, search_attributes=claims)
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    await lost(life, c.Approve, "ana.silva", no_interest=True, reason="fits the programme")

    behind = await Reconciliation(desk.temporal, desk.ledger).once(minimum_age=NOW)
    assert life.handle.id in behind
    assert impostor.handle.id not in behind
    await require_whole(desk)
