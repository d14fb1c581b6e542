"""The fourth reader asks a real Temporal what is open, and what that says of money."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from accord.client.desk import Desk
from accord.operations.attesting.attesting import look
from accord.operations.attesting.readers.workflows import read_workflows
from domain.attestation.readings import OpenRun
from domain.streams import StreamId
from ledger import clock
from tests.accord.operations.attesting import sources
from tests.builders import proposal
from tests.lives import Life
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


@pytest.mark.slow
async def test_a_payment_under_way_agrees_until_its_workflow_is_ended_by_hand(
    worker: None, desk: Desk, reference: str
) -> None:
    """Given a released payment, then events and workflows agree on it; without its workflow, the line names it."""
    tranche = await Life(desk, reference).released(proposal(reference))
    of_this = StreamId.attempt(reference, tranche.order.tranche, tranche.order.attempt)

    async def apart() -> list[tuple[str, str, str]]:
        sources_of_it = sources(desk, connect=partial(_connected, desk.temporal))
        [result] = await look(sources_of_it, [clock.today()], await desk.ledger.head())
        differences = [one for one in result.comparison.differences if one.where == of_this]
        return [(one.side.value, f"{one.amount:f}", one.currency) for one in differences]

    assert await apart() == []
    await desk.temporal.get_workflow_handle(of_this).terminate("somebody meant another one")
    money = tranche.order.money
    assert await apart() == [("workflows", f"{-money.amount:f}", money.currency)]


async def _connected(client: Client) -> Client:
    return client
