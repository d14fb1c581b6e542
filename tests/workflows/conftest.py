"""Every workflow test runs twice, with and without the workflow cache, and each history it made is examined at once.

Where many tests lead much the same life, only `make check` runs them without the cache as well.
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

ALIKE: Final = frozenset({"test_forgery", "test_endurance", "test_impostors", "test_doubts", "test_cancelling"})
"""The files of many lives alike."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make check` what replays, again and again, what other tests replay already."""
    for item in items:
        if item.path.stem in ALIKE and "uncached" in item.name:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module", params=[1000, 0], ids=["cached", "uncached"])
async def worker(
    request: pytest.FixtureRequest, client: Client, worker_pool: asyncpg.Pool, projector_pool: asyncpg.Pool
) -> AsyncIterator[None]:
    """A worker; without a cache every wake-up replays the whole history."""
    async with working_apart(client, worker_pool, request.param, projector_pool):
        yield


@pytest.fixture
async def life(worker: None, desk: Desk, reference: str) -> AsyncIterator[Life]:
    """A life to lead; whatever the test did with it, its histories are examined afterwards."""
    led = Life(desk, reference)
    yield led
    await examine(led)
