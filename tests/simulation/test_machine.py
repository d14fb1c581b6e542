"""The same steps, chosen by hypothesis, which makes a script that breaks a promise as short as it can.

A few short scripts in every run of the tests; `make simulate-machine EXAMPLES=n` for more.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.simulation.draw import Drawn
from tests.simulation.grounds.world import Ground, World, open_world
from tests.simulation.script import one_step
from tests.simulation.steps import STEPS

EXAMPLES = int(os.environ.get("ACCORD_SIMULATION_EXAMPLES", "1"))
LENGTH = 12


class Script(RuleBasedStateMachine):
    """A world, and one rule for each kind of step. Every step asks the promises of every moment."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._opened = open_world(self.ground, 0)
        self.world: World = self._runner.run(self._opened.__aenter__())

    def play(self, name: str, data: st.DataObject) -> None:
        """Play one step, and ask."""
        self._runner.run(one_step(self.world, Drawn(data.draw, st), name))

    def teardown(self) -> None:
        """Take the world down."""
        self._runner.run(self._opened.__aexit__(None, None, None))
        self._runner.close()


def _rule_of(name: str) -> Any:
    def step(self: Script, data: st.DataObject) -> None:
        self.play(name, data)

    step.__name__ = name
    return rule(data=st.data())(step)


for _name in STEPS:
    setattr(Script, _name, _rule_of(_name))


def test_no_script_that_hypothesis_finds_breaks_a_promise(ground: Ground) -> None:
    Script.ground = ground
    few = "ACCORD_SIMULATION_EXAMPLES" not in os.environ
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Script,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=LENGTH, derandomize=few, database=None),
    )
