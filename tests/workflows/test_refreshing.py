"""Registers refresh themselves once a day, on a queue and under a login of the loader's own, from their publisher."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import asyncpg
import pytest
from temporalio.client import Client, WorkflowFailureError

from accord.cli.processes.loader import make_loader
from activities.contracts import Refreshed
from activities.registers.refreshing import REFUSED
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from deploy.schedules import ensure_refreshing, refreshing
from registers.loading.versions import version_in_force
from tests.registers.files import sdn_row
from tests.registers.loading.test_refreshing import NOVEMBER, Publisher
from tests.waiting import until
from workflows.options import REFRESHING, REGISTERS_QUEUE
from workflows.refreshing import RegisterRefreshWorkflow

ROWS = tuple(sdn_row(number, f"ZORVANIA TRADING {number}") for number in range(1, 11))
COMPANIONS = {
    "alt.csv": '1,1,"aka","BLUE HERON",-0- ',
    "add.csv": '1,1,"1 Quay","Port Zorvan","Zorvania",-0- ',
    "sdn_comments.csv": '1,"Invented for the tests."',
}


class Night(NamedTuple):
    """A publisher on this machine, the loader's worker, and the database that it loads into."""

    client: Client
    publisher: Publisher
    pool: asyncpg.Pool

    async def run(self, register: str = "ofac-sdn") -> Refreshed:
        """One run, as the schedule starts it."""
        found: Refreshed = await self.client.execute_workflow(
            RegisterRefreshWorkflow.run, register, id=f"refresh/{register}/{uuid4()}", task_queue=REGISTERS_QUEUE
        )
        return found

    async def in_force(self, register: str = "ofac-sdn") -> int:
        """The version in force, 0 before there is one."""
        async with self.pool.acquire() as connection:
            found = await version_in_force(connection, register)
        return int(found["version"]) if found is not None else 0


@pytest.fixture
async def night(
    client: Client, stack: Stack, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Night]:
    """The night shift."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    [name] = re.findall(r"/(test_\d+)\?", database)
    pool = await open_pool(stack.postgres.url_of(Login.LOADER).replace("/accord?", f"/{name}?"), 4)
    async with Publisher().open() as publisher:
        publisher.lists(*ROWS, modified=NOVEMBER)
        for name, row in COMPANIONS.items():
            publisher.lists(row, name=name)
        async with make_loader(client, pool, tmp_path / "archive", publisher.mirror, minimum_rows=1):
            yield Night(client, publisher, pool)
    pool.terminate()


async def test_it_fetches_and_loads_what_the_publisher_offers(night: Night) -> None:
    assert (await night.run()).loaded
    assert await night.in_force() > 0


@pytest.mark.slow
async def test_where_nothing_is_new_the_version_in_force_is_confirmed(night: Night) -> None:
    await night.run()
    before = await night.in_force()
    assert not (await night.run()).loaded
    assert await night.in_force() == before
    assert await night.pool.fetchval("SELECT count(*) FROM registers.confirmations") > 0


@pytest.mark.slow
async def test_what_a_guard_refuses_fails_with_its_reason_and_the_version_in_force_stays(night: Night) -> None:
    await night.run()
    before = await night.in_force()
    night.publisher.lists(*ROWS[:2], modified="Mon, 02 Nov 2026 23:30:00 GMT")
    with pytest.raises(WorkflowFailureError) as failed:
        await night.run()
    assert REFUSED in repr(failed.value.cause.__cause__)
    assert await night.in_force() == before


@pytest.mark.slow
async def test_each_register_has_a_schedule_of_its_own_that_runs_once_a_day_and_at_once(
    night: Night, client: Client
) -> None:
    await ensure_refreshing(client, ["ofac-sdn"])
    await until(night.in_force)
    described = await client.get_schedule_handle("accord-refresh-ofac-sdn").describe()
    [interval] = described.schedule.spec.intervals
    assert interval.every == timedelta(days=1)
    await ensure_refreshing(client, ["ofac-sdn"])  # whoever comes second leaves it as it is
    await client.get_schedule_handle("accord-refresh-ofac-sdn").delete()


def test_publishers_are_asked_one_after_the_other() -> None:
    offsets = [refreshing("ofac-sdn", minutes).spec.intervals[0].offset for minutes in (0, 15)]
    assert offsets == [timedelta(hours=2), timedelta(hours=2, minutes=15)]


def test_a_publisher_that_does_not_answer_is_asked_again_all_day_with_growing_pauses() -> None:
    """Given a list that must be confirmed within days, then one night without its publisher loses none of them."""
    retry, whole = REFRESHING["retry_policy"], REFRESHING["schedule_to_close_timeout"]
    assert retry is not None
    assert retry.maximum_interval is not None
    assert whole is not None
    pause, spent, pauses = retry.initial_interval, timedelta(), list[timedelta]()
    while spent + pause < whole:
        pauses, spent = [*pauses, pause], spent + pause
        pause = min(pause * retry.backoff_coefficient, retry.maximum_interval)
    assert pauses == sorted(pauses)
    assert (pauses[0], len(pauses)) == (timedelta(minutes=10), 9)
    assert whole < timedelta(days=1), "the next day's run begins anew"
