"""What a script does to the ledger in the process, it does on a real server with real workers as well."""

from __future__ import annotations

from tests.simulation.steps import STEPS
from tests.simulation.twice import IN_PROCESS_ALONE, differences
from tests.simulation.world import Ground
from tests.time_skipping import time_skipping


async def test_a_script_leaves_equal_ledgers_in_the_process_and_on_a_server(ground: Ground) -> None:
    async with time_skipping() as environment:
        assert await differences(ground, environment, 2, 30) == []


def test_what_is_not_played_on_a_server_is_a_step() -> None:
    assert STEPS.keys() >= IN_PROCESS_ALONE
