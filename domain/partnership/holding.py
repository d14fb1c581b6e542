"""Stop a partnership by a rule, whether or not something else has stopped it already."""

from __future__ import annotations

from domain.partnership import events as e
from domain.partnership.state import Partnership
from domain.values import Moment


def held(partnership: Partnership, at: Moment, reason: str) -> tuple[e.Event, ...]:
    """Return the hold that a rule places.

    Where one stands already, it is placed again with this reason beside its own: whoever lifts it answers to all of
    them, and had all of them before them.
    """
    standing = partnership.hold
    if standing is None:
        return (e.HoldPlaced(at=at, actor=e.ACCORD, reason=reason),)
    if reason in standing.reason:
        return ()
    return (e.HoldPlaced(at=at, actor=e.ACCORD, reason=f"{standing.reason}; {reason}"),)
