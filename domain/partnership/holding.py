"""Place a hold by a rule, also where the partnership is on hold already."""

from __future__ import annotations

from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.state import Partnership
from domain.proposal import Direction
from domain.values import Moment


def held_unless_ended(
    partnership: Partnership, at: Moment, reason: str, leg: Direction | None = None
) -> tuple[e.Event, ...]:
    """Return the hold that a rule places; nothing if the partnership has ended, since nothing can be paid in it."""
    return () if partnership.ended else hold_by_rule(partnership, at, reason, leg)


def hold_by_rule(
    partnership: Partnership, at: Moment, reason: str, leg: Direction | None = None
) -> tuple[e.Event, ...]:
    """Return the hold that a rule places on a leg, or on all; none if the hold in force already gives the reason.

    A hold in force is placed again with the reason added, so that whoever lifts it sees every reason.
    """
    standing, alone = partnership.hold, partnership.proposal is not None and partnership.proposal.directions == (leg,)
    held = None if alone else leg
    if standing is None:
        return (e.HoldPlaced(at=at, actor=ACCORD, reason=reason, leg=held),)
    if reason in standing.reason and standing.covers(held):
        return ()
    reasons = standing.reason if reason in standing.reason else f"{standing.reason}; {reason}"
    return (e.HoldPlaced(at=at, actor=ACCORD, reason=reasons, leg=held),)
