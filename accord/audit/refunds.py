"""Refunds as the audit folds them: recorded by one, confirmed by another, or taken back before anybody confirmed."""

from __future__ import annotations

from typing import Any

from domain.partnership import events as e
from domain.partnership.refunds import Place, Refund, confirmed_by, without

REFUNDS = (e.RefundRecorded, e.RefundConfirmed, e.RefundWithdrawn)
"""The events of refunds."""


def refunds_after(refunds: tuple[Refund, ...], event: Any, released: tuple[Place, ...] = ()) -> tuple[Refund, ...]:
    """Return the refunds after an event; of any other kind, as they were.

    `released`: the attempts to pay that were released before it, whose money it can be of.
    """
    match event:
        case e.RefundRecorded():
            refund = Refund(
                direction=event.direction, money=event.money, bank_reference=event.bank_reference,
                detail=event.detail, recorded_by=event.actor, paid_then=released,
            )  # fmt: skip
            return (*refunds, refund)
        case e.RefundConfirmed():
            return confirmed_by(refunds, event.bank_reference, event.detail, event.actor)
        case e.RefundWithdrawn():
            return without(refunds, event.bank_reference, event.detail)
        case _:
            return refunds
