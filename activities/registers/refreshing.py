"""Refresh a register from its publisher, as an activity of the loader's own worker."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import Refreshed
from activities.signalling import alive
from registers.loading.archive import Archive
from registers.loading.download.request import AGENT
from registers.loading.refreshing import RegisterSource, refresh

REFUSED: Final = "RegisterRefused"
"""The error type if a plausibility check refused the publisher's file, so that a person must examine it."""


class Refreshing:
    """Activities of the loader."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        archive: Path,
        mirror: str = "",
        minimum_rows: int | None = None,
        agent: str = AGENT,
        token: str = "",
    ) -> None:
        """Store the settings. `mirror` replaces the publishers' address, and `minimum_rows` is lower for samples.

        `agent`: the name under which we ask publishers. `token`: what we show to those that want one.
        """
        self._pool = pool
        self._archive = Archive(archive)
        self._mirror = mirror
        self._minimum_rows = minimum_rows
        self._agent = agent
        self._token = token

    @activity.defn
    async def refresh_register(self, register: str) -> Refreshed:
        """Fetch and load a register. Unless the file is refused, the version in force is confirmed as of today.

        Running it twice loads a version once.

        Raises:
            ApplicationError: A plausibility check refused the file. It is not retried: a person must examine the file.
        """
        async with alive(), self._pool.acquire() as connection:
            with tempfile.TemporaryDirectory(prefix="accord-register-") as folder:
                source = RegisterSource(register, Path(folder), self._archive, self._mirror, self._agent, self._token)
                report = await refresh(connection, source, minimum_rows=self._minimum_rows)
        if report is None:
            return Refreshed(register_name=register, loaded=False)
        if report.refused:
            message = f"{report.note}; the version in force stays. See `accord registers status`"
            raise ApplicationError(f"{register}: {message}", type=REFUSED, non_retryable=True)
        return Refreshed(register_name=register, loaded=True)
