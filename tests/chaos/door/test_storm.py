"""What the door acknowledged is there, numbered, kept and proved, whatever is killed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.door.storm import every_fault, storm


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("seed", "grantees", "rounds", "with_papers"),
    [(5, 3, 1, False), *(pytest.param(seed, 10, 5, True, marks=pytest.mark.slow) for seed in (1, 2, 3))],
)
async def test_nothing_that_was_acknowledged_at_the_door_is_missing(
    tmp_path: Path, seed: int, grantees: int, rounds: int, with_papers: bool
) -> None:
    faults = list(every_fault(with_papers))
    report = await storm(tmp_path, seed, grantees, rounds * len(faults), with_papers)
    assert report.violations == ()
    assert report.faults == dict.fromkeys(faults, rounds)
    assert report.submissions >= max(grantees, report.papers)
    assert bool(report.papers) is with_papers
