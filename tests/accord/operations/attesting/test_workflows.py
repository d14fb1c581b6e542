"""The fourth reader asks a real Temporal what is open, and what that says of money."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from accord.operations.attesting.readers.workflows import read_workflows
from domain.attestation.readings import OpenRun
from tests.waiting import until
from workflows.attributes import AMOUNT, CURRENCY


async def _of(client: Client, workflow_id: str) -> list[OpenRun]:
    return [run for run in (await read_workflows(client)).payments if run.workflow_id == workflow_id]


async def _is_gone(client: Client, workflow_id: str) -> bool:
    return not await _of(client, workflow_id)


async def test_a_payment_is_open_until_its_workflow_is_ended_by_hand(client: Client) -> None:
    """Given a payment's workflow, then it is open with its sum to the cent; terminated, it is not."""
    workflow_id = f"partnership/P-2026-0001/tranche/1/attempt/{uuid4()}"
    money = TypedSearchAttributes([SearchAttributePair(AMOUNT, 123456789.01), SearchAttributePair(CURRENCY, "USD")])
    run = await client.start_workflow(
        "Tranche", {}, id=workflow_id, task_queue=f"nobody-{uuid4()}", search_attributes=money
    )
    try:
        await until(partial(_of, client, workflow_id))
        [payment] = await _of(client, workflow_id)
        assert (payment.currency, str(payment.amount)) == ("USD", "123456789.01")
        assert workflow_id not in (await read_workflows(client)).partnerships
    finally:
        await run.terminate("the test is over")
    await until(partial(_is_gone, client, workflow_id))
