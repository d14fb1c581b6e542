"""Evolve a partnership by what decides nothing."""

from __future__ import annotations

from domain.partnership.remark import events as e
from domain.partnership.remark.events import RemarkEvent
from domain.partnership.state import ChangedFields, Partnership


def remarks_changed(partnership: Partnership, event: RemarkEvent) -> ChangedFields:
    """Return the fields after a remark."""
    match event:
        case e.CommentMade():
            return {}
        case e.PartnershipAssigned(to=person):
            return {"assigned": person}
        case e.CommandRefused(matched=has_match):
            return {"matched": partnership.matched or has_match}
