"""A short seeded storm in every test run; the long one is `make chaos-ledger`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos_ledger.monkey import Fault, plan_of
from tests.chaos_ledger.storm import storm

SEED, CYCLES = 45, 5


@pytest.mark.chaos
async def test_a_ledger_that_is_killed_and_frozen_under_load_keeps_every_promise(tmp_path: Path) -> None:
    report = await storm(tmp_path, SEED, CYCLES)
    assert report.findings.violations == ()
    assert report.faults == dict.fromkeys(plan_of(SEED, CYCLES), 1)
    assert Fault.KILL_SERVER in report.faults
    assert report.findings.cut_off > 0
    assert min(report.findings.acknowledged, report.findings.events, report.findings.reads) > 0
    assert min(report.findings.replays, report.findings.conflicts) > 0


def test_the_faults_follow_from_the_seed_and_none_comes_again_before_all_have_come() -> None:
    plan = plan_of(1, 20)
    assert plan == plan_of(1, 20) != plan_of(2, 20)
    assert set(plan[:8]) == set(plan[8:16]) == set(Fault)
    assert len(plan) == 20
