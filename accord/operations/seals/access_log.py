"""Seal the console's access log once a day, beside a worker's tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import asyncpg

from accord.runs.watching import watch
from ledger import Ledger
from records.access_log import seal

EVERY: Final = timedelta(hours=1)
"""So soon after midnight a day is sealed, at the latest."""


class AccessLogSeals:
    """One worker's repeated sealing of the days that are over. Several may run: they seal the same."""

    def __init__(self, ledger: Ledger, pool: asyncpg.Pool) -> None:
        self._ledger = ledger
        self._pool = pool

    async def forever(self) -> None:
        """Seal the days that are over, every hour. A broken log is told in the worker's log."""
        await watch("access log", self._look, EVERY)

    async def _look(self) -> None:
        await seal(self._ledger, self._pool)
