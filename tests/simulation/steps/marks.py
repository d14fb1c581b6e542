"""A step of whoever has the worker's login: they write that somebody was erased, so that nobody compares words."""

from __future__ import annotations

import json
from typing import Any

import asyncpg

from activities.evidence import verify
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.state import Partnership
from domain.payment.payment_file import FileStatus
from domain.streams import StreamId
from tests.simulation import forging
from tests.simulation.draw import Draw
from tests.simulation.grounds.world import World
from tests.simulation.steps.logins import append_with_login
from tests.simulation.steps.money import hand_over
from tests.simulation.steps.people import in_our_hands, payable, releasable
from tests.simulation.steps.second_thoughts import listed
from tests.simulation.steps.shared import PAYERS, Idle, decided, stand_still

MARK = "\u27e6erased\u27e7"
"""What stands in place of the name of somebody whose key was destroyed."""


async def mark_as_erased(world: World, draw: Draw) -> str:
    """A payment waits, the mark is written into its partnership, and its payee may not be paid any more."""
    known = await payable(world, draw)
    said = []
    if not in_our_hands(known):
        tranche = draw.one(releasable(known))
        said.append(await decided(world, known.partnership_id, c.Release, draw.one(PAYERS), tranche=tranche))
    await stand_still(world, known.partnership_id)  # nobody looks at the registers but the check
    said.append(await listed(world, draw, known))
    said.append(await _mark(world, draw, StreamId.partnership(known.partnership_id)))
    said.append(await _look(world, known))
    await world.office.export("paul.nkosi")
    for file in await world.office.files(FileStatus.MADE):
        said.append(await hand_over(world, draw, file.message_id))
    return "; ".join(said)


async def _look(world: World, known: Partnership) -> str:
    """Append a look at the registers as they are, of which the rules are said to think nothing."""
    if known.assessment is None:
        raise Idle
    async with world.pool.acquire() as connection:
        true = await verify(connection, world.office.desk.reader, known.proposed)
    event = e.RegistersRechecked(at=world.clock.at, verification=true, assessment=known.assessment)
    return await forging.append(world, StreamId.partnership(known.partnership_id), ACCORD, event)


async def _mark(world: World, draw: Draw, stream: StreamId) -> str:
    payload: dict[str, Any] = {
        "at": world.clock.at.isoformat(), "actor": "accord", "attempted": "Comment", "reason": MARK,
    }  # fmt: skip
    content = json.dumps(payload, ensure_ascii=draw.number(1, 2) == 1).encode()
    try:
        status = await append_with_login(world, "worker", stream, "CommandRefused", content)
    except asyncpg.PostgresError as fault:
        return f"with the worker's login a mark on {stream}: refused, {fault}"
    return f"with the worker's login a mark on {stream}: {status}"
