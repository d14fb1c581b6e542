"""Decide to put a refusal on record."""

from __future__ import annotations

from domain.partnership.events import Events
from domain.partnership.remark import commands as c
from domain.partnership.remark import events as e


def refused(command: c.Refuse) -> Events:
    """Return the event of a command's refusal."""
    said = {"actor": command.actor, "attempted": command.attempted, "reason": command.reason}
    return (e.CommandRefused(at=command.at, **said, matched=command.matched),)
