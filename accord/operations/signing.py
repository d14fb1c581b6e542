"""When the process that signs checkpoints signs next: at its interval, and at once when a payment file left."""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg

from domain.payment.payment_file import PaymentFileHandedOver, PaymentFileWrittenAgain
from domain.unions import event_types

LOOK_AGAIN: Final = 0.5

_LEFT: Final = "SELECT EXISTS (SELECT FROM ledger.events WHERE position > $1 AND event_type = ANY ($2))"
LEFT: Final = event_types(PaymentFileHandedOver | PaymentFileWrittenAgain)
"""The events after which whoever hands over waits for a checkpoint."""


async def until_due(pool: asyncpg.Pool, signed_size: int, every: float) -> None:
    """Wait until `every` seconds have passed, or until a payment file left since the first `signed_size` events."""
    try:
        async with asyncio.timeout(every):
            while not await left_since(pool, signed_size):
                await asyncio.sleep(LOOK_AGAIN)
    except TimeoutError:
        return


async def left_since(pool: asyncpg.Pool, signed_size: int) -> bool:
    """True if a payment file left since the first `signed_size` events."""
    return bool(await pool.fetchval(_LEFT, signed_size, list(LEFT)))
