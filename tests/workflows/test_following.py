"""A partnership that follows an attempt which another run started hears of its end, whenever it is told."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.contracts import AttemptSeen
from domain.partnership.state import TrancheProgress, TrancheState
from domain.payment.tranche.status import TrancheOutcome
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from tests.builders import money, number, party
from tests.domain.payment.tranche.test_answers import RELEASED, WITHHELD
from workflows.tranches import follow_tranche

RELEASED_ALONE = AttemptSeen(events=(RecordedEvent(version=1, command_id=number("released"), event=RELEASED),))
ENDED = AttemptSeen(
    events=(*RELEASED_ALONE.events, RecordedEvent(version=2, command_id=number("withheld"), event=WITHHELD))
)


@workflow.defn(name="Tranche")
class Attempt:
    """An attempt that another run of the partnership started."""

    @workflow.run
    async def run(self) -> None:
        """Wait to be ended."""
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def follow(self) -> None:
        """Take the partnership's wish to be told."""


@workflow.defn
class Follower:
    """Follows an attempt whose end it is told of after the ledger was read, and before it waits."""

    def __init__(self) -> None:
        self._heard = 0

    @workflow.run
    async def run(self, partnership_id: str) -> str:
        """Follow the attempt, and return how it ended."""
        tranche = TrancheProgress(number=1, money=money(), state=TrancheState.RELEASED, attempt=1)
        found = await follow_tranche(partnership_id, tranche, party(), self._read, lambda: self._heard)
        return found.outcome.value

    async def _read(self, _: str) -> AttemptSeen:
        if self._heard:
            return ENDED
        self._heard = 1
        return RELEASED_ALONE


async def test_what_it_is_told_while_it_reads_is_looked_at_without_waiting(
    client: Client, new_reference: Callable[[], str]
) -> None:
    reference, queue = new_reference(), "following"
    workers = Worker(
        client, task_queue=queue, workflows=[Attempt, Follower], workflow_runner=UnsandboxedWorkflowRunner()
    )
    async with workers:
        running = await client.start_workflow(Attempt.run, id=StreamId.attempt(reference, 1, 1), task_queue=queue)
        follower = await client.start_workflow(Follower.run, reference, id=f"follows-{reference}", task_queue=queue)
        assert await follower.result() == TrancheOutcome.WITHHELD
        history = await follower.fetch_history()
        await running.terminate()
    assert EventType.EVENT_TYPE_TIMER_FIRED not in [event.event_type for event in history.events]
