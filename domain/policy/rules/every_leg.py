"""Rules on every leg, with money or without: the public interest, and conflicts of interest."""

from __future__ import annotations

import re
from typing import Final

from domain.parties import FunderProfile
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict

EMPTY_WORDS: Final = frozenset(
    {
        "a", "all", "and", "beneficiaries", "benefit", "broad", "charitable", "charity", "charities", "citizens",
        "community", "communities", "everybody", "everyone", "for", "general", "good", "humanity", "in", "mankind", "n",
        "of", "people", "public", "purpose", "purposes", "society", "the", "to", "users", "world",
    }
)  # fmt: skip
"""Words that name nobody: a description of these alone is boiler-plate (R6; Form 990, Schedule F instructions)."""


def _names_nobody(text: str) -> bool:
    return frozenset(re.findall(r"[^\W\d_]+", text.casefold())) <= EMPTY_WORDS


def community_is_named(facts: Facts) -> Verdict:
    """The record names the community served, and the purpose; words that name nobody do not count (R6)."""
    community = facts.public_interest.community_served
    if _names_nobody(community):
        return Verdict(Outcome.REFER, f"{community!r} names no community; say who and where")
    for said in (facts.public_interest.mission_objective, facts.public_interest.statement):
        if _names_nobody(said):
            return Verdict(Outcome.REFER, f"{said!r} says nothing; name the objective, and how the community is served")
    if facts.funds_out is not None and _names_nobody(facts.funds_out.purpose):
        return Verdict(Outcome.REFER, f"{facts.funds_out.purpose!r} names no purpose; say what is done")
    return Verdict(Outcome.PASS, "the community served is named", (community,))


def interests_are_declared(facts: Facts) -> Verdict | None:
    """Who has an interest takes no part; the minutes say so within 60 days. A private foundation looks (R32; C35)."""
    if not facts.interests:
        return None
    named = "; ".join(f"{interest.person}: {interest.what}" for interest in facts.interests)
    if facts.funder.profile is FunderProfile.PRIVATE_FOUNDATION:
        return Verdict(Outcome.REFER, f"examine self-dealing: {named}", basis=Basis(Layer.STATUTE, "IRC 4941"))
    return Verdict(Outcome.CONDITION, f"recused: {named}", conditions=(ConditionId.CONFLICT_MINUTES,))


RULES: Final = (
    Rule("PUBLIC-INTEREST", Layer.POLICY, "owner's policy; requirement R6", True, community_is_named),
    Rule("INTERESTS", Layer.REG, "26 CFR 53.4958-6", False, interests_are_declared),
)
