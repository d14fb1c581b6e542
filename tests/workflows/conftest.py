"""Every workflow test runs twice, with and without the workflow cache, and each history it made is examined at once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from tests.conftest import working
from tests.histories import examine
from tests.lives import Life


@pytest.fixture(scope="module", params=[1000, 0], ids=["cached", "uncached"])
async def worker(
    request: pytest.FixtureRequest, client: Client, worker_pool: asyncpg.Pool, projector_pool: asyncpg.Pool
) -> AsyncIterator[None]:
    """A worker; without a cache every wake-up replays the whole history."""
    async with working(client, worker_pool, request.param, projector_pool):
        yield


@pytest.fixture
async def life(worker: None, desk: Desk, reference: str) -> AsyncIterator[Life]:
    """A life to lead; whatever the test did with it, its histories are examined afterwards."""
    led = Life(desk, reference)
    yield led
    await examine(led)
