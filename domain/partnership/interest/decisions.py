"""Decide on acts that take people out of a partnership."""

from __future__ import annotations

from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events
from domain.partnership.hold.decisions import hold_by_rule
from domain.partnership.interest import commands as c
from domain.partnership.interest import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.state import Partnership


def withdraw_decisions(partnership: Partnership, command: c.RecordFallen, _: Circumstances) -> Events:
    """Return the withdrawal of a person's decisions, with a hold if one of them cannot be taken again."""
    if partnership.ended or not command.fell:
        return ()
    fell = e.DecisionsFell(at=command.at, person=command.person, fell=command.fell, reason=command.reason)
    beyond_repeat = (Part.PROPOSED, Part.OTHER, Part.RELEASED)
    if any(part in command.fell and partnership.has_part(command.person, part) for part in beyond_repeat):
        return (fell, *hold_by_rule(partnership, command.at, command.reason))
    return (fell,)
