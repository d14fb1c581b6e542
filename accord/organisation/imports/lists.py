"""The sanctions lists with which the names of a table cannot be compared, since no version of them was loaded."""

from __future__ import annotations

from accord.client.desk import Desk
from registers.history import versions_in_force
from registers.sources.catalogue import LISTS


async def lists_not_loaded(desk: Desk) -> tuple[str, ...]:
    """Return the names of the sanctions lists of which no version is in force."""
    async with desk.pool.acquire() as connection:
        versions = await versions_in_force(connection, LISTS)
    loaded = {version.register_name for version in versions}
    return tuple(name for name in LISTS if name not in loaded)
