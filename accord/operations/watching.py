"""Look again and again beside a worker's tasks. Nothing that it meets may end that."""

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
    """Look, rest, and look again, until cancelled. An outage is waited out; any other fault is told as well."""
    while True:
        try:
            await look()
        except (LedgerUnavailable, RPCError):
            pass
        except Exception as fault:
            log.error("failed, and looks again", looking=name, fault=f"{type(fault).__name__}: {fault}")
        await asyncio.sleep(every.total_seconds())
