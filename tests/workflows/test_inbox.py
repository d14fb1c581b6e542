"""The inbox of a workflow, by an example that is none of Accord's: once, in order, refused by name, begun anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.worker import Replayer, Worker

from examples.inbox import QUEUE, KittyWorkflow, Pay, pay


@pytest.fixture
async def friends(client: Client) -> Client:
    """A client that knows nothing of Accord: its payloads are plain."""
    return await Client.connect(client.service_client.config.target_host)


@pytest.fixture
async def kitty(friends: Client) -> AsyncIterator[str]:
    """A kitty of the test's own, and a worker for it."""
    name = f"example-kitty-{uuid4()}"
    async with Worker(friends, task_queue=QUEUE, workflows=[KittyWorkflow]):
        yield name
        await friends.get_workflow_handle(name).terminate()


async def test_what_is_sent_twice_at_once_counts_once_and_has_one_answer(friends: Client, kitty: str) -> None:
    tea = Pay("ana", "tea", 250)
    assert await asyncio.gather(pay(friends, kitty, tea), pay(friends, kitty, tea)) == ["250 cents in the kitty"] * 2
    assert await pay(friends, kitty, Pay("bo", "cake", 400)) == "650 cents in the kitty"


async def test_what_is_refused_is_told_to_whoever_sent_it_and_changes_nothing(friends: Client, kitty: str) -> None:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await pay(friends, kitty, Pay("cy", "nothing", 0))
    assert "give more than nothing" in str(refused.value.cause)
    assert await friends.get_workflow_handle_for(KittyWorkflow.run, kitty).query(KittyWorkflow.cents) == 0


async def test_its_history_replays(friends: Client, kitty: str) -> None:
    await pay(friends, kitty, Pay("ana", "tea", 250))
    history = await friends.get_workflow_handle(kitty).fetch_history()
    replayer = Replayer(workflows=[KittyWorkflow])
    await replayer.replay_workflow(history)
