"""Evolve a partnership by its ends."""

from __future__ import annotations

from domain.partnership.ending import events as e
from domain.partnership.ending.events import EndingEvent
from domain.partnership.proposal.evolution import from_the_beginning
from domain.partnership.stages import Stage
from domain.partnership.state import ChangedFields, Partnership
from domain.proposal import Direction


def ending_changed(partnership: Partnership, event: EndingEvent) -> ChangedFields:
    """Return the fields after the partnership or a leg of it ended, or it was opened again."""
    match event:
        case e.LegEnded(leg=leg, anew=anew):
            return _leg_ended(partnership, leg, anew)
        case e.PartnershipDeclined(reason=reason):
            return {"stage": Stage.DECLINED, "why": reason, "deadline": None}
        case e.PartnershipWithdrawn(reason=reason):
            return {"stage": Stage.WITHDRAWN, "why": reason, "deadline": None}
        case e.PartnershipTerminated(reason=reason):
            return {"stage": Stage.TERMINATED, "why": reason, "deadline": None}
        case e.PartnershipReopened():
            return {"stage": Stage.ACTIVE, "why": "", "deadline": None, "ended_on": None}
        case e.PartnershipClosed():
            return {"stage": Stage.CLOSED, "why": "everything agreed was done", "deadline": None}


def _leg_ended(partnership: Partnership, leg: Direction, anew: bool) -> ChangedFields:
    """Return the fields after a leg ended. One that cannot be taken away, whatever an event says, is only marked."""
    proposal = partnership.proposal
    if proposal is None or leg not in proposal.directions or leg in partnership.ended_legs:
        return {}
    if anew and len(proposal.directions) > 1 and not proposal.needs(leg) and not partnership.moved_on(leg):
        return from_the_beginning(partnership, proposal.without(leg))
    without_payment = leg is Direction.FUNDS_OUT and not partnership.has_paid
    reporting = partnership.reporting.model_copy(update={"planned": ()}) if without_payment else partnership.reporting
    return {"ended_legs": (*partnership.ended_legs, leg), "reporting": reporting}
