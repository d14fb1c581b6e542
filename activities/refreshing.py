"""Refresh a register from its publisher, as an activity of the loader's own worker."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import Refreshed
from registers.loading.archive import Archive
from registers.loading.refreshing import RegisterSource, refresh

HEARTBEAT_SECONDS: Final = 10.0

REFUSED: Final = "RegisterRefused"
"""The type of the error if a guard refused the publisher's file, so that a person must look."""


class Refreshing:
    """Activities of the loader."""

    def __init__(self, pool: asyncpg.Pool, archive: Path, mirror: str = "", minimum_rows: int | None = None) -> None:
        """`mirror`: an address used in place of the publishers'; `minimum_rows`: a lower limit, for samples."""
        self._pool = pool
        self._archive = Archive(archive)
        self._mirror = mirror
        self._minimum_rows = minimum_rows

    @activity.defn
    async def refresh_register(self, register: str) -> Refreshed:
        """Fetch and load a register; if its publisher has nothing new, that keeps the version in force from ageing.

        Run twice, it loads once.

        Raises:
            ApplicationError: A guard refused the file: it is not retried before a person has looked.
        """
        async with _alive(), self._pool.acquire() as connection:
            with tempfile.TemporaryDirectory(prefix="accord-register-") as folder:
                source = RegisterSource(register, Path(folder), self._archive, self._mirror)
                report = await refresh(connection, source, minimum_rows=self._minimum_rows)
        if report is None:
            return Refreshed(register_name=register, loaded=False)
        if report.refused:
            told = f"{report.note}; the version in force stays. See `accord registers status`"
            raise ApplicationError(f"{register}: {told}", type=REFUSED, non_retryable=True)
        return Refreshed(register_name=register, loaded=True)


@asynccontextmanager
async def _alive() -> AsyncIterator[None]:
    """Send heartbeats within the context: a large file takes long to load."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(HEARTBEAT_SECONDS)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
