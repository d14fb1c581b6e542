"""Where tasks queue up, waiting people are served first, then payments for the bank, and re-screening last."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.common import Priority
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from deploy.embedded.stack import Stack
from tests.servers import temporal_apart
from tests.waiting import until
from workflows.options import BANK, LISTS, PEOPLE

QUEUE, DECIDING = "backlog", "deciding"
KINDS = {"list": LISTS, "bank": BANK, "person": PEOPLE}
MANY = 10


@workflow.defn(name="Backlog")
class Backlog:
    """Asks for many a list, then for the bank, then for a person, before anybody answers."""

    @workflow.run
    async def run(self) -> None:
        """Ask all at once."""
        asked = [*["list"] * MANY, "bank", "person"]
        await asyncio.gather(*(self._ask(kind, KINDS[kind]) for kind in asked))

    async def _ask(self, kind: str, priority: Priority) -> None:
        await workflow.execute_activity(
            "note", kind, task_queue=QUEUE, priority=priority, start_to_close_timeout=timedelta(minutes=5)
        )


ONE_PARTITION = ("matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1")
"""A queue of several parts, which is the server's default, keeps the order within each of them."""


async def test_of_a_backlog_the_person_is_answered_first_and_the_bank_before_the_lists(stack: Stack) -> None:
    """Given ten questions of a list, one of the bank and one of a person, when one worker comes, then in that order."""
    del stack  # the payloads bear its key
    async with temporal_apart("", *ONE_PARTITION) as client:
        assert await answered_by(client) == ["person", "bank", *["list"] * MANY]


async def answered_by(client: Client) -> list[str]:
    """The answers of one worker, in its order, that comes once all have asked."""
    answered: list[str] = []

    @activity.defn
    async def note(kind: str) -> None:
        answered.append(kind)

    deciding = Worker(client, task_queue=DECIDING, workflows=[Backlog], workflow_runner=UnsandboxedWorkflowRunner())
    async with deciding:
        handle = await client.start_workflow(Backlog.run, id="backlog", task_queue=DECIDING)
        await until(lambda: _are_queued(client))
        async with Worker(client, task_queue=QUEUE, activities=[note], max_concurrent_activities=1):
            await handle.result()
    return answered


async def _are_queued(client: Client) -> bool:
    """Whether all tasks stand in the queue: the server notes a question before it lays its task there."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        report_stats=True,
    )
    stats = (await client.workflow_service.describe_task_queue(request)).stats
    return stats.approximate_backlog_count == MANY + 2
