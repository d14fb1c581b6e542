"""A script: so many steps, each chosen, done, told, and judged. Then everything is healed, and judged once more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Final, NamedTuple

from temporalio.service import RPCError

from accord.presentation.faults import BadInput, Refused, Unreachable
from domain.errors import EventUnreadable
from tests.simulation.draw import Draw, Seeded
from tests.simulation.grounds.world import Ground, World, open_world
from tests.simulation.judge.judging import ask_always, ask_at_rest, ask_workflows
from tests.simulation.judge.violations import Promise, Violation
from tests.simulation.people.healing import heal
from tests.simulation.steps import STEPS, Idle

DEFAULT_STEPS: Final = 120
ABOUT_WORKFLOWS: Final = frozenset({"start_again", "rob", "reset_workflow"})
"""The steps after which it is asked what workflows believe."""

ANSWERED: Final = (Refused, BadInput, Unreachable, RPCError, EventUnreadable)
"""What somebody may be told who asked, as the shell tells it: this is an answer."""

BETWEEN: Final = timedelta(minutes=11)


class Outcome(NamedTuple):
    """The outcome of a script."""

    seed: int
    trace: tuple[str, ...]
    violation: str


async def run(
    ground: Ground,
    seed: int,
    steps: int = DEFAULT_STEPS,
    tell: Callable[[str], None] | None = None,
    asked: frozenset[Promise] = frozenset(Promise),
    healed: bool = True,
    kinds: Collection[str] = STEPS,
) -> Outcome:
    """Run the script of a seed, of these kinds of steps. If `healed`, go on until everything is at rest."""
    async with open_world(ground, seed) as world:
        world.asked = asked
        try:
            await play(world, Seeded(seed), steps, tell, healed, kinds)
        except Violation as fault:
            return Outcome(seed, tuple(world.trace), str(fault))
        return Outcome(seed, tuple(world.trace), "")


async def survey(ground: Ground, seed: int, steps: int = DEFAULT_STEPS) -> dict[Promise, str]:
    """Run the script of a seed to its end, and return the first breach of each promise."""
    async with open_world(ground, seed) as world:
        world.survey = {}
        await play(world, Seeded(seed), steps)
        return world.survey


async def play(
    world: World,
    draw: Draw,
    steps: int,
    tell: Callable[[str], None] | None = None,
    healed: bool = True,
    kinds: Collection[str] = STEPS,
) -> None:
    """Play steps of these kinds, heal, and judge. Raises Violation."""
    weights = {name: kind.weight for name, kind in STEPS.items() if name in kinds}
    for _ in range(steps):
        await world.pass_to(world.clock.at + BETWEEN)
        await one_step(world, draw, draw.weighted(weights), tell)
    if healed:
        await heal(world)
        await ask_at_rest(world)


async def one_step(world: World, draw: Draw, name: str, tell: Callable[[str], None] | None = None) -> None:
    """Play one step, and judge. One that there is nothing to do on is passed over. Raises Violation."""
    try:
        told = await STEPS[name].step(world, draw)
    except Idle:
        return
    except Violation:
        world.say(name)
        raise
    except ANSWERED as fault:
        told = f"{name}: refused, {fault}"
    except Exception as fault:
        world.say(name)
        world.broken(Promise.ANSWER, f"{name}: {type(fault).__name__}: {fault}")
        return
    world.say(told)
    if tell is not None:
        tell(world.trace[-1])
    await ask_always(world)
    if name in ABOUT_WORKFLOWS:
        await ask_workflows(world)
