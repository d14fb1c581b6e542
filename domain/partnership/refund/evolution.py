"""Evolve a partnership by its refunds."""

from __future__ import annotations

from domain.partnership.refund import events as e
from domain.partnership.refund.events import RefundEvent
from domain.partnership.refund.refunds import Refund, confirmed_by, without
from domain.partnership.state import ChangedFields, Partnership


def refunds_changed(partnership: Partnership, event: RefundEvent) -> ChangedFields:
    """Return the fields after a refund was recorded, confirmed or taken back."""
    match event:
        case e.RefundRecorded():
            return _recorded(partnership, event)
        case e.RefundConfirmed(bank_reference=reference, detail=detail, actor=actor):
            return {"refunds": confirmed_by(partnership.refunds, reference, detail, actor)}
        case e.RefundWithdrawn(bank_reference=reference, detail=detail):
            return {"refunds": without(partnership.refunds, reference, detail)}


def _recorded(partnership: Partnership, event: e.RefundRecorded) -> ChangedFields:
    """Return the fields after a refund was recorded. It is of payments that have settled by now."""
    refund = Refund(
        direction=event.direction, money=event.money, bank_reference=event.bank_reference, detail=event.detail,
        booked_on=event.booked_on, booked=event.booked, recorded_by=event.actor, paid_then=tuple(partnership.settled),
    )  # fmt: skip
    return {"refunds": (*partnership.refunds, refund)}
