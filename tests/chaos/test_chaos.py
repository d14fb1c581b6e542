"""A short seeded storm in every test run; the long one is `make chaos`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.episode import episode
from tests.waiting import BACKSTOP


@pytest.mark.chaos
async def test_servers_that_are_killed_lose_nothing_and_pay_nothing_twice(tmp_path: Path) -> None:
    """C37."""
    report = await episode(tmp_path, seed=7, partnerships=10, kills_each=2, limit_seconds=2 * BACKSTOP)
    assert report.violations == ()
    assert set(report.killed) == {"worker", "temporal", "postgres"}
    assert min(report.killed.values()) == 2
    assert sum(report.mischief.values()) > 0
