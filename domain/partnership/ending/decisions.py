"""Decide the end of a leg: by a person, and by the rules."""

from __future__ import annotations

from collections.abc import Iterable

from domain.identity import ACCORD
from domain.partnership.circumstances import Circumstances
from domain.partnership.ending import commands as c
from domain.partnership.ending import events as e
from domain.partnership.events import Events
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.proposal import Direction
from domain.values import Moment


def end_leg(partnership: Partnership, command: c.EndLeg, _: Circumstances) -> Events:
    """Return the end of a leg: before the agreement the rest begins anew without it."""
    anew = partnership.stage is not Stage.ACTIVE
    common_fields = {"at": command.at, "actor": command.actor, "signature": command.signature}
    return (e.LegEnded(**common_fields, leg=command.leg, reason=command.reason, anew=anew),)


def legs_ended(legs: Iterable[Direction], at: Moment, reason: str) -> Events:
    """Return the end of legs that the rules refuse. The others go on, each leg with a life of its own (R1)."""
    return tuple(e.LegEnded(at=at, actor=ACCORD, leg=leg, reason=reason, anew=True) for leg in legs)
