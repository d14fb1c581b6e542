"""Whoever can reach Temporal can send what looks like our own payloads: nobody can read it, and work goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.converter import WorkflowSerializationContext
from temporalio.service import RPCError

from accord.client.desk import Desk
from deploy.connections import payload_keys
from deploy.payloads.codec import ENCODING, EncryptedPayloads
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.payment.bank_answers import BankStatus
from tests.builders import funds_out, proposal
from tests.histories import examine, failed_tasks
from tests.lives import Life
from tests.waiting import until


def junk(workflow_id: str) -> Payload:
    """A payload that says that it is of the workflow and under our key, and holds nothing that the key opens."""
    return Payload(
        metadata={
            "encoding": ENCODING,
            "key": payload_keys().writes.key_id.encode(),
            "workflow": f"default/{workflow_id}".encode(),
            "zip": b"0",
        },
        data=b"x" * 40,
    )


def copied(workflow_id: str) -> Payload:
    """A payload that a worker of ours encrypted for another workflow, as anybody may copy it from its history."""
    context = WorkflowSerializationContext("default", f"{workflow_id}x")
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b"7")
    return EncryptedPayloads(payload_keys()).with_context(context)._sealed(plain)


UNREADABLE = pytest.mark.parametrize("payload", [junk, copied])


@pytest.fixture
async def stranger(client: Client) -> Client:
    """A client of somebody who has no keys, and sends bytes as they are."""
    return await Client.connect(client.service_client.config.target_host)


@asynccontextmanager
async def ended_if_stuck(*handles: WorkflowHandle[Any, Any]) -> AsyncIterator[None]:
    """End the workflows where the test fails: each would be tried again for as long as the server runs."""
    try:
        yield
    except BaseException:
        for handle in handles:
            await handle.terminate("a test's rubbish is stuck in it")
        raise


def _is_met(event: HistoryEvent) -> bool:
    fields = ("workflow_task_completed_event_attributes", "workflow_task_failed_event_attributes")
    return any(event.HasField(field) for field in fields)


async def met(handle: WorkflowHandle[Any, Any], signalled: int) -> bool:
    """True if a task met the last of so many signals, whatever came of it."""
    events = (await handle.fetch_history()).events
    after = [event.event_id for event in events if event.HasField("workflow_execution_signaled_event_attributes")]
    return len(after) >= signalled and any(_is_met(event) for event in events if event.event_id > after[-1])


async def signals(handle: WorkflowHandle[Any, Any]) -> int:
    events = (await handle.fetch_history()).events
    return sum(event.HasField("workflow_execution_signaled_event_attributes") for event in events)


async def signalled(stranger: Client, workflow_id: str, name: str, payload: Payload) -> None:
    """Send a signal that cannot be read, and assert that no task fails over it."""
    handle = stranger.get_workflow_handle(workflow_id)
    before = await signals(handle)
    await handle.signal(name, RawValue(payload))
    await until(lambda: met(handle, before + 1))
    assert failed_tasks(await handle.fetch_history()) == []


@pytest.mark.sampled(1)
@UNREADABLE
@pytest.mark.parametrize("name", ["catch_up", "submit"])
async def test_a_signal_that_nobody_can_read_stops_no_partnership(
    worker: None, desk: Desk, stranger: Client, reference: str, payload: Any, name: str
) -> None:
    """Given a partnership, when it is sent what no key of ours opens, then it is approved all the same."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    async with ended_if_stuck(life.handle):
        await signalled(stranger, life.handle.id, name, payload(life.handle.id))
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="work goes on")
    await examine(life)


@pytest.mark.slow
@UNREADABLE
async def test_a_signal_that_nobody_can_read_stops_no_payment(
    worker: None, desk: Desk, stranger: Client, reference: str, payload: Any
) -> None:
    """Given a payment at the bank, when it is sent what no key of ours opens, then the bank's word closes it."""
    life = Life(desk, reference)
    tranche = await life.released(proposal(reference, funds_out=funds_out("1000.00", final_report=False)))
    async with ended_if_stuck(life.handle, life.tranche()):
        await signalled(stranger, life.tranche().id, "catch_up", payload(life.tranche().id))
        await life.bank_says(tranche, BankStatus.SETTLED)
        await life.until_stage(Stage.CLOSED)
    await examine(life)


@pytest.mark.slow
@UNREADABLE
async def test_an_update_that_nobody_can_read_is_refused_and_stops_no_partnership(
    worker: None, desk: Desk, stranger: Client, reference: str, payload: Any
) -> None:
    """Given a partnership, when it is asked in words that no key of ours opens, then it refuses and goes on."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    asked = stranger.get_workflow_handle(life.handle.id).execute_update("decide", RawValue(payload(life.handle.id)))
    asking = asyncio.gather(asked, return_exceptions=True)

    async def answered_or_failed() -> bool:
        return asking.done() or bool(failed_tasks(await life.handle.fetch_history()))

    async with ended_if_stuck(life.handle):
        await until(answered_or_failed)
        assert failed_tasks(await life.handle.fetch_history()) == []
        [answer] = await asking
        assert isinstance(answer, WorkflowUpdateFailedError | RPCError)
        await life.do(c.Approve, "ana.silva", no_interest=True, reason="work goes on")
    await examine(life)
