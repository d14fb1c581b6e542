"""Forgotten streams of a read model: those that are folded from their beginning, and until then by nobody else.

An erased person's are forgotten with their documents (`projection.forget`); all are where a read model is built or
rebuilt. A projector of any release folds them anew, so that whoever is cut off is followed by whoever comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from asyncpg.pool import PoolConnectionProxy

_NOTE: Final = "INSERT INTO projection.forgotten SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING"
_FORGET_SHOWN: Final = """
INSERT INTO projection.forgotten SELECT name, generation, stream_id FROM projection.documents
 WHERE name = $1 AND generation = $2 ON CONFLICT DO NOTHING
"""
_START_AGAIN: Final = """
INSERT INTO projection.checkpoints (name, generation, rebuilding) VALUES ($1, $2, true)
ON CONFLICT (name, generation) DO UPDATE SET position = 0, leaf = NULL, rebuilding = true
"""
_REBUILDS: Final = """
SELECT c.rebuilding
   AND EXISTS (SELECT FROM projection.forgotten f WHERE f.name = c.name AND f.generation = c.generation)
  FROM projection.checkpoints c WHERE c.name = $1 AND c.generation = $2
"""
_TAKE_FORGOTTEN: Final = """
DELETE FROM projection.forgotten WHERE name = $1 AND generation = $2 AND stream_id = ANY (ARRAY(
    SELECT stream_id FROM projection.forgotten WHERE name = $1 AND generation = $2
     ORDER BY stream_id LIMIT $3 FOR UPDATE SKIP LOCKED))
RETURNING stream_id
"""
_SET_ASIDE: Final = """
SELECT stream_id FROM projection.quarantine WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)
 UNION SELECT stream_id FROM projection.forgotten WHERE name = $1 AND generation = $2 AND stream_id = ANY ($3)
"""

Key = tuple[str, int]
"""A projection's name and generation."""


async def note(connection: PoolConnectionProxy, key: Key, streams: Sequence[str]) -> None:
    """Note streams as forgotten."""
    await connection.execute(_NOTE, *key, streams)


async def begin_rebuilding(connection: PoolConnectionProxy, key: Key) -> bool:
    """Note every stream that is shown as forgotten, and return True, or False if that was done and goes on."""
    if await connection.fetchval(_REBUILDS, *key):
        return False
    await connection.execute(_FORGET_SHOWN, *key)
    await connection.execute(_START_AGAIN, *key)
    return True


async def take(connection: PoolConnectionProxy, key: Key, most: int) -> list[str]:
    """Return some forgotten streams, which are forgotten no more if this transaction succeeds."""
    return [row[0] for row in await connection.fetch(_TAKE_FORGOTTEN, *key, most)]


async def set_aside(connection: PoolConnectionProxy, key: Key, streams: Sequence[str]) -> list[str]:
    """Return those of some streams that are quarantined, or that will be folded from their beginning."""
    return [row[0] for row in await connection.fetch(_SET_ASIDE, *key, streams)]
