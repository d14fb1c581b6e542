"""`make simulate SEED=n STEPS=n`: one script, told as it goes, or many seeds, one line each."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import structlog
from rich.console import Console

from deploy.payloads.keys import make_payload_keys
from records.keys.keyring import Keyring
from tests.simulation.grounds.ground import TEMPLATE, own_ground
from tests.simulation.grounds.world import Ground
from tests.simulation.judge.violations import Promise
from tests.simulation.script import DEFAULT_STEPS, Outcome, run, survey
from tests.simulation.twice import differences
from tests.time_skipping import time_skipping

ONE_IN: Final = 100
"""One script in so many is played on a real server as well."""

out = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Run scripts and print their results. The exit code is 0 only if no promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many, one after the other")
    parser.add_argument("--steps", type=int, default=DEFAULT_STEPS)
    parser.add_argument("--not", dest="without", nargs="*", default=[], choices=[one.name for one in Promise])
    parser.add_argument("--unhealed", action="store_true", help="end with the last step, without the healing")
    parser.add_argument("--server", help="the address of a server on which an organisation is founded already")
    parser.add_argument("--keys", type=Path, help="the keys of that organisation")
    parser.add_argument("--folder", type=Path, help="the folder of that organisation")
    parser.add_argument("--both", action="store_true", help="on a real server as well, and compare the ledgers")
    parser.add_argument("--survey", action="store_true", help="go on after a breach; tell the first of each promise")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)  # what workflows and activities log is not what is asked here
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if chosen.server:
        ground = Ground(chosen.server, TEMPLATE, Keyring(chosen.keys), chosen.folder)
        return asyncio.run(_play(ground, range(chosen.seed, chosen.seed + 1), chosen.steps, frozenset(), False))
    asked = frozenset(Promise) - {Promise[name] for name in chosen.without}
    with tempfile.TemporaryDirectory(prefix="accord-simulation-", ignore_cleanup_errors=True) as folder:
        seeds = range(chosen.seed, chosen.seed + chosen.seeds)
        if chosen.both:
            return asyncio.run(_both(Path(folder), seeds, chosen.steps))
        if chosen.survey:
            return asyncio.run(_survey(Path(folder), seeds, chosen.steps))
        return asyncio.run(_run(Path(folder), seeds, chosen.steps, asked, not chosen.unhealed))


async def _run(folder: Path, seeds: range, steps: int, asked: frozenset[Promise], healed: bool) -> int:
    async with own_ground(folder) as ground:
        broken = await _play(ground, seeds, steps, asked, healed)
    again = [seed for seed in seeds if seed % ONE_IN == 0]
    return broken or (await _both(folder / "both", again, steps) if again else 0)


async def _both(folder: Path, seeds: Iterable[int], steps: int) -> int:
    """Play scripts in the process and on a server. The exit code is 0 only if their ledgers are equal."""
    different = 0
    async with own_ground(folder) as ground, time_skipping(make_payload_keys(folder)) as environment:
        for seed in seeds:
            found = await differences(ground, environment, seed, steps)
            different += bool(found)
            out.print(f"seed {seed} on a server as well: {'; '.join(found) or 'equal ledgers'}", markup=False)
    return 1 if different else 0


async def _play(ground: Ground, seeds: range, steps: int, asked: frozenset[Promise], healed: bool) -> int:
    tell = (lambda line: out.print(line, markup=False)) if len(seeds) == 1 else None
    broken = 0
    for seed in seeds:
        outcome = await run(ground, seed, steps, tell, asked, healed)
        broken += bool(outcome.violation)
        _say(outcome)
    return 1 if broken else 0


async def _survey(folder: Path, seeds: range, steps: int) -> int:
    async with own_ground(folder) as ground:
        for seed in seeds:
            for promise, told in (await survey(ground, seed, steps)).items():
                out.print(f"seed {seed}: {promise.name}: {told}", markup=False)
    return 0


def _say(outcome: Outcome) -> None:
    """Print the end of a script and, if it broke a promise, the acts that healed it as well."""
    healing = next((place for place, line in enumerate(outcome.trace) if line.endswith("healing begins")), None)
    if outcome.violation and healing is not None:
        for line in outcome.trace[healing:]:
            out.print(line, markup=False)
    out.print(
        f"seed {outcome.seed}: {len(outcome.trace)} lines, {outcome.violation or 'every promise kept'}", markup=False
    )


if __name__ == "__main__":
    sys.exit(main())
