"""A short seeded storm in every test run. The long one is `make chaos-ledger`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.ledger.storm import storm
from tests.chaos.ledger.victims import NAMES
from tests.chaos.monkey import plan_of

SEED, CYCLES = 45, 5


@pytest.mark.chaos
async def test_a_ledger_that_is_killed_and_frozen_under_load_keeps_every_promise(tmp_path: Path) -> None:
    report = await storm(tmp_path, SEED, CYCLES)
    assert report.findings.violations == ()
    assert report.faults == {f"{name} {fault}": 1 for name, fault in plan_of(SEED, NAMES, CYCLES)}
    assert "postmaster killed" in report.faults
    assert report.findings.cut_off > 0
    assert min(report.findings.acknowledged, report.findings.events, report.findings.reads) > 0
    assert min(report.findings.replays, report.findings.conflicts) > 0
