"""One script played twice, in the process and on a real server with real workers: both ledgers must be equal.

On the server two versions of workers share the work; in the middle the second is made current, and every run begins
anew on it. The ledger must not show it.

Equal but for times: on a server time goes on by itself. Of each stream the events are compared, with their content;
times, signatures and seals depend on the moment and are masked. What people were told must be equal as well.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, cast

from temporalio.client import Client as TemporalClient
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from accord.runs import versions
from accord.runs.refreshing_runs import SIGNAL, begin_anew
from deploy.build import DEPLOYMENT
from deploy.registered import WORKFLOWS
from tests.simulation.draw import Seeded
from tests.simulation.grounds import lists
from tests.simulation.grounds.clock import VirtualClock
from tests.simulation.grounds.world import Ground, World, make_world
from tests.simulation.script import one_step
from tests.simulation.steps import STEPS
from tests.simulation.temporal.client import Client
from tests.simulation.temporal.host import Host
from tests.simulation.temporal.server import Server, ServerClient
from tests.waiting import until
from worker import make_worker
from workflows.options import RULES_QUEUE, TASK_QUEUE

BUILDS: Final = ("first", "second")
"""The versions of workers on the server, which run the same code."""

IN_PROCESS_ALONE: Final = frozenset(
    {
        *("import_meanwhile", "lie_in_wait", "lose_a_task", "restart_workers", "reset_workflow", "keep", "put_back"),
        *("stop_workflow", "cancel_in_time", "money_moves_meanwhile", "pause", "unpause", "refresh", "forget"),
        *("come_to_the_door", "seal", "judge_submission", "believe_the_thief"),
    }
)
"""The steps that reach into the host, where a server offers no place for them, and those after which a workflow is
started again in a second: on a server that goes by between two steps, and in the process they do not. What is handed
in has random bits of its own, and reaches no workflow but by staff."""

ON_BOTH: Final = {name: kind.weight for name, kind in STEPS.items() if name not in IN_PROCESS_ALONE}

BEFORE: Final = timedelta(minutes=1)
"""By how much a script begins later than its server: no workflow's time is ever ahead of the script's."""

_PASSING: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?"  # a moment
    r"|⟦[^⟧]*⟧"  # a sealed name, whose seal is drawn by chance
)

Told = dict[str, list[str]]
"""The events of each stream: type and masked content."""


class Played(NamedTuple):
    """A script's remains."""

    trace: list[str]
    told: Told


async def differences(ground: Ground, environment: WorkflowEnvironment, seed: int, steps: int) -> list[str]:
    """Play a script on both, and return where the ledgers differ, a line for each stream."""
    begin = datetime.now(UTC).replace(microsecond=0) + BEFORE
    before = await _runs_of(environment.client)
    with environment.with_time_skipping_disabled():  # it stands still until the script moves it
        async with on_a_server(ground, environment, begin) as world:
            served = await _played(world, seed, steps, lambda: _change_version(environment.client, world))
            after = await _runs_of(environment.client)
            idle = [build for build in BUILDS if after[build] == before[build]]
    async with in_process(ground, seed, begin) as world:
        hosted = await _played(world, seed, steps, lambda: _begin_anew(world))
    both = sorted({*served.told, *hosted.told})
    lines = _difference("the trace", {"the trace": served.trace}, {"the trace": hosted.trace})
    lines += [f"nothing ran on the version {build}" for build in idle]
    return lines + [found for stream in both for found in _difference(stream, served.told, hosted.told)]


async def _played(world: World, seed: int, steps: int, halfway: Callable[[], Awaitable[None]]) -> Played:
    await world.pass_to(world.clock.at)
    await lists.refresh(world)
    draw = Seeded(seed)
    for step in range(steps):
        if step == steps // 2:
            await halfway()
        await one_step(world, draw, draw.weighted(ON_BOTH))
    return Played(world.trace, await _told_in(world))


async def _runs_of(client: TemporalClient) -> dict[str, int]:
    """Return the number of runs of each version so far, by Temporal's index."""
    query = f"TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{{}}'"
    return {build: (await client.count_workflows(query.format(build))).count for build in BUILDS}


async def _change_version(client: TemporalClient, world: World) -> None:
    """Let new work go to the second version, and let every open run begin anew on it."""
    await versions.make_current(client, BUILDS[1])
    await begin_anew(client, "", 50, lambda _: None)
    await world.host.settle()


async def _begin_anew(world: World) -> None:
    """Let every open run begin anew. A process has one version."""
    for workflow_id in [run.workflow_id for run in world.host.runs.values() if run.open]:
        if workflow_id.startswith("partnership/"):
            await world.client.get_workflow_handle(workflow_id).signal(SIGNAL)


@asynccontextmanager
async def in_process(ground: Ground, seed: int, begin: datetime) -> AsyncIterator[World]:
    """A world of the process's own, in which no task is lost, and what waits for a child lags as on the server."""
    time = VirtualClock(begin)
    host = Host(time, WORKFLOWS, random.Random(seed).randrange)  # noqa: S311 - a seeded drill, not a secret
    host.steady = host.lagging = True
    async with make_world(ground, time, host, Client(host)) as world:
        yield world


@asynccontextmanager
async def on_a_server(ground: Ground, environment: WorkflowEnvironment, begin: datetime) -> AsyncIterator[World]:
    """A world around a real server, with workers as the product makes them: one of the rules, and two versions."""
    time, server = VirtualClock(begin), Server(environment)
    host, client = cast(Host, server), cast(Client, ServerClient(environment.client, server))  # as far as steps go
    async with make_world(ground, time, host, client) as world, AsyncExitStack() as working:
        for build in ("", *BUILDS):
            queues = (TASK_QUEUE,) if build else (RULES_QUEUE,)
            await working.enter_async_context(make_worker(environment.client, world.pool, build=build, queues=queues))
        await until(lambda: _are_current(environment.client))
        yield world


async def _are_current(client: TemporalClient) -> bool:
    """Let new work go to the first version, and half of it to the second, once the workers of both poll."""
    with suppress(RPCError):
        await versions.make_current(client, BUILDS[0])
        await versions.ramp(client, BUILDS[1], 50)
        return True
    return False


async def _told_in(world: World) -> Told:
    told: Told = defaultdict(list)
    rows = await world.pool.fetch(
        "SELECT stream_id, event_type, payload::text AS content FROM ledger.readable ORDER BY stream_id, version"
    )
    for row in rows:
        content = {name: value for name, value in json.loads(row["content"]).items() if name != "signature"}
        written = json.dumps(content, sort_keys=True, ensure_ascii=False)
        told[row["stream_id"]].append(f"{row['event_type']} {_PASSING.sub('*', written)}")
    return told


def _difference(stream: str, served: Told, hosted: Told) -> list[str]:
    """The first event in which a stream differs."""
    one, other = served.get(stream, []), hosted.get(stream, [])
    places = range(max(len(one), len(other)))
    at = next((place for place in places if one[place : place + 1] != other[place : place + 1]), None)
    if at is None:
        return []
    return [f"{stream} {at + 1}: on the server {one[at : at + 1]}, in the process {other[at : at + 1]}"]
