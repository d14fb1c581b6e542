"""A seed is a script: played twice, in one process or in two, it comes out the same, line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.grounds.world import Ground
from tests.simulation.script import run

ROOT = Path(__file__).resolve().parents[2]
STEPS = 12


async def test_two_runs_of_a_seed_give_equal_traces(ground: Ground) -> None:
    first = await run(ground, 3, STEPS, asked=frozenset(), healed=False)
    second = await run(ground, 3, STEPS, asked=frozenset(), healed=False)
    assert first.trace == second.trace
    assert len(first.trace) > STEPS / 3


@pytest.mark.slow
async def test_two_seeds_are_two_scripts(ground: Ground) -> None:
    outcomes = [await run(ground, seed, 10, asked=frozenset(), healed=False) for seed in (1, 2)]
    assert outcomes[0].trace != outcomes[1].trace


@pytest.mark.slow
def test_two_processes_with_other_hashes_give_equal_traces(ground: Ground) -> None:
    told = [_played_elsewhere(ground, hash_seed) for hash_seed in ("1", "2")]
    assert told[0] == told[1]
    assert len(told[0].splitlines()) > STEPS / 2


def _played_elsewhere(ground: Ground, hash_seed: str) -> str:
    """The trace of a script in a process of its own, on the same ground."""
    command = [sys.executable, "-m", "tests.simulation.run", "--seed", "3", "--steps", str(STEPS), "--unhealed"]
    where = ["--server", ground.server, "--keys", str(ground.keyring.folder), "--folder", str(ground.folder)]
    done = subprocess.run(
        [*command, *where],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "every promise kept" in done.stdout, done.stdout + done.stderr
    return done.stdout
