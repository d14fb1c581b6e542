"""Read the placing and lifting of holds: a lift counts only if its signer may lift, and is not recused."""

from __future__ import annotations

from typing import Final

from accord.audit.walk.walk import Walk
from domain.directory.tiers import Role
from domain.partnership import events as e

MAY_LIFT: Final = frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR})
"""The roles whose holders lift a hold."""


def place(walk: Walk, event: e.HoldPlaced | e.HeldWithLead) -> None:
    """Place a hold beside those that stand."""
    walk.escalated = False
    walk.held.place(event, walk.version)


def place_in_doubt(walk: Walk, event: e.HoldPlaced) -> None:
    """Place a hold all the same: it only stops what would go on."""
    walk.held.place(event, walk.version)


def lift(walk: Walk, event: e.HoldLifted) -> None:
    """Lift the holds that a lift names. If its signer may not, they stand, whatever was recorded."""
    walk.escalated = False
    if event.actor in walk.recused or not _may_lift(walk, event.actor):
        return
    shown_state = event.signature.statement.shown if event.signature is not None else None
    walk.held.lift(event, shown_state.version if shown_state is not None else None)


def fall(walk: Walk, event: e.FreedWithLead) -> None:
    """Take away what repeats the holds of the partnership that leads the agreement."""
    walk.escalated = False
    walk.held.fall(event)


def _may_lift(walk: Walk, actor: str) -> bool:
    on = walk.now.date() if walk.now is not None else None
    return on is None or any(capacity.role in MAY_LIFT for capacity in walk.directory.capacities(actor, on))
