"""Checks of an interest against the state."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.partnership.interest.commands import DeclareInterest
from domain.partnership.state import Partnership


def admit_interest(partnership: Partnership, command: DeclareInterest) -> None:
    """Refuse an interest that is declared already."""
    if command.interest in partnership.interests:
        raise IllegalTransition(f"this interest of {command.interest.person} is declared already")
