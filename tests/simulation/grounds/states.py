"""The partnerships of a world, as the product folds them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from accord.presentation.faults import Refused
from domain.partnership.state import Partnership
from domain.streams import StreamId

if TYPE_CHECKING:
    from tests.simulation.grounds.world import World


async def states(world: World) -> list[Partnership]:
    """Return every partnership that people can read, read again only where its stream moved."""
    streams = [StreamId.partnership(one) for one in world.partnerships]
    async with world.pool.acquire() as connection:
        heads = await world.office.desk.ledger.versions(streams, connection)
    for partnership_id, stream in zip(world.partnerships, streams, strict=True):
        known = world.read.get(partnership_id)
        if heads[stream] and (known is None or known.version != heads[stream]):
            world.read.pop(partnership_id, None)
            with suppress(Refused):  # an event in it cannot be read, or nothing in it counts
                world.read[partnership_id] = await world.office.desk.known_partnership(partnership_id)
    return [
        world.read[one]
        for one, stream in zip(world.partnerships, streams, strict=True)
        if heads[stream] and one in world.read
    ]
