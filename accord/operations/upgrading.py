"""Stop a worker that reads an event of a newer release, and log that it must be upgraded. Newer workers continue."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.errors import UpgradeNeeded

log = structlog.get_logger("accord.worker")


class StopsForAnUpgrade(Interceptor):
    """An interceptor that sets `needed` if an activity reads an event of a newer release. Newer workers retry it."""

    def __init__(self, needed: asyncio.Event) -> None:
        self._needed = needed

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        """Wrap every activity so that UpgradeNeeded sets `needed` and is raised again."""
        return _Watching(next, self._needed)


class _Watching(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, needed: asyncio.Event) -> None:
        super().__init__(following)
        self._needed = needed

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        try:
            return await super().execute_activity(input)
        except UpgradeNeeded as fault:
            log.error("upgrade", reason=str(fault))
            self._needed.set()
            raise
