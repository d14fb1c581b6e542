"""A short seeded storm in every test run; the long one is `make chaos`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.monkey import Fault
from tests.chaos.partnerships.episode import episode
from tests.chaos.partnerships.restoring import restore
from tests.chaos.partnerships.victims import TARGETS
from tests.waiting import BACKSTOP


@pytest.mark.chaos
async def test_servers_that_are_killed_lose_nothing_and_pay_nothing_twice(tmp_path: Path) -> None:
    """C37."""
    report = await episode(tmp_path, seed=7, partnerships=10, kills_each=2, limit_seconds=2 * BACKSTOP)
    assert report.violations == ()
    assert report.faults == {f"{name} {fault}": 2 for name in TARGETS for fault in Fault}
    assert sum(report.mischief.values()) > 0


@pytest.mark.chaos
@pytest.mark.parametrize(
    "both", [pytest.param(False, marks=pytest.mark.slow), True], ids=["the database", "the database and Temporal"]
)
async def test_a_database_that_is_put_back_pays_nothing_twice(
    tmp_path: Path, both: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's own backup, recovered to another timeline while money was under way; then the runbook."""
    monkeypatch.setenv("ACCORD_DATABASE_URL", "")  # it is the drill's own to say, and is taken back afterwards
    found = await restore(tmp_path, seed=7, partnerships=6, both=both)
    assert found.violations == ()
    assert found.paid > 0
