"""Rules on the project that money goes to: exchanges, and what the money is spent on."""

from __future__ import annotations

import re
from typing import Final

from domain.grants import UseOfFunds
from domain.parties import FunderProfile
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict, once_cleared

SUPPORTING, PRIVATE = FunderProfile.SUPPORTING_ORG, FunderProfile.PRIVATE_FOUNDATION


def exchange_is_community_based(facts: Facts) -> Verdict | None:
    """A community exchange: non-profit operator, open equal terms, nothing distributed; a commercial one never (R9)."""
    exchange = facts.funds_out.exchange if facts.funds_out else None
    if exchange is None:
        return None
    faults = {
        "its operator is not a non-profit": not exchange.operator_is_nonprofit,
        "it distributes its surplus": exchange.distributes_surplus,
        "it is not open to all on equal terms": not exchange.open_on_equal_terms,
    }
    if named := [words for words, true in faults.items() if true]:
        return Verdict(Outcome.FAIL, f"not a community based exchange: {', '.join(named)}")
    if not exchange.site_owner_is_commercial:
        return Verdict(Outcome.PASS, "community based exchange")
    if facts.funder.profile is SUPPORTING:
        return Verdict(Outcome.REFER, "the site belongs to a company: a decision by the supporting organisation")
    return Verdict(
        Outcome.CONDITION,
        "the site belongs to a company; a non-profit operates the exchange on equal terms",
        conditions=(ConditionId.BENEFIT_FILE,),
    )


def exchange_is_described(facts: Facts) -> Verdict | None:
    """An exchange is judged by its facts; where words speak of one and no facts are given, they are asked for (R9)."""
    out = facts.funds_out
    if out is None or out.exchange is not None or not speaks_of_exchange(out.purpose):
        return exchange_is_community_based(facts)
    reason = "the purpose speaks of an Internet exchange; give `exchange`: operator, terms of access, surplus, site"
    return Verdict(Outcome.REFER, reason)


def exchange_stays_examined(facts: Facts) -> Verdict | None:
    """An exchange is judged by its facts; what a person cleared of it keeps the private-benefit test on file (R9)."""
    return once_cleared(exchange_is_described(facts), ConditionId.BENEFIT_FILE)


def speaks_of_exchange(text: str) -> bool:
    """True if a text speaks of an Internet exchange point."""
    return re.search(r"\b(ixps?|internet exchanges?|exchange points?|peering)\b", text.casefold()) is not None


def grant_is_owed_once_its_barrier_is_met(facts: Facts) -> Verdict | None:
    """A conditional grant is not owed before its barrier is met, so what waits for it is not paid before (R41)."""
    out = facts.funds_out
    if out is None or out.barrier is None:
        return None
    numbers = ", ".join(map(str, out.barrier_holds))
    waiting = f"tranche {numbers} waits" if numbers else "every payment waits"
    reason = f"{waiting} until a verifier filed the paper that shows that this is met: {out.barrier}"
    return Verdict(Outcome.CONDITION, reason, conditions=(ConditionId.BARRIER_MET,))


def grant_is_owed_once_its_milestone_is_met(facts: Facts) -> Verdict | None:
    """A conditional grant is not owed before its barrier, or the milestone that is one, is met (R41)."""
    out = facts.funds_out
    barriers = [mark for mark in out.milestones if mark.barrier] if out is not None else []
    if not barriers:
        return grant_is_owed_once_its_barrier_is_met(facts)
    waits = (
        f"tranche {', '.join(map(str, mark.holds))} until milestone {mark.number}: {mark.what}" for mark in barriers
    )
    reason = f"a conditional grant; these wait for a paper that an accepted report names: {'; '.join(waits)}"
    return Verdict(Outcome.PASS, reason)


def uses_are_allowed(facts: Facts) -> Verdict | None:
    """What money may never be spent on, by statute, and what the Foundation's published eligibility excludes."""
    if facts.funds_out is None:
        return None
    uses = frozenset(facts.funds_out.uses)
    if forbidden := _named(uses & {UseOfFunds.ELECTION, UseOfFunds.PERSONAL_GAIN}):
        return Verdict(Outcome.FAIL, f"never lawful: {forbidden}", basis=_STATUTE)
    excluded = uses & _FOUNDATION_EXCLUDES
    if facts.funder.profile is SUPPORTING and excluded:
        return Verdict(Outcome.FAIL, f"not funded by the Foundation: {_named(excluded)}")
    if UseOfFunds.LOBBYING not in uses:
        return Verdict(Outcome.PASS, f"spent on {_named(uses) or 'the programme'}")
    if facts.funder.profile is PRIVATE:
        return Verdict(Outcome.FAIL, "lobbying is a taxable expenditure", basis=_TAXABLE)
    return Verdict(Outcome.REFER, "lobbying by the grantee counts against limits", basis=_STATUTE)


def uses_are_judged(facts: Facts) -> Verdict | None:
    """The same, but non-partisan education and registration of voters is no electioneering, and nobody excludes it."""
    if facts.funds_out is None:
        return None
    others = tuple(use for use in facts.funds_out.uses if use not in _OF_VOTERS)
    left = facts.model_copy(update={"funds_out": facts.funds_out.model_copy(update={"uses": others})})
    verdict = uses_are_allowed(left)
    if verdict is None or verdict.outcome is not Outcome.PASS:
        return verdict
    return Verdict(Outcome.PASS, f"spent on {_named(frozenset(facts.funds_out.uses)) or 'the programme'}")


_OF_VOTERS: Final = frozenset({UseOfFunds.VOTER_EDUCATION, UseOfFunds.VOTER_REGISTRATION})
_STATUTE: Final = Basis(Layer.STATUTE, "IRC 501(c)(3)")
_TAXABLE: Final = Basis(Layer.STATUTE, "IRC 4945(d)(1), 4945(e)")
_FOUNDATION_EXCLUDES: Final = frozenset(UseOfFunds) - {
    UseOfFunds.PROGRAMME, UseOfFunds.EQUIPMENT, UseOfFunds.TRAINING
}  # fmt: skip


def _named(uses: frozenset[UseOfFunds]) -> str:
    return ", ".join(sorted(use.value.replace("_", " ").lower() for use in uses))


RULES: Final = (
    Rule("PROJECT-EXCHANGE", Layer.POLICY, "owner's policy, Partnerships for advancing ISOC's mission", True,
         exchange_is_community_based).revised("2026.4", "an exchange without its facts was not asked for them",
                                              exchange_is_described).revised(
        "2026.5", "a cleared question took the private-benefit test away", exchange_stays_examined),
    Rule("PROJECT-USES", Layer.POLICY, "the Foundation's published eligibility", True, uses_are_allowed).revised(
        "2026.5", "the education of voters could only be called an election", uses_are_judged),
    Rule("PROJECT-BARRIER", Layer.POLICY, "ASU 2018-08 (ASC 958-605): conditional contributions", True,
         grant_is_owed_once_its_barrier_is_met, since="2026.5", why="a barrier was words, and what it held was paid")
    .revised("2026.6", "a barrier could not be a step of the work plan", grant_is_owed_once_its_milestone_is_met),
)  # fmt: skip
