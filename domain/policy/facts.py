"""The facts a rule may see: one leg with its funder, and what due diligence found."""

from __future__ import annotations

from datetime import date

from domain.evidence import ScreeningEvidence, StatusEvidence, Verification
from domain.parties import Funder, Party
from domain.proposal import Direction, Funding, FundsIn, FundsOut, Proposal, PublicInterest
from domain.values import Value


class Facts(Value):
    """What is known of one leg. A rule sees this and nothing else: no clock, no look-up."""

    direction: Direction
    funder: Funder
    partner: Party
    public_interest: PublicInterest
    as_of: date
    screening: ScreeningEvidence
    status: StatusEvidence | None = None
    funds_out: FundsOut | None = None
    funds_in: FundsIn | None = None


def facts_of(proposal: Proposal, funding: Funding, verification: Verification) -> tuple[Facts, ...]:
    """Return the facts of every leg of a proposal, as of the day of verification."""
    common = {
        "partner": proposal.partner,
        "public_interest": proposal.public_interest,
        "as_of": verification.verified_at.date(),
        "screening": verification.screening,
    }

    def facts(direction: Direction, funder: Funder, **more: object) -> Facts:
        return Facts.model_validate({"direction": direction, "funder": funder, **common, **more})

    legs: list[Facts] = []
    if out := proposal.funds_out:
        legs.append(facts(Direction.FUNDS_OUT, funding.of(out), funds_out=out, status=verification.status))
    if gift := proposal.funds_in:
        legs.append(facts(Direction.FUNDS_IN, funding.of(gift), funds_in=gift))
    if joint := proposal.non_monetary:
        legs.append(facts(Direction.NON_MONETARY, funding.of(joint)))
    return tuple(legs)
