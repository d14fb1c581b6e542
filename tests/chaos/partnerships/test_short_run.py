"""A short seeded storm in every test run. The long one is `make chaos`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.monkey import Fault
from tests.chaos.partnerships.episode import episode
from tests.chaos.partnerships.restoring import restore
from tests.chaos.partnerships.victims import TARGETS
from tests.waiting import BACKSTOP


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("partnerships", "kills_each"), [(7, 1), pytest.param(10, 2, marks=pytest.mark.slow)], ids=["few", "many"]
)
async def test_servers_that_are_killed_lose_nothing_and_pay_nothing_twice(
    tmp_path: Path, partnerships: int, kills_each: int
) -> None:
    """C37."""
    report = await episode(tmp_path, 7, partnerships, kills_each, limit_seconds=2 * BACKSTOP)
    assert report.violations == ()
    assert report.faults == {f"{name} {fault}": kills_each for name in TARGETS for fault in Fault}
    assert sum(report.mischief.values()) > 0


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("both", "partnerships"),
    [
        pytest.param(True, 3, marks=pytest.mark.slow),
        pytest.param(False, 6, marks=pytest.mark.slow),
        pytest.param(True, 6, marks=pytest.mark.slow),
    ],
    ids=["the database and Temporal, few", "the database", "the database and Temporal"],
)
async def test_a_database_that_is_put_back_pays_nothing_twice(
    tmp_path: Path, both: bool, partnerships: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's own backup, recovered to another timeline while money was under way. Then the runbook."""
    monkeypatch.setenv("ACCORD_DATABASE_URL", "")  # it is the drill's own to say, and is taken back afterwards
    found = await restore(tmp_path, 7, partnerships, both)
    assert found.violations == ()
    assert found.paid > 0
