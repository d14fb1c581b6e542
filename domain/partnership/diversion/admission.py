"""Checks of a diversion against the state: its report, and its answer."""

from __future__ import annotations

from typing import assert_never

from domain.errors import IllegalTransition
from domain.partnership.diversion import commands as c
from domain.partnership.state import Partnership


def admit_diversion(partnership: Partnership, command: c.DiversionRequest) -> None:
    """Raise a DomainError if the state does not allow a report of a diversion, or an answer to it."""
    match command:
        case c.ReportDiversion():
            _admit_report(partnership)
        case c.RecordAssurance():
            _admit_assurance(partnership)
        case _:
            assert_never(command)


def _admit_report(partnership: Partnership) -> None:
    """Refuse a diversion where nothing was paid that could be diverted."""
    if partnership.ended and not partnership.has_paid:
        raise IllegalTransition(
            f"cannot report diversion: nothing was paid in {partnership.partnership_id}, so nothing was diverted"
        )


def _admit_assurance(partnership: Partnership) -> None:
    """Refuse assurances where none are wanted."""
    if not (partnership.responsibility.diverted or partnership.responsibility.diversions.outstanding):
        raise IllegalTransition("no diversion is on record that assurances could answer")
