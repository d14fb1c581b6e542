"""Versions are shown and chosen by command. An unknown one is named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from accord.client.desk import Desk
from accord.runs import versions
from accord.runs.replaying import has_decided
from deploy.build import build_id
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.shell import BAD_INPUT, DONE, REFUSED, Shell
from tests.lives import Life
from tests.servers import temporal_apart
from tests.waiting import until
from worker import make_worker
from workflows.options import TASK_QUEUE
from workflows.refreshing import RegisterRefreshWorkflow


async def test_without_versioned_workers_it_says_what_this_build_would_be(shell: Shell) -> None:
    assert build_id() in (await shell.done("deploy", "status")).words
    assert (await shell.done("deploy", "status", "--json")).json == []


async def test_what_is_no_version_is_not_made_part_of_a_query(shell: Shell) -> None:
    answer = await shell("deploy", "refresh", "--build", "x' OR WorkflowType = 'Partnership")
    assert (answer.code, "is none of the versions" in answer.message) == (BAD_INPUT, True)


@pytest.mark.parametrize("words", [("current",), ("ramp", "10"), ("drained",)])
async def test_a_version_that_there_is_not_is_named(shell: Shell, words: tuple[str, ...]) -> None:
    answer = await shell("deploy", words[0], "0.9.9-unknown", *words[1:])
    assert (answer.code, "is none of the versions" in answer.message) == (BAD_INPUT, True)


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_what_is_open_replays_and_begins_anew(shell: Shell, desk: Desk, reference: str) -> None:
    """Given an open partnership, when it is told to begin anew, then another run goes on with it, and it replays."""
    await waiting_for_approval(desk, reference)
    handle = Life(desk, reference).handle
    before = (await handle.describe()).run_id
    told = await shell("deploy", "replay", "--sample", "1000", "--json")
    assert (told.code, told.json["failed"], told.json["replayed"] > 0) == (DONE, [], True)
    assert (await shell.done("deploy", "refresh", "--json")).json["told"] > 0

    async def moved() -> bool:
        return (await handle.describe()).run_id != before

    await until(moved)
    replayed = (await shell.done("deploy", "replay")).words
    assert "of which 0 failed" in replayed


@pytest.mark.slow
async def test_a_run_that_waits_for_its_first_task_is_nothing_to_replay(shell: Shell, desk: Desk) -> None:
    """Given a run to which the server gives no task yet, when what is open is replayed, then nobody waits for it."""
    waiting = await desk.client.start_workflow(
        "Partnership", id="P-2026-0000-yet-to-begin", task_queue="nobody's", start_delay=timedelta(hours=1)
    )
    try:
        assert (await shell.done("deploy", "replay", "--sample", "1000", "--json")).json["failed"] == []
    finally:
        await waiting.terminate()


@asynccontextmanager
async def open_refresh(client: Client, workflow: Any) -> AsyncIterator[str]:
    """A run of a register's refresh as this workflow decides it, which waits for something. Gives its id."""
    queue, workflow_id = "a loader's, which fetches nothing yet", f"refresh/ofac-sdn/{uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[workflow], workflow_runner=UnsandboxedWorkflowRunner()):
        handle = await client.start_workflow("RegisterRefresh", "ofac-sdn", id=workflow_id, task_queue=queue)

        async def has_begun() -> bool:
            return has_decided(await handle.fetch_history())

        await until(has_begun)
    try:
        yield workflow_id
    finally:
        await handle.terminate()


@pytest.mark.slow
async def test_a_register_that_is_being_refreshed_replays_too(shell: Shell, desk: Desk) -> None:
    """Given a refresh that waits for its publisher, when what is open is replayed, then it replays and none failed."""
    async with open_refresh(desk.temporal, RegisterRefreshWorkflow):
        told = await shell("deploy", "replay", "--sample", "1000")
        assert (told.code, "of which 0 failed" in told.words) == (DONE, True), told.words


@workflow.defn(name="RegisterRefresh")
class AnotherRefresh:
    """Decides otherwise than the refresh that is installed here."""

    @workflow.run
    async def run(self, register: str) -> None:
        """Wait for an hour."""
        await workflow.sleep(timedelta(hours=1))


@pytest.mark.slow
async def test_what_does_not_replay_is_named_and_a_machine_can_read_it(shell: Shell, desk: Desk) -> None:
    """Given a run that other code decided, when it is replayed for a machine, then what is printed is JSON alone."""
    async with open_refresh(desk.temporal, AnotherRefresh) as workflow_id:
        told = await shell("deploy", "replay", "--sample", "1000", "--json")
        assert told.code == REFUSED, told.words
        assert workflow_id in [one["workflow_id"] for one in told.json["failed"]]


