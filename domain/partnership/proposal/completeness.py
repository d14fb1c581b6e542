"""Facts that every new or amended proposal must give, each asked for by name (R6, rules 3.13)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.directory.tiers import HouseRules
from domain.errors import Incomplete
from domain.policy.rules.every_leg import says_nothing
from domain.policy.rules.projects import speaks_of_exchange
from domain.proposal import FundsOut, Proposal, PublicInterest


def require_complete(proposal: Proposal, rules: HouseRules | None) -> None:
    """Raise Incomplete if a proposal leaves out a fact that a rule asks for, or has a text that says nothing."""
    out = proposal.funds_out
    missing = [
        *_empty(proposal),
        *_public_interest(proposal.public_interest, rules),
        *(_money_out(out) if out is not None else ()),
    ]
    if missing:
        raise Incomplete("; ".join(missing))


def _empty(proposal: Proposal) -> Iterator[str]:
    interest = proposal.public_interest
    texts = {
        "public_interest.community_served": interest.community_served,
        "public_interest.mission_objective": interest.mission_objective,
        "public_interest.statement": interest.statement,
        "funds_out.purpose": proposal.funds_out.purpose if proposal.funds_out else None,
        "funds_out.alignment": proposal.funds_out.alignment if proposal.funds_out else None,
    }
    for field, text in texts.items():
        if text is not None and says_nothing(text):
            yield f"{field}: {text!r} names nobody and nothing; say who, where, and what is done"


def _public_interest(interest: PublicInterest, rules: HouseRules | None) -> Iterator[str]:
    if interest.community is None:
        yield "public_interest.community: give its kind, its places (country codes), and its number or NOT_KNOWN"
    objective_codes = [objective.code for objective in rules.objectives] if rules is not None else []
    if objective_codes and interest.objective not in objective_codes:
        yield f"public_interest.objective: name one of {', '.join(objective_codes)}"


def _money_out(out: FundsOut) -> Iterator[str]:
    if out.benefit is None and out.no_private_benefit is None:
        yield (
            "funds_out.benefit: say who benefits beside the community, or give no_private_benefit: OPEN_TO_ALL, "
            "CHARITABLE_CLASS or PUBLIC_BODY"
        )
    if out.exchange is None and speaks_of_exchange(out.purpose):
        yield "funds_out.exchange: the purpose speaks of an Internet exchange; give operator, terms, surplus and site"
