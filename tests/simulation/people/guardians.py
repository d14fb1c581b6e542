"""Two guardians' acts on events that nobody can read, or that nobody signed: they set them aside, one by one."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

from accord.cli.organisation.setting_aside import judgement
from accord.presentation.faults import Refused
from domain.directory.directory import GUARDIANS
from domain.directory.people import EventSetAside
from tests.simulation.grounds.world import World

_OF_STREAMS = "SELECT position, event_id FROM ledger.events WHERE stream_id = ANY ($1) ORDER BY position"


async def set_aside_what_was_forged(world: World) -> list[str]:
    """Judge the events in the streams that somebody wrote to without right. Return the acts."""
    rows = await world.pool.fetch(_OF_STREAMS, sorted(world.forged))
    said = [await _judged(world, row["position"], row["event_id"]) for row in rows]
    return [one for one in said if one]


async def _judged(world: World, position: int, event_id: UUID) -> str:
    desk = world.office.desk
    try:
        fact: EventSetAside = await judgement(desk, position, ())
    except Refused:
        return ""  # it counts
    directory = await desk.directory()
    if directory.is_set_aside(position, fact.leaf):
        return ""
    guardians = sorted(one.staff_id for one in directory.staff if not GUARDIANS.isdisjoint(one.roles))
    why = "nobody is there"
    for one, other in permutations(guardians, 2):
        try:
            await world.office.decree(fact, by=one, confirmed_by=other)
        except Refused as fault:
            why = str(fault)
            continue
        world.set_aside.add(event_id)
        return f"{one} and {other} set event {position} aside"
    return f"nobody may set event {position} aside: {why}"