@pytest.fixture
async def ramped(worker_pool: asyncpg.Pool) -> AsyncIterator[Client]:
    """A server with workers of two versions: b1 is current, and ten per cent of new work goes to b2."""
    async with (
        temporal_apart() as client,
        make_worker(client, worker_pool, build="b1", queues=(TASK_QUEUE,)),
        make_worker(client, worker_pool, build="b2", queues=(TASK_QUEUE,)),
    ):

        async def is_ramped() -> bool:
            with suppress(RPCError):  # a version that did not poll yet
                await versions.make_current(client, "b1")
                await versions.ramp(client, "b2", 10)
                return True
            return False

        await until(is_ramped)
        yield client


async def ramps(client: Client) -> dict[str, float]:
    return {one.build: one.ramp for one in await versions.versions(client)}


@pytest.mark.slow
async def test_ending_a_ramp_ends_no_other_versions_ramp(shell: Shell, ramped: Client) -> None:
    """Given b2 on a ramp, when that of b1, which there is not, is ended, then b2 stays on its own."""
    here = shell.where(TEMPORAL_ADDRESS=ramped.service_client.config.target_host)
    await here("deploy", "ramp", "b1", "0")
    assert await ramps(ramped) == {"b1": 0.0, "b2": 10.0}
    await here.done("deploy", "ramp", "b2", "0")
    assert await ramps(ramped) == {"b1": 0.0, "b2": 0.0}


@pytest.mark.slow
async def test_a_version_whose_worker_is_gone_is_forgotten_and_one_that_is_current_is_not(
    shell: Shell, worker_pool: asyncpg.Pool
) -> None:
    """Given b1, on which nothing runs, when its worker is gone, then Temporal can be made to know it no more."""
    async with (
        temporal_apart("", 'matching.PollerHistoryTTL="1s"') as client,
        make_worker(client, worker_pool, build="b2", queues=(TASK_QUEUE,)),
    ):
        here = shell.where(TEMPORAL_ADDRESS=client.service_client.config.target_host)
        async with make_worker(client, worker_pool, build="b1", queues=(TASK_QUEUE,)):
            await until(lambda: _both_known(client))
        await versions.make_current(client, "b2")
        assert "new work goes to b2" in (await here("deploy", "forget", "b2")).words
        await until(lambda: _is_forgotten(here, "b1"))
        assert set(await ramps(client)) == {"b2"}


async def _both_known(client: Client) -> bool:
    return set(await ramps(client)) == {"b1", "b2"}


async def _is_forgotten(here: Shell, build: str) -> bool:
    return (await here("deploy", "forget", build)).code == 0


@pytest.mark.slow
async def test_a_version_whose_worker_polled_a_moment_ago_is_not_forgotten(shell: Shell, ramped: Client) -> None:
    """Given b2, to which no work goes any more, while its worker runs, then it stays and the message says why."""
    here = shell.where(TEMPORAL_ADDRESS=ramped.service_client.config.target_host)
    await here.done("deploy", "ramp", "b2", "0")
    told = await here("deploy", "forget", "b2")
    assert (told.code, "stop its workers" in told.words) == (REFUSED, True), told.words


def test_many_versions_are_warned_of_before_the_server_turns_one_away() -> None:
    """Given three quarters of what the server keeps, then the oldest on which nothing runs is named."""
    busy, idle = versions.Version("busy", None, False, 0.0, 3), versions.Version("idle", None, False, 0.0, 0)
    newest = [versions.Version(f"b{n}", None, False, 0.0, 1) for n in range(versions.CROWDED - 2)]
    assert versions.warning_of([*newest, idle]) is None
    assert str(versions.warning_of([*newest, idle, busy])).endswith("accord deploy forget idle")
    assert str(versions.warning_of([*newest, busy, busy])).endswith("accord deploy refresh, and stop old workers")


@pytest.mark.slow
async def test_the_versions_are_told_to_a_machine(shell: Shell, ramped: Client) -> None:
    """Given versions that were seen, when a machine asks for them, then it learns also since when."""
    here = shell.where(TEMPORAL_ADDRESS=ramped.service_client.config.target_host)
    told = (await here.done("deploy", "status", "--json")).json
    assert {one["build"]: (one["current"], one["ramp"]) for one in told} == {"b1": (True, 0.0), "b2": (False, 10.0)}
    assert [bool(datetime.fromisoformat(one["since"]).tzinfo) for one in told if one["build"] == "b1"] == [True]
