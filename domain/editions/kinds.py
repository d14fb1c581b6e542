"""The kinds of editions, and the roles that ask for an edition of each and that confirm it (ADR 0105)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.directory.roles import Role
from domain.edition_names import EditionNumber as EditionNumber
from domain.edition_names import SeriesName as SeriesName


class EditionKind(StrEnum):
    """A kind of edition."""

    QUESTIONS = "QUESTIONS"
    """What a grantee is asked, in an application or a report."""
    BUDGET = "BUDGET"
    """The categories and limits that a budget is made within."""
    SHEET = "SHEET"
    """The criteria by which applications are scored."""
    LETTER = "LETTER"
    """The text of a letter, and the facts that are set into it."""
    CALL = "CALL"
    """An invitation to apply: whose money, for whom, until when, by which other editions."""


MAY_ASK: Final = frozenset({Role.PROPOSER, Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR})
"""The roles that ask for an edition: those who work with what it makes."""

_PROGRAMME: Final = frozenset({Role.PROGRAMME_APPROVER, Role.DIRECTOR})
_FINANCE: Final = frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR})
_HOUSE: Final = frozenset({Role.DIRECTOR})

MAY_CONFIRM: Final[Mapping[EditionKind, frozenset[Role]]] = MappingProxyType(
    {
        EditionKind.QUESTIONS: _PROGRAMME,
        EditionKind.SHEET: _PROGRAMME,
        EditionKind.BUDGET: _FINANCE,
        EditionKind.LETTER: _HOUSE,
        EditionKind.CALL: _HOUSE,
    }
)
"""The roles that confirm an edition, by its kind. Letters and calls bind the house; budgets limit its money."""

CONFIRMERS: Final = frozenset[Role]().union(*MAY_CONFIRM.values())
"""The roles that confirm an edition of some kind."""


def order_of(edition: str) -> tuple[int, int]:
    """Return the place of an edition's number in the order of all."""
    year, _, number = edition.partition(".")
    return int(year), int(number)
