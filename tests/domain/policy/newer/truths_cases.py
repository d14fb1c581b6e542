"""Worked cases C120 to C124: what somebody told after the proposal, and a verifier found to be so (rules 4.1)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from domain.screening.truths import KnownTruth, TruthKind
from tests.builders import number, party, status
from tests.domain.policy.cases import APPROVE, DENY, REFER, Case, Facts, all_three, grant
from tests.domain.policy.restating import Restated

SCHOOL = party("Lakeside School", ein="001000002")
PASSED_ON: Final[dict[str, Any]] = {
    "regrant": {"subrecipients": [{"party": SCHOOL, "purpose": "A lab"}], "payee_selects": True, "covenant": True}
}


def told(kind: TruthKind, about: str = "Riverbend Library Network", since: str = "2026-10-30", **leg: Any) -> Facts:
    """A listed charity, of which, or of whom beside it, this is known."""
    known = KnownTruth(truth=number("truth"), kind=kind, since=date.fromisoformat(since), party=about)
    return grant(None, status(), {"truths": (known,)}, **leg)


CASES: Final[tuple[Case, ...]] = (
    Case("C120", "it is known since before the payment that the payee lost its status",
         told(TruthKind.LOST_STATUS), **all_three(DENY)),
    Case("C120", "the same, told of the partnership and of nobody by name",
         told(TruthKind.LOST_STATUS, ""), **all_three(DENY)),
    Case("C120", "the same of a sub-recipient", told(TruthKind.LOST_STATUS, SCHOOL.name, **PASSED_ON),
         **all_three(DENY)),
    Case("C121", "it is known that the payee is a company", told(TruthKind.FOR_PROFIT), **all_three(DENY)),
    Case("C122", "it is known that an insider of the funder controls the payee", told(TruthKind.INSIDER),
         **all_three(REFER)),
    Case("C123", "it is known that the payee acts for a blocked person", told(TruthKind.SANCTIONS),
         **all_three(DENY)),
    Case("C123", "the same of somebody behind it", told(TruthKind.SANCTIONS, "Jane Roe"), **all_three(DENY)),
    Case("C124", "it is known that the money went into another use", told(TruthKind.DIVERSION), **all_three(REFER)),
    Case("C124", "it is known that the chair retired, which no rule judges", told(TruthKind.OTHER),
         **all_three(APPROVE)),
)  # fmt: skip

RESTATED: Final[tuple[Restated, ...]] = ()
