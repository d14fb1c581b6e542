"""Checks of a remark against the state: a person who looks after it."""

from __future__ import annotations

from typing import assert_never

from domain.errors import IllegalTransition, SeparationOfDuties
from domain.partnership.remark import commands as c
from domain.partnership.state import Partnership


def admit_remark(partnership: Partnership, command: c.RemarkRequest) -> None:
    """Raise a DomainError if the state does not allow a remark."""
    match command:
        case c.Assign():
            _admit_assignment(partnership, command.to)
        case c.Comment():
            pass  # whatever the state
        case _:
            assert_never(command)


def _admit_assignment(partnership: Partnership, person: str | None) -> None:
    """Refuse to assign it to whoever has it already, or to somebody with an interest in it (R32)."""
    partnership_id = partnership.partnership_id
    if person == partnership.assigned:
        raise IllegalTransition(f"{person or 'nobody'} looks after {partnership_id} already")
    if person in partnership.recused:
        raise SeparationOfDuties(f"{person} has a declared interest in {partnership_id} and is recused")
    if person in partnership.in_question:
        raise SeparationOfDuties(
            f"{person} may be the person whom {partnership_id} names; a verifier says whether it is they"
        )
