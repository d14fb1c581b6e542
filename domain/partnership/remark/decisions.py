"""Decide to put a refusal on record."""

from __future__ import annotations

from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events
from domain.partnership.remark import commands as c
from domain.partnership.remark import events as e
from domain.partnership.state import Partnership


def refuse(_: Partnership, command: c.Refuse, __: Circumstances) -> Events:
    """Return the event of a command's refusal."""
    common_fields = {"actor": command.actor, "attempted": command.attempted, "reason": command.reason}
    return (e.CommandRefused(at=command.at, **common_fields, matched=command.matched),)
