"""Of many approvals at once a fund lets through exactly those that it can pay, whatever is killed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.funds.storm import EACH, storm


async def of(folder: Path, seed: int, partnerships: int, kills: int) -> None:
    left = await storm(folder, seed, partnerships, kills)
    half = partnerships // 2
    assert sum(count for what, count in left.faults.items() if what.endswith("killed")) == kills
    assert (left.approved, left.refused) == (half, partnerships - half)
    assert left.kept == left.standing
    assert (left.balance.available, left.balance.reserved) == (0, half * EACH)


@pytest.mark.slow
@pytest.mark.chaos
async def test_a_fund_keeps_what_stands_and_no_more_in_a_short_storm(tmp_path: Path) -> None:
    await of(tmp_path, seed=7, partnerships=12, kills=3)


@pytest.mark.slow
async def test_of_two_hundred_approvals_of_a_thousand_on_a_hundred_thousand_exactly_a_hundred_stand(
    tmp_path: Path,
) -> None:
    await of(tmp_path, seed=11, partnerships=200, kills=20)
