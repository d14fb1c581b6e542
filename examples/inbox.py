"""A workflow that is none of Accord's and takes nothing of it but its inbox: a kitty into which friends pay.

Handlers enqueue, one loop acts: each payment counts once, however often it is sent, and is refused in the order in
which it came. With a Temporal server on this machine: `python -m examples.inbox localhost:7233`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid5

from temporalio import workflow
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from workflows.inbox import Inbox

QUEUE = "example-inbox"
NAMES = UUID("0d1f4b0e-8a55-5b0f-9a4c-5d1f0f3c2b11")


@dataclass(frozen=True)
class Pay:
    """A payment of a friend's. Its id follows from who pays for what: the same payment has the same id."""

    friend: str
    what: str
    cents: int

    @property
    def command_id(self) -> UUID:
        """The id of the payment."""
        return uuid5(NAMES, f"{self.friend} {self.what}")


def ids_of(payment: Pay) -> Collection[str]:
    """Return the ids that an update may bear which asks for a payment: its own alone."""
    return (str(payment.command_id),)


@workflow.defn(name="ExampleKitty", failure_exception_types=[ApplicationError])
class KittyWorkflow:
    """What friends paid."""

    @workflow.init
    def __init__(self, cents: int) -> None:
        self._cents = cents
        self._inbox = Inbox[Pay, ApplicationError](ids_of)

    @workflow.run
    async def run(self, cents: int) -> None:
        """Take one payment after another; begin anew where the history grows long."""
        while True:
            await self._inbox.until_something_waits()
            if self._inbox:
                self._take(self._inbox.take())
                continue
            await self._inbox.until_all_are_answered()
            if not self._inbox:
                workflow.continue_as_new(self._cents)

    def _take(self, payment: Pay) -> None:
        if payment.cents <= 0:
            self._inbox.refuse(payment, ApplicationError(f"{payment.cents} cents: give more than nothing", "Refused"))
            return
        self._cents += payment.cents
        self._inbox.record(payment.command_id, f"{self._cents} cents in the kitty")

    @workflow.update
    async def pay(self, payment: Pay) -> str:
        """Pay once, and return what is in the kitty then."""
        answer = await self._inbox.answer(payment, str(payment.command_id))
        return ", ".join(answer.what)

    @workflow.query
    def cents(self) -> int:
        """Return what is in the kitty."""
        return self._cents


async def pay(client: Client, kitty: str, payment: Pay) -> str:
    """Pay into a kitty, which begins with its first payment. Raises WorkflowUpdateFailedError if it is refused."""
    start = WithStartWorkflowOperation(
        KittyWorkflow.run, 0, id=kitty, task_queue=QUEUE, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
    )
    return await client.execute_update_with_start_workflow(
        KittyWorkflow.pay, payment, id=str(payment.command_id), start_workflow_operation=start
    )


async def main(address: str) -> None:
    """Pay twice for one thing, and once for another; say what is in the kitty."""
    client = await Client.connect(address)
    async with Worker(client, task_queue=QUEUE, workflows=[KittyWorkflow]):
        for payment in (Pay("ana", "tea", 250), Pay("ana", "tea", 250), Pay("bo", "cake", 400)):
            sys.stdout.write(f"{payment.friend} for {payment.what}: {await pay(client, 'example-kitty', payment)}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
