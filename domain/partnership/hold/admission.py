"""Checks of a hold against the state: a new one, and the lift of one that stands."""

from __future__ import annotations

from typing import assert_never

from domain.errors import IllegalTransition
from domain.partnership.ending.admission import require_open_leg
from domain.partnership.hold import commands as c
from domain.partnership.hold.holds import Hold, Holds, numbered
from domain.partnership.state import Partnership


def admit_hold(partnership: Partnership, command: c.HoldRequest) -> None:
    """Raise a DomainError if the state does not allow a hold, or its lift."""
    match command:
        case c.PlaceHold():
            _admit_new_hold(partnership, command)
        case c.LiftHold():
            _admit_lift(partnership, command)
        case _:
            assert_never(command)


def _admit_new_hold(partnership: Partnership, command: c.PlaceHold) -> None:
    """Refuse the very hold that stands, and one on a leg that does not exist. Any other is placed beside."""
    partnership_id = partnership.partnership_id
    hold = Hold(actor=command.actor, reason=command.reason, leg=command.leg, whole_agreement=command.whole_agreement)
    if duplicate := next((standing_hold for standing_hold in partnership.holds if standing_hold.says_as(hold)), None):
        raise IllegalTransition(
            f"this very hold of {partnership_id} stands already: hold {duplicate.number} {duplicate.told}"
        )
    if command.leg is not None:
        require_open_leg(partnership, command.leg)
    lead = partnership.proposed.under
    if command.whole_agreement and command.leg is not None:
        raise IllegalTransition("hold one leg (--leg), or everything under the agreement (--agreement), and not both")
    if command.whole_agreement and lead is not None:
        raise IllegalTransition(f"{partnership_id} stands under the agreement of {lead}; hold that one")


def _admit_lift(partnership: Partnership, command: c.LiftHold) -> None:
    """Refuse a lift that does not say which of several holds it is about, and one before what must be mended."""
    holds_to_lift(partnership, command)
    if open_still := len(partnership.contradictions):
        raise IllegalTransition(
            f"{open_still} of the bank's answers must be resolved first: `accord payments exceptions`"
        )
    if partnership.listed:
        raise IllegalTransition(
            f"{partnership.listed} (as of the newest look): no hold is lifted over that; amend it so that they have no "
            f"part in it (`accord amend {partnership.partnership_id}`), or end it "
            f"(`accord terminate {partnership.partnership_id}`)"
        )
    if companies := partnership.for_profit_subrecipients:
        company_names = ", ".join(companies)
        raise IllegalTransition(f"{company_names} must be replaced or repaid first: `accord report-subrecipients`")
    if diversion := partnership.responsibility.diverted:
        raise IllegalTransition(f"money was diverted ({diversion}); record the assurances first: `accord assure`")


def holds_to_lift(partnership: Partnership, command: c.LiftHold) -> Holds:
    """Return the holds that a command lifts.

    Raises:
        IllegalTransition: None stands, it names one that does not, or it does not say which of several.
    """
    standing, partnership_id = partnership.holds, partnership.partnership_id
    if not standing:
        raise IllegalTransition(f"{partnership_id} is not on hold")
    options = "; ".join(f"--hold {hold.number} ({hold.told})" for hold in standing)
    if not command.holds and len(standing) > 1:
        raise IllegalTransition(f"{len(standing)} holds stand on {partnership_id}; say which is lifted: {options}")
    hold_numbers = {hold.number for hold in standing}
    # A run that release 0.2.0 handed on knows no numbers: what the ledger holds decides.
    unknown = [number for number in command.holds if number not in hold_numbers and 0 not in hold_numbers]
    if unknown:
        raise IllegalTransition(f"no hold {unknown[0]} stands on {partnership_id}; what stands: {numbered(standing)}")
    return tuple(hold for hold in standing if hold.number in command.holds) or standing
