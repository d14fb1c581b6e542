"""A worker seals what was handed in and who looked by its own login, which appends through its own function alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import worker
from deploy import rights
from deploy.database import open_pool
from deploy.logins import Login, as_user, read_secret
from deploy.worker_options import Options
from ledger import Ledger
from records.access_log import seals_of
from records.submissions.seals import seals_on_record
from tests.conftest import name_in
from tests.doors import handed_in, link_to
from tests.logins import let_in
from tests.waiting import until


@pytest.fixture
async def by_the_worker(pool: asyncpg.Pool, database: str) -> AsyncIterator[asyncpg.Pool]:
    """The database as a worker's login has it, where no worker of another release runs."""
    await let_in(database)
    async with pool.acquire() as connection:
        await rights.open_forms(connection)
    secret = read_secret(Path(os.environ["ACCORD_SECRETS"]) / Login.WORKER)
    opened = await open_pool(as_user(database, Login.WORKER.of(name_in(database)), secret), 2)
    yield opened
    opened.terminate()


@asynccontextmanager
async def sealing(by: asyncpg.Pool) -> AsyncIterator[None]:
    """The seals of a worker, beside its tasks."""
    watches: list[Any] = list(worker.watches(None, by, Options()))  # type: ignore[arg-type]
    seals = [watch for watch in watches if "Seals.forever" in watch.__qualname__]
    for watch in set(watches) - set(seals):
        watch.close()
    tasks = [asyncio.create_task(watch) for watch in seals]
    assert len(tasks) == 2
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_was_handed_in_and_who_looked_is_sealed(
    pool: asyncpg.Pool, by_the_worker: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await handed_in(pool, await link_to(pool, "P-2026-0042"))
    await pool.execute("SELECT console.look('ana.silva', 'P-2026-0042')")
    monkeypatch.setattr("records.access_log.GRACE", timedelta(days=-2))  # as if its day were over
    async with sealing(by_the_worker):
        assert await until(lambda: seals_on_record(Ledger(pool)))
        assert await until(lambda: seals_of(Ledger(pool)))
