"""Seal submissions of grantees, each minute, beside a worker's tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import asyncpg

from accord.client.door.inbox import JUDGING
from accord.runs.watching import watch
from ledger import Ledger
from records.submissions.seals import seal_submissions

EVERY: Final = timedelta(minutes=1)
_SETTLE: Final = "SELECT grantee.settle($1)"


class SubmissionSeals:
    """One worker's repeated sealing of what was handed in, and a note of what was judged. Several may run."""

    def __init__(self, ledger: Ledger, pool: asyncpg.Pool) -> None:
        self._ledger = ledger
        self._pool = pool

    async def forever(self) -> None:
        """Seal new submissions, and note what was judged, every minute."""
        await watch("submissions", self._look, EVERY)

    async def _look(self) -> None:
        await seal_submissions(self._ledger, self._pool)
        await self._pool.execute(_SETTLE, JUDGING)
