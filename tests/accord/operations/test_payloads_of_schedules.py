"""Schedules run on, whatever becomes of the keys under which their input, and the result of their last run, stand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.worker import Worker

from activities.contracts import AffectedPartnerships, Refreshed
from deploy.connections import connect_temporal
from deploy.payloads.keys import FILE, PayloadKeys, make_payload_keys
from deploy.schedules import RESCREENING, ensure_refreshing, ensure_rescreening
from tests.accord.shell import Shell
from tests.histories import failed_tasks
from tests.servers import temporal_apart
from tests.waiting import until
from workflows.options import REGISTERS_QUEUE, RULES_QUEUE, TASK_QUEUE
from workflows.refreshing import RegisterRefreshWorkflow
from workflows.rescreening import RescreeningWorkflow

REGISTER = "ofac-sdn"


@activity.defn(name="refresh_register")
async def refresh_register(register: str) -> Refreshed:
    """Fetch nothing."""
    return Refreshed(register_name=register, loaded=False)


@activity.defn(name="find_touched")
async def find_touched() -> AffectedPartnerships:
    """Find nobody."""
    return AffectedPartnerships(versions=(), looked_at=0, partnership_ids=())


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A server of its own: runs under keys that only this test knows would stop others."""
    async with temporal_apart() as client:
        yield client.service_client.config.target_host


@asynccontextmanager
async def working(address: str, folder: Path) -> AsyncIterator[Client]:
    """Loader and worker with the ring in a folder: as each of them starts, it sees to its schedule."""
    client = await connect_temporal(address, secrets=folder)
    await ensure_rescreening(client)
    await ensure_refreshing(client, [REGISTER])
    loader = Worker(
        client, task_queue=REGISTERS_QUEUE, workflows=[RegisterRefreshWorkflow], activities=[refresh_register]
    )
    rules = Worker(client, task_queue=RULES_QUEUE, activities=[find_touched])
    async with loader, rules, Worker(client, task_queue=TASK_QUEUE, workflows=[RescreeningWorkflow]):
        await until(lambda: nothing_is_under_way(client))
        yield client


async def runs(client: Client) -> list[WorkflowExecution]:
    return [one async for one in client.list_workflows("")]


async def nothing_is_under_way(client: Client) -> bool:
    return all(one.status is not WorkflowExecutionStatus.RUNNING for one in await runs(client))


async def faults(client: Client) -> list[str]:
    """The faults: a task with unreadable payloads fails, and is tried for ever."""
    found = []
    for one in await runs(client):
        found += failed_tasks(await client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history())
    return found


async def run_once(client: Client, schedule: str) -> None:
    """Run a schedule now, until the run has ended or a task of it failed."""
    before = len(await runs(client))
    await client.get_schedule_handle(schedule).trigger()

    async def come_to_something() -> bool:
        begun = len(await runs(client)) > before
        return begun and (await nothing_is_under_way(client) or bool(await faults(client)))

    await until(come_to_something)


@pytest.mark.parametrize("schedule", [f"accord-refresh-{REGISTER}", pytest.param(RESCREENING, marks=pytest.mark.slow)])
async def test_a_schedule_runs_on_after_its_key_was_to_be_dropped(
    address: str, shell: Shell, tmp_path: Path, schedule: str
) -> None:
    """Given a run under one key, when another is used and the first is dropped or kept, then the next run succeeds."""
    old, folder = make_payload_keys(tmp_path).writes, ("--folder", str(tmp_path))
    async with working(address, tmp_path) as client:
        await run_once(client, schedule)
    await shell.done("payloads", "new-key", *folder)
    await shell.done("payloads", "use", PayloadKeys.read(tmp_path / FILE).keys[1].key_id, *folder)
    async with working(address, tmp_path):
        await shell.where(TEMPORAL_ADDRESS=address)("payloads", "drop", old.key_id, *folder)
    async with working(address, tmp_path) as client:
        await run_once(client, schedule)
        assert await faults(client) == []
