"""Evolve a partnership by its holds."""

from __future__ import annotations

from typing import Any

from domain.identity import ACCORD
from domain.partnership.hold import events as e
from domain.partnership.hold.events import HoldEvent
from domain.partnership.hold.holds import Hold, own_reason, without
from domain.partnership.state import ChangedFields, Partnership


def holds_changed(partnership: Partnership, event: HoldEvent) -> ChangedFields:
    """Return the fields after a hold was placed, or fell."""
    match event:
        case e.HoldPlaced():
            reason = own_reason(partnership.holds, event.actor, event.reason)
            return _held(partnership, event, actor=event.actor, reason=reason, whole_agreement=event.whole_agreement)
        case e.HeldWithLead(reason=reason, lead=lead):
            return _held(partnership, event, actor=ACCORD, reason=reason, lead=lead)
        case e.HoldLifted(holds=numbers):
            return {"holds": without(partnership.holds, numbers)}
        case e.FreedWithLead(holds=numbers):
            return {"holds": tuple(hold for hold in partnership.holds if not (hold.lead and hold.number in numbers))}


def _held(partnership: Partnership, event: e.HoldPlaced | e.HeldWithLead, **fields: Any) -> ChangedFields:
    """Return the fields after a hold was placed beside those that stand."""
    hold = Hold(number=partnership.version + 1, at=event.at, leg=event.leg, **fields)
    return {"holds": (*partnership.holds, hold), "deadline": None}
