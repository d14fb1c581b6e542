"""A step of whoever stole one login: any event that it may append, to any stream of its kind, at any time."""

from __future__ import annotations

import json
from typing import Any, Final

import asyncpg

from domain.identity import derive
from domain.recorded.writers import MAY_APPEND, Writer
from domain.streams import StreamKind
from tests.simulation.draw import Draw
from tests.simulation.grounds.world import World
from tests.simulation.steps.shared import Idle

FIXED: Final = {
    StreamKind.DIRECTORY: "directory",
    StreamKind.PRIVACY: "privacy",
    StreamKind.TRUTHS: "truths",
    StreamKind.RULE_BOOK: "rule-book",
}
"""The kinds of stream of which there is one."""

_STREAMS: Final = "SELECT DISTINCT stream_id FROM ledger.events WHERE stream_id ~ $1 ORDER BY 1"
_LIKE_IT: Final = "SELECT payload FROM ledger.events WHERE event_type = $1 ORDER BY position"
_APPEND: Final = (
    "SELECT status FROM appending.{}(ARRAY[$1], ARRAY[$2::int], ARRAY[$3::uuid], ARRAY[$4::uuid], ARRAY[$5], "
    "ARRAY[1::smallint], ARRAY[$6::bytea], ARRAY[$7::bytea], ARRAY[1])"
)


async def append_anything(world: World, draw: Draw) -> str:
    """Append an event through a login's own door: one that was copied, altered, or that nobody can read."""
    writer = draw.one(list(Writer))
    kind = draw.one(list(MAY_APPEND[writer]))
    event_type = draw.one(sorted(MAY_APPEND[writer][kind]))
    stream = await _stream(world, draw, kind)
    told = [json.loads(row["payload"]) for row in await world.pool.fetch(_LIKE_IT, event_type)]
    how = draw.one(["garbage", *(["copied", "altered"] if told else [])])
    payload = {"at": "never", "actor": 7} if how == "garbage" else draw.one(told)
    if how == "altered":
        payload = _altered(payload)
    content = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    try:
        status = await append_with_login(world, writer, stream, event_type, content)
    except asyncpg.PostgresError as fault:
        status = f"refused, {fault}"
    return f"with the {writer}'s login: {event_type} ({how}) on {stream}: {status}"


async def append_with_login(world: World, writer: str, stream: str, event_type: str, content: bytes) -> str:
    """Append an event as whoever has a login may, and return how the database took it. Raises PostgresError."""
    async with world.pool.acquire() as connection:
        version = 1 + (await world.office.desk.ledger.versions([stream], connection))[stream]
    command = derive("stolen login", stream, version, len(world.trace))
    places = (stream, version, command, derive("event", command), event_type, content, b'{"actor":"accord"}')
    status = str(await world.pool.fetchval(_APPEND.format(writer), *places))
    world.forged.add(stream)
    world.intruded.add(places[3])
    return status


async def _stream(world: World, draw: Draw, kind: StreamKind) -> str:
    if kind in FIXED:
        return FIXED[kind]
    known = [row["stream_id"] for row in await world.pool.fetch(_STREAMS, kind.value)]
    if not known:
        raise Idle
    return draw.one(known)


def _altered(payload: dict[str, Any]) -> dict[str, Any]:
    """The same with another sum, person or place."""
    changed = {"money": {"amount": "900.00", "currency": "USD"}, "actor": "petra.wolf", "tranche": 1, "attempt": 9}
    return {**payload, **{name: value for name, value in changed.items() if name in payload}}
