"""Rules on every leg, with money or without: blocked persons, the public interest, conflicts, fresh registers."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

from domain.parties import FunderProfile, Party, PrincipalRole
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict
from domain.screening.evidence import MatchKind, SanctionsMatch

BLOCKED_SHARE: Final = Decimal(50)
"""Per cent of ownership by blocked persons, added up, from which the owned is blocked too (rules 2.9)."""

EMPTY_WORDS: Final = frozenset(
    {
        "a", "all", "and", "beneficiaries", "benefit", "broad", "charitable", "charity", "charities", "citizens",
        "community", "communities", "everybody", "everyone", "for", "general", "good", "humanity", "in", "mankind", "n",
        "of", "people", "public", "purpose", "purposes", "society", "the", "to", "users", "world",
    }
)  # fmt: skip
"""Words that name nobody: a description of these alone is boiler-plate (R6; Form 990, Schedule F instructions)."""

OLDEST_VERSION: Final = {
    "irs-bmf": timedelta(days=62),
    "irs-pub78": timedelta(days=62),
    "irs-revocation": timedelta(days=62),
    "ofac-sdn": timedelta(days=35),
}
"""How old the version in force of a register may be: the IRS publishes monthly, OFAC weekly or more often (R28)."""


SANCTIONS_LISTS: Final = frozenset({"ofac-sdn"})
STATUS_REGISTERS: Final = frozenset({"irs-bmf", "irs-pub78", "irs-revocation"})
"""What must have been asked before an answer counts."""


def owners_of(party: Party) -> frozenset[str]:
    """Return the names of those who own a party."""
    return frozenset(one.name for one in party.principals if one.role is PrincipalRole.OWNER)


def _only_as_owners(facts: Facts) -> frozenset[str]:
    owners = {name for party in facts.parties for name in owners_of(party)}
    others = {name for party in facts.parties for name in (party.name, *party.also_known_as)}
    others |= {one.name for party in facts.parties for one in party.principals if one.role is not PrincipalRole.OWNER}
    return frozenset(owners - others)


def no_sanctions_match(facts: Facts) -> Verdict | None:
    """No party may be a blocked person; an alike name needs a second person's eyes (R27; C21, C22, C30)."""
    owners = _only_as_owners(facts)
    matches = [match for match in facts.screening.matches if match.party not in owners]
    if exact := [match for match in matches if match.kind is MatchKind.EXACT]:
        listed = "; ".join(dict.fromkeys(_listing(match) for match in exact))
        return Verdict(Outcome.FAIL, f"{listed}; report within 10 business days", _rows(matches))
    if alike := [*matches, *(match for match in facts.screening.matches if match.kind is MatchKind.NEAR)]:
        told = dict.fromkeys(_resemblance(match) for match in sorted(alike, key=lambda match: -match.score))
        return Verdict(Outcome.REFER, "; ".join(told), _rows(alike))
    who = _counted(len(facts.screening.parties), "party", "parties") + " screened"
    if facts.screening.matches:
        return Verdict(Outcome.PASS, f"{who}; of them only an owner met a sanctions list")
    return Verdict(Outcome.PASS, f"{who}, none met a sanctions list")


def _listing(match: SanctionsMatch) -> str:
    return (
        f"{match.party!r} is on the sanctions list as {match.listed_name!r} (entity {match.entity}, {match.programme})"
    )


def _resemblance(match: SanctionsMatch) -> str:
    listed = f"{match.listed_name!r} (entity {match.entity})"
    return f"{match.party!r} resembles the listed {listed} at {match.score:.0f} of 100"


def _rows(matches: list[SanctionsMatch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(match.source) for match in matches))


