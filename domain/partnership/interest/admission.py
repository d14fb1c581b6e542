"""Checks of an interest against the state."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.grants import Interest
from domain.partnership.state import Partnership


def admit_interest(partnership: Partnership, interest: Interest) -> None:
    """Refuse an interest that is declared already."""
    if interest in partnership.interests:
        raise IllegalTransition(f"this interest of {interest.person} is declared already")
