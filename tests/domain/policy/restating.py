"""A case up to C119 that edition 2026.5 decides otherwise: its row, the answers that are right now, and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.policy.findings import Outcome
from tests.domain.policy.cases import Case


class Restated(NamedTuple):
    """The row of a case, named by its number and words, with its answers under P, F and X from edition 2026.5 on."""

    number: str
    words: str
    """The words of the row, whole."""
    p: frozenset[Outcome]
    f: frozenset[Outcome]
    x: frozenset[Outcome]
    why: str
    """The rule of section 4 that changes it."""
    conditions: Mapping[str, set[str]] = MappingProxyType({})
    """Conditions that must be set, by profile."""

    def of(self, case: Case) -> Case:
        """Return the row with its answers from edition 2026.5 on."""
        return case._replace(p=self.p, f=self.f, x=self.x, conditions=self.conditions)
