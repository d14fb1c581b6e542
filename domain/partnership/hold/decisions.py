"""Decide on holds: those that a rule places beside whatever stands, and those that repeat the lead's."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events
from domain.partnership.hold import commands as c
from domain.partnership.hold.admission import holds_to_lift
from domain.partnership.hold.holds import led_on_hold, on_hold
from domain.partnership.procedure import event_of_command
from domain.partnership.state import Partnership
from domain.proposal import Direction
from domain.values import Moment


def lift(partnership: Partnership, command: c.LiftHold, circumstances: Circumstances) -> Events:
    """Return the lift of holds.

    Raises:
        IllegalTransition: One of them repeats a hold that stands on the leading partnership.
    """
    if (fault := circumstances.held_by_lead) and any(hold.lead for hold in holds_to_lift(partnership, command)):
        raise IllegalTransition(f"{fault}; it falls here once it is lifted there")
    return (event_of_command(command),)


def held_unless_ended(
    partnership: Partnership, at: Moment, reason: str, leg: Direction | None = None
) -> tuple[e.Event, ...]:
    """Return the hold that a rule places, or none if the partnership has ended, since nothing can be paid in it."""
    return () if partnership.ended else hold_by_rule(partnership, at, reason, leg)


def hold_by_rule(
    partnership: Partnership, at: Moment, reason: str, leg: Direction | None = None
) -> tuple[e.Event, ...]:
    """Return the hold that a rule places on a leg, or on all, or none if a hold of a rule gives the reason already."""
    direction = _held_leg(partnership, leg)
    if any(hold.actor == ACCORD and hold.reason == reason and hold.covers(direction) for hold in partnership.holds):
        return ()
    return (e.HoldPlaced(at=at, actor=ACCORD, reason=reason, leg=direction),)


def repeats_a_hold(partnership: Partnership, reason: str) -> bool:
    """True if a payment was withheld for a hold alone: it is lifted there, and the payment released anew."""
    lead = partnership.proposed.under
    return reason.startswith((on_hold(partnership.partnership_id), *((led_on_hold(lead),) if lead is not None else ())))


def told_already(partnership: Partnership, reason: str, leg: Direction | None) -> bool:
    """True if a hold that a rule placed on a leg, or on more, tells a reason already, beside others or not."""
    direction = _held_leg(partnership, leg)
    return any(hold.actor == ACCORD and reason in hold.reason and hold.covers(direction) for hold in partnership.holds)


def held_by_lead(partnership: Partnership, at: Moment, fault: Fault | None) -> tuple[e.Event, ...]:
    """Return the events that repeat the lead's holds on all under its agreement, and their fall once lifted.

    `fault`: the lead's holds in words, or None if none stands.
    """
    if fault and any(hold.reason == str(fault) for hold in partnership.repeated):
        return ()
    hold_numbers = tuple(hold.number for hold in partnership.repeated)
    fell = (e.FreedWithLead(at=at, lead=partnership.repeated[0].lead, holds=hold_numbers),) if hold_numbers else ()
    lead = partnership.proposal.under if partnership.proposal is not None else None
    if fault is None or lead is None or partnership.proposed.funds_out is None:
        return fell
    leg = _held_leg(partnership, Direction.FUNDS_OUT)
    return (*fell, e.HeldWithLead(at=at, reason=str(fault), leg=leg, lead=lead))


def _held_leg(partnership: Partnership, leg: Direction | None) -> Direction | None:
    """Return the leg to hold, or None, which holds all of the partnership, where it has no other leg."""
    alone = partnership.proposal is not None and partnership.proposal.directions == (leg,)
    return None if alone else leg
