"""A lifecycle without Accord, for its cost: the same updates, activities and child, but no ledger and no domain."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity, workflow

LOCAL = workflow.LocalActivityConfig(start_to_close_timeout=timedelta(seconds=10), summary="work")
ANOTHER_QUEUE = "bare-rules"
"""The queue of a worker of its own, which Accord asks its rules at: about a payee, and to pay."""

ELSEWHERE = workflow.ActivityConfig(
    task_queue=ANOTHER_QUEUE, start_to_close_timeout=timedelta(seconds=10), summary="ask"
)


@activity.defn
async def look_up(_who: str) -> str:
    """Stand in for a short piece of work on our own database."""
    return "done"


@activity.defn
async def pay(_what: str) -> str:
    """Stand in for the instruction of a payment."""
    return "done"


@workflow.defn
class BareTranche:
    """One activity, one record, two signals with a look-up each."""

    def __init__(self) -> None:
        self._heard = 0

    @workflow.run
    async def run(self, what: str) -> str:
        """Pay and wait for the bank."""
        await workflow.execute_activity(pay, what, **ELSEWHERE)
        await workflow.execute_local_activity(look_up, what, **LOCAL)
        for said in (1, 2):
            await self._until_heard(said)
            await workflow.execute_local_activity(look_up, what, **LOCAL)
        return "settled"

    async def _until_heard(self, count: int) -> None:
        await workflow.wait_condition(lambda: self._heard >= count)

    @workflow.signal
    def bank_answered(self) -> None:
        """Count an answer of the bank."""
        self._heard += 1


@workflow.defn
class BarePartnership:
    """Five short pieces of work, one of them elsewhere, four updates with one each, a child, and two at its end."""

    def __init__(self) -> None:
        self._asked: list[str] = []
        self._done: set[str] = set()

    @workflow.run
    async def run(self, what: str) -> str:
        """Run the lifecycle."""
        for _ in range(2):
            await workflow.execute_local_activity(look_up, what, **LOCAL)
        await workflow.execute_activity(look_up, what, **ELSEWHERE)
        for _ in range(2):
            await workflow.execute_local_activity(look_up, what, **LOCAL)
        for _ in range(4):
            await workflow.wait_condition(lambda: bool(self._asked))
            asked = self._asked.pop(0)
            await workflow.execute_local_activity(look_up, asked, **LOCAL)
            self._done.add(asked)
        child = await workflow.start_child_workflow(
            BareTranche.run, what, id=f"{workflow.info().workflow_id}/tranche", static_summary="tranche"
        )
        await child
        for _ in range(2):
            await workflow.execute_local_activity(look_up, what, **LOCAL)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "closed"

    @workflow.update
    async def decide(self, what: str) -> str:
        """Enqueue and wait, as Accord does."""
        self._asked.append(what)
        await workflow.wait_condition(lambda: what in self._done)
        return what


async def live(client: object, reference: str, task_queue: str) -> None:
    """Drive one bare lifecycle."""
    from temporalio.client import Client
    from temporalio.service import RPCError

    assert isinstance(client, Client)
    handle = await client.start_workflow(BarePartnership.run, reference, id=reference, task_queue=task_queue)
    for step in ("approve 1", "approve 2", "sign", "release"):
        await handle.execute_update(BarePartnership.decide, step)
    tranche = client.get_workflow_handle(f"{reference}/tranche")
    for _ in range(2):
        while True:
            try:
                await tranche.signal("bank_answered")
                break
            except RPCError:
                await asyncio.sleep(0.01)
    await handle.result()
