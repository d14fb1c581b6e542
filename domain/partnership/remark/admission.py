"""Checks of a remark against the state: a person who looks after it."""

from __future__ import annotations

from domain.errors import IllegalTransition, SeparationOfDuties
from domain.partnership.state import Partnership


def admit_assignment(partnership: Partnership, person: str | None) -> None:
    """Refuse to assign it to whoever has it already, or to somebody with an interest in it (R32)."""
    what = partnership.partnership_id
    if person == partnership.assigned:
        raise IllegalTransition(f"{person or 'nobody'} looks after {what} already")
    if person in partnership.recused:
        raise SeparationOfDuties(f"{person} has a declared interest in {what} and is recused")
    if person in partnership.in_question:
        raise SeparationOfDuties(f"{person} may be the person whom {what} names; a verifier says whether it is they")
