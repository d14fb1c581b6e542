"""Evolve a partnership by diversions, and by what answers them."""

from __future__ import annotations

from domain.partnership.acts import day_of
from domain.partnership.diversion import events as e
from domain.partnership.diversion.events import DiversionEvent
from domain.partnership.state import ChangedFields, Partnership


def diversion_changed(partnership: Partnership, event: DiversionEvent) -> ChangedFields:
    """Return the fields after a diversion was reported, or answered."""
    match event:
        case e.DiversionReported(what=purpose):
            responsibility = partnership.responsibility.with_diversion(purpose, day_of(event), event.money)
            return {"responsibility": responsibility, "diverted_on": day_of(event)}
        case e.AssuranceRecorded():
            return {"responsibility": partnership.responsibility.with_assurance(event.answer)}
