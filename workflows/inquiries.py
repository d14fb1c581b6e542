"""Look-ups of a partnership's workflow in registers, lists, rule book and directory.

Registers, lists and rule book answer on a queue of their own. Histories of before that queue replay as they ran.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from temporalio import workflow
from temporalio.common import Priority

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        Answered,
        Assessed,
        AssessmentRequest,
        PayeeEvidence,
        RevokedDecisions,
        VerificationRequest,
        Verified,
    )
    from activities.partnerships import Partnerships
    from activities.payment import Payments
    from activities.verification import Verifications
    from domain.partnership.state import Partnership
    from domain.proposal import Funding
    from domain.screening.evidence import Verification
    from domain.screening.screened import who_is_screened
    from workflows.changes import RELEASE_0_3, since
    from workflows.options import PEOPLE
    from workflows.recording import local, of_the_rules


class DiligenceOutcome(NamedTuple):
    """The findings of due diligence, and the rule book's word on them, or None where it was not asked yet."""

    verification: Verification
    assessed: Assessed | None


async def verify(partnership: Partnership, priority: Priority = PEOPLE) -> DiligenceOutcome:
    """Return the evidence on the payee's tax status and the matches of every party with the sanctions lists.

    Clearances by people who are involved in the partnership are left out. The rule book is asked in the same breath.
    """
    if not since(RELEASE_0_3):
        return DiligenceOutcome(await _verify_here(partnership), None)
    proposal = partnership.proposed
    payee = f"{proposal.funds_out.payee.name}, and screen " if proposal.funds_out is not None else ""
    summary = f"Verify {payee}{len(proposal.parties)} parties; apply the rule book"
    request = VerificationRequest(
        proposal=proposal,
        funding=partnership.funding,
        interests=partnership.interests,
        involved=partnership.involved,
    )
    findings: Verified = await of_the_rules(Verifications.verify, request, summary, priority)
    return DiligenceOutcome(findings.verification, findings.assessed)


async def _verify_here(partnership: Partnership) -> Verification:
    proposal = partnership.proposed
    evidence = PayeeEvidence()
    if proposal.funds_out is not None:
        summary = f"Verify the tax status of {proposal.funds_out.payee.name}"
        evidence = await local(Verifications.verify_payee, proposal, summary)
    parties = who_is_screened(proposal, evidence)
    summary = f"Screen {len(parties)} parties against the sanctions lists"
    screening = await local(Verifications.screen_parties, list(parties), summary)
    return evidence.with_screening(screening).without_clearances_by(partnership.involved)


async def assess(
    partnership: Partnership, funding: Funding, verification: Verification, priority: Priority = PEOPLE
) -> Assessed:
    """Apply the rule book to a verification, and return the assessment."""
    request = AssessmentRequest(
        proposal=partnership.proposed, funding=funding, verification=verification, interests=partnership.interests
    )
    judgement: Assessed = await _ask(Verifications.assess_eligibility, request, "Apply the rule book", priority)
    return judgement


async def judge_amendment(request: VerificationRequest) -> Answered:
    """Apply the rule book to a proposal that amends another, and return the answer with what was asked."""
    summary = "Apply the rule book to the amendment"
    judgement: Assessed = await of_the_rules(Verifications.judge_amendment, request, summary)
    return Answered(asked=request, assessment=judgement.assessment)


async def screen_bank(partnership_id: str, priority: Priority) -> str:
    """Return the reason why the lists in force forbid paying through the payee's bank, or ''."""
    summary = "Screen the payee's bank against the lists"
    reason: str = await _ask(Payments.screen_bank, partnership_id, summary, priority)
    return reason


async def _ask(method: Any, argument: Any, summary: str, priority: Priority) -> Any:
    if since(RELEASE_0_3):
        return await of_the_rules(method, argument, summary, priority)
    return await local(method, argument, summary)


async def find_fallen(partnership_id: str) -> tuple[RevokedDecisions, ...]:
    """Return, for each person, their decisions that were signed with a key since revoked for cause."""
    summary = "Look for decisions whose keys had to be doubted"
    fallen: tuple[RevokedDecisions, ...] = await local(Partnerships.find_fallen, partnership_id, summary)
    return fallen
