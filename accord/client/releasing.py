"""The outcome of a release: its payment was instructed, or withheld by the check before it."""

from __future__ import annotations

import asyncio
from typing import Final, cast

from accord.client.reading import LedgerAccess
from domain.payment.tranche.events import TrancheEvent
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.streams import StreamId
from workflows.messages import Receipt

PATIENCE: Final = 3.0
"""Seconds to wait for the check before a payment, which looks at registers and holds once more."""


async def outcome_of_release(desk: LedgerAccess, receipt: Receipt, tranche: int) -> Tranche | None:
    """Return the attempt to pay that a release began, once it is past its check, or None if that takes longer."""
    partnership = await desk.known_partnership(receipt.partnership_id)
    attempt = next((progress.attempt for progress in partnership.tranches if progress.number == tranche), 0)
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < deadline:
        history = await desk.reader.read(StreamId.attempt(receipt.partnership_id, tranche, attempt))
        payment = fold_tranche(tuple(cast(TrancheEvent, recorded_event.event) for recorded_event in history))
        if payment is not None and payment.status is not TrancheStatus.RELEASED:
            return payment
        await asyncio.sleep(0.05)
    return None
