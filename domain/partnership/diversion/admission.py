"""Checks of a diversion against the state: its report, and its answer."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.partnership.state import Partnership


def admit_diversion(partnership: Partnership) -> None:
    """Refuse a diversion where nothing was paid that could be diverted."""
    if partnership.ended and not partnership.has_paid:
        raise IllegalTransition(
            f"cannot report diversion: nothing was paid in {partnership.partnership_id}, so nothing was diverted"
        )


def admit_assurance(partnership: Partnership) -> None:
    """Refuse assurances where none are wanted."""
    if not (partnership.responsibility.diverted or partnership.responsibility.diversions.outstanding):
        raise IllegalTransition("no diversion is on record that assurances could answer")
