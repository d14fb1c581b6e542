"""Steps of time, operators and misfortune: days pass, workers die, workflows are ended or reset, stores put back."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from accord.runs.refreshing_runs import SIGNAL
from tests.simulation.draw import Draw
from tests.simulation.grounds import lists
from tests.simulation.grounds.world import World
from tests.simulation.people.restoring import follow_the_runbook, record_again
from tests.simulation.steps import people
from tests.simulation.steps.shared import Idle, some_workflow


async def pass_time(world: World, draw: Draw) -> str:
    """Hours or days pass."""
    wait = draw.weighted({timedelta(hours=3): 4, timedelta(days=1): 3, timedelta(days=6): 2, timedelta(days=25): 1})
    await world.pass_to(world.clock.at + wait)
    if draw.number(1, 6) == 1:
        return f"{wait} pass, and nobody refreshes the registers"
    await lists.refresh(world)
    return f"{wait} pass"


async def workers_look(world: World, draw: Draw) -> str:
    """Workers look for workflows that are behind the ledger."""
    del draw
    behind = await world.reconciliation.once(minimum_age=timedelta(0))
    return f"workers look: {', '.join(behind) or 'nobody is behind'}"


async def lose_a_task(world: World, draw: Draw) -> str:
    """The worker will die in the middle of what is done next."""
    world.host.lose_after = draw.number(1, 4)
    return f"the worker will die after {world.host.lose_after} local activities"


async def restart_workers(world: World, draw: Draw) -> str:
    """Workers are started anew: everything is replayed."""
    del draw
    await world.host.forget()
    return "workers are started anew"


async def stop_workflow(world: World, draw: Draw) -> str:
    """An operator terminates or cancels a workflow."""
    workflow_id = some_workflow(world, draw)
    handle = world.client.get_workflow_handle(workflow_id)
    if draw.number(1, 4) == 1:
        await handle.cancel()
        return f"an operator cancels {workflow_id}"
    await handle.terminate()
    return f"an operator terminates {workflow_id}"


async def forget(world: World, draw: Draw) -> str:
    """People decide, a deploy ends, and the database is put back to before: what it forgot is recorded again."""
    await world.keep_database()
    acts = (people.go_on, people.comment, people.hold, people.lift, people.propose, people.go_on)
    said = []
    for act in [draw.one(acts) for _ in range(draw.number(1, 5))]:
        with suppress(Idle):
            said.append(await act(world, draw))
    if draw.number(1, 3) > 1:
        said.append(await refresh(world, draw))
    await world.put_database_back(len(world.databases) - 1)
    again = await record_again(world) if draw.number(1, 5) > 1 else []
    return "; ".join([*said, "the database is put back to before", *again, *await follow_the_runbook(world)])


async def refresh(world: World, draw: Draw) -> str:
    """A deploy ends: every open run begins anew on it."""
    del draw
    for workflow_id in sorted({run.workflow_id for run in world.host.runs.values() if run.open}):
        if workflow_id.startswith("partnership/"):
            await world.client.get_workflow_handle(workflow_id).signal(SIGNAL)
    return "every run begins anew"


async def pause(world: World, draw: Draw) -> str:
    """An operator pauses a workflow."""
    workflow_id = some_workflow(world, draw)
    world.host.pause(workflow_id)
    return f"an operator pauses {workflow_id}"


async def unpause(world: World, draw: Draw) -> str:
    """An operator lets a workflow go on."""
    if not world.host.paused:
        raise Idle
    workflow_id = draw.one(sorted(world.host.paused))
    world.host.unpause(workflow_id)
    await world.host.settle()
    return f"an operator lets {workflow_id} go on"


async def reset_workflow(world: World, draw: Draw) -> str:
    """An operator puts a workflow back to an earlier task."""
    workflow_id = some_workflow(world, draw, also_closed=True)
    run = world.host.newest(workflow_id)
    if run is None or not run.tasks:
        raise Idle
    tasks = draw.number(0, len(run.tasks) - 1)
    await world.host.reset(workflow_id, tasks, say_again=draw.number(1, 3) > 1)
    await world.host.settle()
    return f"an operator resets {workflow_id} to after {tasks} of {len(run.tasks)} tasks"


async def keep(world: World, draw: Draw) -> str:
    """A copy of a store is made."""
    if draw.number(1, 2) == 1 and len(world.databases) < 2:
        await world.keep_database()
        return f"database copied ({len(world.databases)})"
    world.servers.append(world.host.copy())
    return f"workflows copied ({len(world.servers)})"


async def put_back(world: World, draw: Draw) -> str:
    """The database, the workflows, or both are put back to a copy."""
    told = []
    what = draw.weighted({"database": 2, "workflows": 2, "both": 1})
    if what != "workflows" and world.databases:
        place = draw.number(0, len(world.databases) - 1)
        await world.put_database_back(place)
        again = await record_again(world) if what == "database" and draw.number(1, 3) > 1 else []
        told.append("; ".join([f"the database ({place + 1})", *again, *await follow_the_runbook(world)]))
    if what != "database" and world.servers:
        place = draw.number(0, len(world.servers) - 1)
        await world.put_workflows_back(place)
        told.append(f"the workflows ({place + 1})")
    if not told:
        raise Idle
    return f"put back: {' and '.join(told)}"
