"""Worked cases C150 to C159: who is behind a payee, and who takes its place (rules 4.3, 4.4)."""

from __future__ import annotations

from typing import Any, Final

from tests.builders import abroad, document, match, paper, party, principal, screening, status
from tests.domain.policy.cases import (
    APPROVE,
    CENTRAL,
    DENY,
    IN_GROUP,
    REFER,
    WITH_CONDITIONS,
    Case,
    Facts,
    all_three,
    grant,
)
from tests.domain.policy.language import NOWHERE, bmf, both
from tests.domain.policy.restating import Restated

NOBODY: dict[str, Any] = {"principals": (), "nobody_owns": False}
IN_BOTH = both(("PC",))
LED = (principal("Ana Chair"),)
SIGNED = (*LED, principal("Sam Secretary", "SIGNATORY"))
CHURCH = {"kind": "CHURCH", "ein": None, "documents": (document("CHURCH_STATUS"),)}
MINISTRY = abroad("Ministry of ICT", kind="GOVERNMENT", documents=(document("GOVERNMENT_STATUS"),), **NOBODY)
CHAPTER = party(documents=(document("GROUP_CONFIRMATION"),), central=CENTRAL, **NOBODY)
UNITED = bmf(affiliation="6", group_number="1234")
LISTED = {"screening": screening(match("Ana Chair").model_copy(update={"certain": True}))}
SIGNS, PEOPLE = {"SIGNATORY_NAMED"}, {"PEOPLE_NAMED"}


def of_all(wanted: set[str]) -> dict[str, Any]:
    return {"conditions": dict.fromkeys("PFX", wanted)}


def succeeded(since: str) -> Facts:
    """Another body took over from the payee, and its paper is named."""
    said = {"of": party("River Readers", ein="001000009"), "since": since, "paid": "1.00", "paper": paper("SUCCESSION")}
    return grant(party(), status(), succession=said)


CASES: Final[tuple[Case, ...]] = (
    Case("C150", "a public charity of both IRS files, nobody named", grant(party(**NOBODY), IN_BOTH),
         **all_three(WITH_CONDITIONS), **of_all(SIGNS | PEOPLE)),
    Case("C151", "a charity that the master file alone lists, nobody named", grant(party(**NOBODY), status()),
         **all_three(REFER), **of_all(SIGNS | PEOPLE)),
    Case("C152", "a foreign non-profit, nobody named", grant(abroad(**NOBODY)), REFER, DENY, REFER),
    Case("C153", "a foreign ministry, nobody named: who signs for it is asked", grant(MINISTRY), WITH_CONDITIONS, REFER,
         WITH_CONDITIONS, **of_all(SIGNS)),
    Case("C154", "a director who is on a list", grant(party(principals=SIGNED), IN_BOTH, LISTED), **all_three(DENY)),
    Case("C154", "the same, and the people are left out: nothing is paid before they are named",
         grant(party(**NOBODY), IN_BOTH), **all_three(WITH_CONDITIONS), **of_all(SIGNS | PEOPLE)),
    Case("C155", "who governs it is named, who owns it is not said",
         grant(party(principals=SIGNED, nobody_owns=False), IN_BOTH), **all_three(WITH_CONDITIONS), **of_all(PEOPLE)),
    Case("C155", "the same, and nobody owns it", grant(party(principals=SIGNED, nobody_owns=True), IN_BOTH),
         **all_three(APPROVE)),
    Case("C156", "a group subordinate, nobody named", grant(CHAPTER, IN_GROUP, {"central": UNITED}),
         **all_three(WITH_CONDITIONS), **of_all(SIGNS | PEOPLE)),
    Case("C157", "a documented church, nobody named", grant(party(**CHURCH, **NOBODY), NOWHERE),
         **all_three(WITH_CONDITIONS), **of_all(SIGNS | PEOPLE)),
    Case("C158", "a successor takes over, its paper named", succeeded("2026-11-01"), **all_three(WITH_CONDITIONS),
         **of_all({"PAPERS_READ"})),
    Case("C159", "the same, from a day that is to come", succeeded("2027-01-01"), **all_three(REFER),
         **of_all({"PAPERS_READ"})),
)  # fmt: skip

RESTATED: Final[tuple[Restated, ...]] = ()
