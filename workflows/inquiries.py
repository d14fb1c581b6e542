"""What a partnership's workflow asks about it: registers, lists, rules and keys, each by one local activity."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Assessed, AssessmentRequest, Fallen, PayeeEvidence
    from activities.partnerships import Partnerships
    from activities.payment import Payments
    from activities.verification import Verifications
    from domain.partnership.state import Partnership
    from domain.proposal import Funding
    from domain.screening.evidence import Verification
    from workflows.recording import local


async def verify(partnership: Partnership) -> Verification:
    """Ask for the payee's standing with the IRS, and compare every party with the sanctions lists."""
    proposal = partnership.proposed
    found = PayeeEvidence()
    if proposal.funds_out is not None:
        summary = f"Verify the tax status of {proposal.funds_out.payee.name}"
        found = await local(Verifications.verify_payee, proposal, summary)
    parties = proposal.parties
    summary = f"Screen {len(parties)} parties against the sanctions lists"
    screening = await local(Verifications.screen_parties, list(parties), summary)
    verified = Verification(screening=screening, status=found.status, central=found.central, gift=found.gift)
    return verified.without_clearances_by(partnership.involved)


async def assess(partnership: Partnership, funding: Funding, verification: Verification) -> Assessed:
    """Apply the rule book to what was found."""
    request = AssessmentRequest(
        proposal=partnership.proposed, funding=funding, verification=verification, interests=partnership.interests
    )
    found: Assessed = await local(Verifications.assess_eligibility, request, "Apply the rule book")
    return found


async def screen_bank(partnership_id: str) -> str:
    """Return why nothing may be paid by way of the payee's bank, by the lists in force; empty where it may."""
    reason: str = await local(Payments.screen_bank, partnership_id, "Screen the payee's bank against the lists")
    return reason


async def find_fallen(partnership_id: str) -> tuple[Fallen, ...]:
    """Return what was decided with keys that were revoked for cause since."""
    summary = "Look for decisions whose keys had to be doubted"
    fallen: tuple[Fallen, ...] = await local(Partnerships.find_fallen, partnership_id, summary)
    return fallen
