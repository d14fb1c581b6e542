"""Scripts of people, bank, operators, intruders, misfortune: every promise is kept, and a mend taken out is missed."""

from __future__ import annotations

import pytest

from tests.simulation.grounds.world import Ground
from tests.simulation.judge.violations import Promise
from tests.simulation.mutants import MUTANTS, by_name
from tests.simulation.run_mutants import SEEDS, first_that_finds
from tests.simulation.script import run
from tests.simulation.steps import THE_DOOR

ABOUT_HOLDS = ("propose", "lead", "go_on", "release", "hold", "lift", "make_files", "send_after_all")
"""The steps of a short script in which holds come between a file and its hand-over."""


@pytest.mark.parametrize(
    ("seed", "steps"),
    [(4, 14), *(pytest.param(*script, marks=pytest.mark.slow) for script in ((4, 25), (4, 60), (13, 60)))],
)
async def test_every_promise_is_kept(ground: Ground, seed: int, steps: int) -> None:
    outcome = await run(ground, seed, steps)
    assert outcome.violation == "", "\n".join([*outcome.trace, outcome.violation])


@pytest.mark.parametrize(
    ("seed", "steps", "healed"),
    [(2, 40, False), *(pytest.param(seed, 90, True, marks=pytest.mark.slow) for seed in range(1, 13))],
)
async def test_what_comes_by_the_door_moves_nothing_and_is_kept(
    ground: Ground, seed: int, steps: int, healed: bool
) -> None:
    """Grantees, a thief of their mailbox, and staff who believe them, while payments go out and stores are put back."""
    outcome = await run(ground, seed, steps, healed=healed, kinds=THE_DOOR)
    assert outcome.violation == "", "\n".join([*outcome.trace, outcome.violation])
    assert any(": received" in line for line in outcome.trace)


@pytest.mark.slow
async def test_a_check_that_does_not_see_a_hold_is_found_out(ground: Ground) -> None:
    (mutant,) = by_name("does not see a hold")
    found = await first_that_finds(ground, mutant, range(1, SEEDS + 1), steps=60, kinds=ABOUT_HOLDS)
    assert found is not None
    assert found.violation.startswith(Promise.HOLD.name)


@pytest.mark.slow
async def test_charges_that_settle_a_payment_unseen_are_found_out(ground: Ground) -> None:
    (mutant,) = by_name("beyond the tolerance")
    found = await first_that_finds(ground, mutant, range(3, SEEDS + 1), steps=60, kinds=mutant.kinds)
    assert found is not None
    assert found.violation.startswith(Promise.TOLERANCE.name)


def test_every_mutant_has_a_name_of_its_own() -> None:
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)
