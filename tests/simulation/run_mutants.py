"""`make simulate-mutants`: each mend taken out, and the first script that finds it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from rich.console import Console

from tests.simulation.grounds.ground import own_ground
from tests.simulation.grounds.world import Ground
from tests.simulation.judge.violations import Promise
from tests.simulation.mutants import Mutant, by_name
from tests.simulation.script import DEFAULT_STEPS, Outcome, run
from tests.simulation.steps import STEPS

SEEDS: Final = 20

AT_ONCE: Final = frozenset(
    {
        *(Promise.HOLD, Promise.LAWFUL, Promise.ONCE, Promise.APPROVED, Promise.STATE, Promise.FUNDS),
        *(Promise.DOOR, Promise.SEALED, Promise.RECEIVED, Promise.RECALL, Promise.TOLERANCE),
    }
)
"""What is asked while a script is played; for the other promises everything is healed first."""

out = Console(highlight=False, soft_wrap=True)


async def first_that_finds(
    ground: Ground, mutant: Mutant, seeds: range, steps: int = DEFAULT_STEPS, kinds: Collection[str] = STEPS
) -> Outcome | None:
    """Return the first script that breaks one of a mutant's promises, and that the product itself passes, or None."""
    healed = not AT_ONCE.issuperset(mutant.breaks)
    for seed in seeds:
        played = partial(run, ground, seed, steps, asked=mutant.breaks, healed=healed, kinds=kinds)
        with mutant.taken_out():
            outcome = await played()
        if outcome.violation and not (await played()).violation:
            return outcome
    return None


def main() -> int:
    """Hunt each mutant. The exit code is 0 only if every one was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="words of a mutant's name")
    parser.add_argument("--part", default="1/1", help="which of how many parts of the list, as 1/2")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=DEFAULT_STEPS)
    chosen = parser.parse_args()
    part, parts = map(int, chosen.part.split("/"))
    mutants = by_name(chosen.only)[part - 1 :: parts]
    if not mutants:
        parser.error(f"no mutant's name has {chosen.only!r}; the names are in tests/simulation/mutants.py")
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="accord-simulation-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(_hunt(Path(folder), mutants, chosen.seeds, chosen.steps))


async def _hunt(folder: Path, mutants: list[Mutant], seeds: int, steps: int) -> int:
    missed = 0
    async with own_ground(folder) as ground:
        for mutant in mutants:
            found = await first_that_finds(ground, mutant, range(1, seeds + 1), steps, mutant.kinds)
            missed += found is None
            told = f"seed {found.seed}, line {len(found.trace)}: {found.violation}" if found else "NOT FOUND"
            out.print(f"{mutant.name}: {told}", markup=False)
    out.print(f"{len(mutants) - missed} of {len(mutants)} mutants found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
