"""Roll workers to a version, step by step: tried on what is open, ramped and watched, made current, followed by all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Final

from temporalio.client import Client

from accord.presentation.faults import Refused
from accord.runs import versions
from accord.runs.forms import Forms, cannot_read, in_use
from accord.runs.open_workflows import count_open
from accord.runs.refreshing_runs import begin_anew
from accord.runs.replaying import replay_open
from accord.runs.stranded import Moved, Stranded
from accord.runs.versions import Version
from deploy.build import DEPLOYMENT

LOOK_AGAIN: Final = 1.0
A_SECOND: Final = 50
"""How many open runs are told to begin anew in a second."""

MOST_NAMED: Final = 20

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Course:
    """What a roll does: how many histories it tries, how much it ramps, how long it watches and waits."""

    build: str
    sample: int
    ramp: float
    watch: float
    """Seconds at the ramp."""
    patience: float
    """Seconds for which it waits for workers, and for runs to follow."""
    say: Say = field(default=lambda words: None)


async def roll(client: Client, course: Course) -> dict[str, int]:
    """Let new work go to a version and every open run follow. Return how many runs stay on each other version.

    A step that is done already is left out, so that it can be asked again.

    Raises:
        Refused: No worker of the version polls, a history does not replay, or a run meets a fault at the ramp. New work
            goes to the version before, as it did.
        RPCError: Temporal does not answer.
    """
    version = await _polls(client, course)
    if not version.current:
        await _try(client, course)
        if await _has_another(client, course.build):
            await _ramp(client, course)
        await versions.make_current(client, course.build)
        course.say(f"New work goes to {course.build}.")
    return await followed(client, course, Stranded(client, course.build))


async def go_back(client: Client, course: Course, open_forms: Forms) -> None:
    """Let new work go to another version again, that of the course.

    `open_forms`: the new forms of events that may be recorded. A version that cannot read them is refused.

    Raises: as `roll`.
    """
    build = course.build
    await _polls(client, course)
    if await cannot_read(client, [build], open_forms):
        raise Refused(
            f"there is no way back to {build}: {', '.join(sorted(open_forms))} may be on record in a form that it does "
            "not say it reads. Its workers would stop at the first, and serve nobody. Nothing was changed. The way on "
            "is a later release",
            "FormsOpen",
        )
    await versions.make_current(client, build)
    course.say(f"New work goes to {build} again.")


async def require_all_read(client: Client, forms: Forms, build: str) -> None:
    """Require that every version in use reads forms of events, before they are open. `build`: this machine's version.

    Raises:
        Refused: A version that cannot read them is in use.
        RPCError: Temporal does not answer.
    """
    elsewhere = [name for name in in_use(await versions.versions(client)) if name != build]
    if builds := await cannot_read(client, elsewhere, forms):
        raise Refused(
            f"{', '.join(builds)} cannot read the new forms, and work goes to it or runs on it still: first `accord "
            "upgrade`, until everything runs on this release. Nothing was changed",
            "NotDrained",
        )


def version_before(known_versions: Sequence[Version], build: str) -> Version | None:
    """Return the newest other version, to which one would go back, or None."""
    return next((version for version in known_versions if version.build != build), None)


async def _polls(client: Client, course: Course) -> Version:
    """Wait until a worker of the version polls."""
    course.say(f"Looking for workers of {course.build}: start them beside those of the version before.")
    deadline = time.monotonic() + course.patience
    while time.monotonic() < deadline:
        for version in await versions.versions(client):
            if version.build == course.build:
                return version
        await asyncio.sleep(LOOK_AGAIN)
    raise Refused(
        f"no worker of {course.build} polls; start one of this release beside the old ones, and give this again",
        "NotRunning",
    )


async def _has_another(client: Client, build: str) -> bool:
    return any(version.current and version.build != build for version in await versions.versions(client))


async def _try(client: Client, course: Course) -> None:
    """Replay a sample of what is open with the code of this machine."""
    outcomes = await replay_open(client, course.sample, SystemRandom(), lambda: None)
    if failures := [outcome.workflow_id for outcome in outcomes if outcome.fault]:
        raise Refused(
            f"{len(failures)} of {len(outcomes)} open runs do not replay with this release, such as {failures[0]}; "
            "nothing was changed. `accord deploy replay` names each",
            "NotReplayed",
        )
    course.say(f"{len(outcomes)} open runs replay with this release.")


async def _ramp(client: Client, course: Course) -> None:
    """Let a part of new work go to the version for a while, and end that if one of its runs meets faults."""
    await versions.ramp(client, course.build, course.ramp)
    course.say(f"{course.ramp:g} % of new work goes to {course.build} for {course.watch:.0f} seconds.")
    deadline = time.monotonic() + course.watch
    while time.monotonic() < deadline:
        await asyncio.sleep(min(LOOK_AGAIN, course.watch))
        if faulty := await _faulty(client, course.build):
            await versions.ramp(client, course.build, 0)
            raise Refused(
                f"{faulty} runs on {course.build} fail their tasks; the ramp is ended, and new work goes where it went "
                "before. The worker's log says why",
                "NotSound",
            )


async def _faulty(client: Client, build: str) -> int:
    """Return how many open runs on a version fail their tasks again and again, as Temporal marks them."""
    query = f"TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{build}' AND TemporalReportedProblems IS NOT NULL"
    return await count_open(client, query)


async def followed(client: Client, course: Course, stranded: Stranded | None = None) -> dict[str, int]:
    """Let every open run begin anew on the version, and wait for them. Return how many stay on each other version.

    `stranded`: moves those whose workers are gone.

    Raises:
        RPCError: Temporal does not answer.
    """
    told_count = await begin_anew(client, "", A_SECOND, lambda count: None)
    course.say(f"{told_count} open runs were told to begin anew once they are at rest.")
    deadline = time.monotonic() + course.patience
    while (remainder := await _elsewhere(client, course.build)) and time.monotonic() < deadline:
        if stranded is not None:
            _tell(course, await stranded.move())
        await asyncio.sleep(LOOK_AGAIN)
    return remainder


def _tell(course: Course, outcome: Moved) -> None:
    if outcome.moves:
        course.say(
            f"{outcome.moves} open runs, whose workers are gone, were moved to {course.build}: they replay with it."
        )
    if outcome.fault:
        course.say(
            f"Temporal moves no run whose workers are gone ({outcome.fault}): it is too old. Start the workers of the "
            "version before again, until everything has followed"
        )
    if outcome.stuck:
        course.say(
            f"{len(outcome.stuck)} open runs, whose workers are gone, do not replay with {course.build}, and wait for "
            f"theirs: {', '.join(outcome.stuck[:MOST_NAMED])}"
        )


async def _elsewhere(client: Client, build: str) -> dict[str, int]:
    return {
        version.build: version.open_runs
        for version in await versions.versions(client)
        if version.build != build and version.open_runs
    }
