"""Each history that a workflow test makes is replayed at once. `make check` runs each test without the cache as well.

Without it a task that waits for a local activity is dropped when the server has another, and is given out again 10 s
later. So only the main life is led without it in `make test`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from tests.conftest import working_apart
from tests.histories import examine
from tests.lives import Life

SHORT: Final = frozenset({"test_a_charity_is_approved_by_two_paid_and_closed[uncached]"})
"""What is run without the cache always."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make check` what replays, again and again, what other tests replay already."""
    for item in items:
        if "uncached" in item.name and item.name not in SHORT:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module", params=[1000, 0], ids=["cached", "uncached"])
async def worker(
    request: pytest.FixtureRequest, client: Client, worker_pool: asyncpg.Pool, projector_pool: asyncpg.Pool
) -> AsyncIterator[None]:
    """A worker. Without a cache every wake-up replays the whole history."""
    async with working_apart(client, worker_pool, request.param, projector_pool):
        yield


@pytest.fixture
async def life(worker: None, desk: Desk, reference: str) -> AsyncIterator[Life]:
    """A life to lead. Whatever the test did with it, its histories are examined afterwards."""
    led = Life(desk, reference)
    yield led
    await examine(led)
