"""Read the end of a partnership, as a whole or one leg of it: after that nothing more is paid on it."""

from __future__ import annotations

from accord.audit.walk.proposals import begin_with, moved_on
from accord.audit.walk.walk import Walk
from domain.partnership import events as e


def break_off(walk: Walk, _event: e.PartnershipDeclined | e.PartnershipWithdrawn | e.PartnershipTerminated) -> None:
    """End it for good, otherwise than by being fulfilled."""
    walk.ended, walk.broken_off = True, True


def close(walk: Walk, _event: e.PartnershipClosed) -> None:
    """End it as fulfilled."""
    walk.ended = True


def reopen(walk: Walk, event: e.PartnershipReopened) -> None:
    """Let a closed partnership go on: each payment proves for itself that the one before came back."""
    if event.actor not in walk.recused:
        walk.ended = walk.broken_off


def end_leg(walk: Walk, event: e.LegEnded) -> None:
    """Go on without a leg: before the agreement the rest begins anew, and no approval stands.

    Where the leg cannot be taken away, the system said what it may not say, and the leg is only over.
    """
    leg = event.leg
    if walk.proposal is None or walk.funding is None or leg not in walk.proposal.directions:
        return
    if leg in walk.ended_legs:
        return
    apart = len(walk.proposal.directions) > 1 and not walk.proposal.needs(leg) and not moved_on(walk, leg)
    if event.anew and apart:
        begin_with(walk, walk.proposal.without(leg), walk.funding)
    else:
        walk.ended_legs.add(leg)
