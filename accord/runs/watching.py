"""Run a check repeatedly beside a worker's tasks. No fault in the check ends the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from temporalio.service import RPCError

from ledger import LedgerUnavailable

Look = Callable[[], Awaitable[object]]

log: Final = structlog.get_logger("accord.watching")


async def watch(name: str, look: Look, every: timedelta) -> None:
    """Call `look` until cancelled, waiting `every` between calls.

    Outages are ignored, and any other fault is logged.
    """
    while True:
        try:
            await look()
        except (LedgerUnavailable, RPCError):
            pass
        except Exception as fault:
            log.error("failed, and looks again", service=name, error=type(fault).__name__)
        await asyncio.sleep(every.total_seconds())
