"""Good answers to the questions of edition 2026.5 on which a worked case is silent.

So an earlier case stays about its own words. A case that is about a missing answer gives the field as None, or empty. A
given answer, in whatever form, is never replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from pydantic import BaseModel

from domain.grants import EquivalencyDetermination
from domain.parties import Party, PrincipalRole
from domain.proposal import Proposal
from tests.builders import BEHIND

Answer = Callable[[Any], Any]
"""From the model that lacks a field to the field's value."""


def _nobody_owns(party: Party) -> bool:
    return not any(one.role is PrincipalRole.OWNER for one in party.principals)


ANSWERS: Final[Mapping[type[BaseModel], Mapping[str, Answer]]] = {
    Party: {"principals": lambda _: BEHIND, "nobody_owns": _nobody_owns},
    EquivalencyDetermination: {
        "practitioner_name": lambda _: "Lena Hartwig",
        "credential": lambda _: "State Bar of Kansas 20417",
        "year_ended_on": lambda given: date(given.data_year or given.issued_on.year - 1, 12, 31),
    },
}
"""By model: the fields that edition 2026.5 asks for, and their good answers."""


def answered(proposal: Proposal) -> Proposal:
    """Return a proposal with the good answer in each field that nobody gave."""
    return Proposal.model_validate(_filled(proposal))


def _filled(value: Any) -> Any:
    """Return a value with every model in it as its own fields, those that nobody gave answered."""
    match value:
        case BaseModel():
            given = {name: _filled(getattr(value, name)) for name in value.model_fields_set}
            missing = {name: answer for name, answer in ANSWERS.get(type(value), {}).items() if name not in given}
            return {**given, **{name: answer(value) for name, answer in missing.items()}}
        case tuple():
            return tuple(map(_filled, value))
        case _:
            return value
