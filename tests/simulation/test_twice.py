"""A script's effect on the ledger in the process is the same on a real server with real workers."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from tests.conftest import ROOT
from tests.simulation.steps import STEPS
from tests.simulation.twice import IN_PROCESS_ALONE


@pytest.mark.slow
async def test_a_script_leaves_equal_ledgers_in_the_process_and_on_a_server() -> None:
    """Given a machine with no secrets of a stack, when the command plays a script on both, then nothing differs.

    On the server two versions share the work, and the second becomes current in the middle.
    """
    alone = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    playing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.simulation.run", "--both", "--seed", "2", "--steps", "20",
        cwd=ROOT, env=alone, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, faults = await playing.communicate()
    assert playing.returncode == 0, (told.decode(), faults.decode())
    assert b"seed 2 on a server as well: equal ledgers" in told


def test_what_is_not_played_on_a_server_is_a_step() -> None:
    assert STEPS.keys() >= IN_PROCESS_ALONE
