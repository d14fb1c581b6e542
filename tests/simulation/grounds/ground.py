"""The ground of a simulation by itself: a PostgreSQL server of its own, without the costs of durability."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg

from deploy.embedded.postgres import Postgres
from tests.simulation.grounds.organisation import found
from tests.simulation.grounds.world import Ground

TEMPLATE: Final = "simulation_template"


async def ground_on(server_address: str, folder: Path) -> Ground:
    """Found an organisation on a server, and return the ground that worlds are made of."""
    server = await asyncpg.connect(server_address)
    await server.execute(f"CREATE DATABASE {TEMPLATE}")
    await server.close()
    keyring = await found(server_address.replace("/postgres?", f"/{TEMPLATE}?"), folder)
    return Ground(server_address, TEMPLATE, keyring, folder)


@asynccontextmanager
async def own_ground(folder: Path) -> AsyncIterator[Ground]:
    """Start a server in a folder and found an organisation on it."""
    postgres = Postgres(folder / "postgres")
    await asyncio.to_thread(postgres.start)
    try:
        await postgres.create_database()
        address = postgres.url.replace("/accord?", "/postgres?")
        server = await asyncpg.connect(address)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            await server.execute(f"ALTER SYSTEM SET {setting} = off")
        await server.execute("SELECT pg_reload_conf()")
        await server.close()
        yield await ground_on(address, folder)
    finally:
        await asyncio.to_thread(postgres.stop)