def not_owned_by_the_blocked(facts: Facts) -> Verdict | None:
    """What blocked persons own by half or more, added up, is blocked too; less than half, a person looks (C23)."""
    blocked = {match.party for match in facts.screening.matches if match.kind is MatchKind.EXACT}
    shares = {party.name: _share_of(party, blocked) for party in facts.parties if owners_of(party) & blocked}
    if not shares:
        return None
    name, share = max(shares.items(), key=lambda item: item[1])
    owned = f"{share.normalize():f} per cent of {name!r} belongs to blocked persons, as far as shares are known"
    if share >= BLOCKED_SHARE:
        return Verdict(Outcome.FAIL, f"{owned}, so it is blocked itself (50 per cent rule)")
    return Verdict(Outcome.REFER, f"{owned}; below half it is not blocked by that alone")


def _share_of(party: Party, blocked: set[str]) -> Decimal:
    owners = (one for one in party.principals if one.role is PrincipalRole.OWNER and one.name in blocked)
    return sum((one.share or Decimal(0) for one in owners), Decimal(0))


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


def registers_are_fresh(facts: Facts) -> Verdict:
    """Nothing is approved or paid on data older than its register's limit (R28; C38)."""
    evidence = (facts.screening, facts.status, facts.central)
    asked = dict.fromkeys(version for one in evidence if one is not None for version in one.asked)
    if unasked := _unasked(facts):
        return Verdict(Outcome.REFER, f"never loaded, so nobody could ask: {', '.join(unasked)}; load them first")
    stale = [
        f"{version.register_name} of {version.source_date}"
        for version in asked
        if (limit := OLDEST_VERSION.get(version.register_name)) and facts.as_of - version.source_date > limit
    ]
    if stale:
        return Verdict(Outcome.REFER, f"asked of registers that are too old: {', '.join(stale)}; load newer versions")
    if ahead := [f"{v.register_name} of {v.source_date}" for v in asked if v.source_date > facts.as_of + _TIME_ZONES]:
        return Verdict(Outcome.REFER, f"dated in the future: {', '.join(ahead)}; load them with their true date")
    asked_of = _counted(len(asked), "register", "registers")
    return Verdict(Outcome.PASS, f"{asked_of} asked, none older than its limit")


_TIME_ZONES: Final = timedelta(days=1)
"""A file may be dated a day ahead of us, where it is tomorrow already."""


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _unasked(facts: Facts) -> list[str]:
    """Registers without which nothing is known: silence of a list that was never loaded clears nobody."""
    missing = SANCTIONS_LISTS - {version.register_name for version in facts.screening.asked}
    for evidence in (facts.status, facts.central):
        if evidence is not None:
            missing |= STATUS_REGISTERS - {version.register_name for version in evidence.asked}
    return sorted(missing)


def activity_is_aligned(facts: Facts) -> Verdict | None:
    """A supporting organisation joins only what carries out the supported organisation's purposes (C29)."""
    if facts.non_monetary is None or facts.funder.profile is not FunderProfile.SUPPORTING_ORG:
        return None
    if facts.non_monetary.alignment is None:
        return Verdict(Outcome.REFER, "the supporting organisation needs evidence of alignment, and none was given")
    return Verdict(Outcome.PASS, "evidence of alignment is on file", (facts.non_monetary.alignment,))


RULES: Final = (
    Rule("SANCTIONS", Layer.REG, "31 CFR part 501; E.O. 13224 as amended", False, no_sanctions_match),
    Rule("SANCTIONS-OWNERSHIP", Layer.REG, "31 CFR part 501; OFAC's 50 per cent rule", False, not_owned_by_the_blocked),
    Rule("PUBLIC-INTEREST", Layer.POLICY, "owner's policy; requirement R6", True, community_is_named),
    Rule("INTERESTS", Layer.REG, "26 CFR 53.4958-6", False, interests_are_declared),
    Rule("REGISTERS-FRESH", Layer.POLICY, "requirement R28", True, registers_are_fresh),
    Rule("JOINT-ALIGNMENT", Layer.REG, "26 CFR 1.509(a)-4(e)", True, activity_is_aligned),
)
