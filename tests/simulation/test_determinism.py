"""A seed is a script: played twice, it comes out the same, line by line."""

from __future__ import annotations

import pytest

from tests.simulation.script import run
from tests.simulation.violations import Promise
from tests.simulation.world import Ground


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_two_runs_of_a_seed_give_equal_traces(ground: Ground, seed: int) -> None:
    first = await run(ground, seed, 60, asked=frozenset())
    second = await run(ground, seed, 60, asked=frozenset())
    assert first.trace == second.trace
    assert len(first.trace) > 30


async def test_two_seeds_are_two_scripts(ground: Ground) -> None:
    outcomes = [await run(ground, seed, 20, asked=frozenset({Promise.RECEIPT})) for seed in (1, 2)]
    assert outcomes[0].trace != outcomes[1].trace
