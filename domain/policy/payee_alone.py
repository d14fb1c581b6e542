"""The rules on a payee by itself, without a partnership: of the project nothing is asked, and nothing is said."""

from __future__ import annotations

from typing import Any, Final

from domain.parties import Party
from domain.policy.findings import Assessment
from domain.proposal import Proposal

NOT_ASKED: Final = "not asked"
_ON_PAYEES: Final = ("ELIG-", "SANCTIONS", "PLACES-", "REGISTERS-", "INTERESTS-NAMED")
_ON_PROJECTS: Final = "ELIG-ALIGNMENT"

LEFT: Final = (
    "alignment with the funder's purposes",
    "papers and equivalency determinations",
    "the community served, the project, and who benefits",
    "sponsors and sub-recipients",
    "whether an insider of the funder controls it",
    "the places of activity and the bank account",
)
"""Fields that only a proposal can give."""


def question_about(party: Party, funder_id: str) -> Proposal:
    """Return a placeholder proposal for checking a payee. No finding on its texts is shown."""
    interest = dict.fromkeys(("mission_objective", "community_served", "statement"), NOT_ASKED)
    leg: dict[str, Any] = {
        "funder": funder_id,
        "payee": party,
        "purpose": NOT_ASKED,
        "tranches": [{"number": 1, "money": {"amount": "1", "currency": "USD"}}],
        "controlled_by_insider": False,
        "uses": ["PROGRAMME"],
    }
    content = {"reference": "P-0000-0000", "title": "Verification of a recipient", "partner": party}
    return Proposal.model_validate({**content, "public_interest": interest, "funds_out": leg})


def on_payee_alone(assessment: Assessment) -> Assessment:
    """Return the assessment with only the findings on the payee: of the project nothing was asked."""
    payee_findings = (
        finding
        for finding in assessment.findings
        if finding.rule_id.startswith(_ON_PAYEES) and finding.rule_id != _ON_PROJECTS
    )
    return assessment.model_copy(update={"findings": tuple(payee_findings)})
