"""Rules of edition 2026.3 on sanctions lists and on how old a register may be (rules 2.9; R27, R28)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from domain.parties import PrincipalRole
from domain.policy.edition_2026_2.every_leg import STATUS_REGISTERS, owners_of
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.screening.evidence import MatchKind, SanctionsMatch

NEAR_FROM: Final = 82.0
"""From this score (0 to 100) on, two names are near: a second person must look."""

SANCTIONS_LISTS: Final = frozenset({"ofac-sdn", "ofac-consolidated", "un-consolidated"})
"""What must have been asked before silence counts."""

OLDEST_VERSION: Final = {
    "irs-bmf": timedelta(days=62),
    "irs-pub78": timedelta(days=62),
    "irs-revocation": timedelta(days=62),
    "ofac-sdn": timedelta(days=35),
    "ofac-consolidated": timedelta(days=35),
    "un-consolidated": timedelta(days=35),
}
"""How old the version in force may be: the IRS publishes monthly, OFAC and the United Nations when they designate."""

_ENOUGH: Final = 8
"""How much of a digest tells one entry of a list from the same one with something else in it."""

_TIME_ZONES: Final = timedelta(days=1)
"""A file may be dated a day ahead of us, where it is tomorrow already."""


def no_sanctions_match(facts: Facts) -> Verdict | None:
    """No party may be a blocked person. A near name needs a second person, whose clearance holds for that pair."""
    matches = [match for match in facts.screening.matches if match.party not in _only_as_owners(facts)]
    if exact := [match for match in matches if match.kind is MatchKind.EXACT]:
        listed = "; ".join(dict.fromkeys(_listing(match) for match in exact))
        return Verdict(Outcome.FAIL, f"{listed}; report within 10 business days", _rows(matches))
    near = (match for match in facts.screening.matches if match.kind is MatchKind.NEAR)
    if alike := [match for match in (*matches, *near) if not match.cleared_by]:
        told = dict.fromkeys(_resemblance(match) for match in sorted(alike, key=lambda match: -match.score))
        return Verdict(Outcome.REFER, "; ".join(told), _rows(alike))
    return Verdict(Outcome.PASS, _silence(facts), _rows([m for m in facts.screening.matches if m.cleared_by]))


def _only_as_owners(facts: Facts) -> frozenset[str]:
    """Who is named as an owner and as nothing else: the 50 per cent rule judges those."""
    owners = {name for party in facts.parties for name in owners_of(party)}
    others = {name for party in facts.parties for name in (party.name, *party.also_known_as)}
    others |= {one.name for party in facts.parties for one in party.principals if one.role is not PrincipalRole.OWNER}
    return frozenset(owners - others)


def _listing(match: SanctionsMatch) -> str:
    register = match.source.register_version.register_name
    return f"{match.party!r} is on {register} as {match.listed_name!r} (entity {match.entity}, {match.programme})"


def _resemblance(match: SanctionsMatch) -> str:
    register = match.source.register_version.register_name
    listed = f"{match.listed_name!r} of {register} (entity {match.entity})"
    entry = f", entry {match.entry[:_ENOUGH]}" if match.entry else ""
    return f"{match.party!r} resembles {listed} at {match.score:.0f} of 100{entry}"


def _rows(matches: list[SanctionsMatch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(match.source) for match in matches))


def _silence(facts: Facts) -> str:
    number = len(facts.screening.parties)
    who = f"{number} {'party' if number == 1 else 'parties'} screened"
    cleared = [f"{m.party!r} is not entity {m.entity} (cleared by {', '.join(m.cleared_by)})" for m in _cleared(facts)]
    if cleared:
        return f"{who}; {'; '.join(dict.fromkeys(cleared))}"
    if facts.screening.matches:
        return f"{who}; of them only an owner met a sanctions list"
    return f"{who}, none met a sanctions list"


def _cleared(facts: Facts) -> list[SanctionsMatch]:
    return [match for match in facts.screening.matches if match.cleared_by]


def registers_are_fresh(facts: Facts) -> Verdict:
    """Nothing is approved or paid on data older than its register's limit (R28; C38)."""
    evidence = (facts.screening, facts.status, facts.central)
    asked = dict.fromkeys(version for one in evidence if one is not None for version in one.asked)
    if unasked := _unasked(facts):
        return Verdict(Outcome.REFER, f"never loaded, so nobody could ask: {', '.join(unasked)}; load them first")
    stale = [
        f"{version.register_name} of {version.current_on}"
        for version in asked
        if (limit := OLDEST_VERSION.get(version.register_name)) and facts.as_of - version.current_on > limit
    ]
    if stale:
        return Verdict(Outcome.REFER, f"asked of registers that are too old: {', '.join(stale)}; load newer versions")
    if ahead := [f"{v.register_name} of {v.source_date}" for v in asked if v.source_date > facts.as_of + _TIME_ZONES]:
        return Verdict(Outcome.REFER, f"dated in the future: {', '.join(ahead)}; load them with their true date")
    return Verdict(Outcome.PASS, f"{len(asked)} registers asked, none older than its limit")


def _unasked(facts: Facts) -> list[str]:
    """Registers without which nothing is known: silence of a list that was never loaded clears nobody."""
    missing = SANCTIONS_LISTS - {version.register_name for version in facts.screening.asked}
    for evidence in (facts.status, facts.central):
        if evidence is not None:
            missing |= STATUS_REGISTERS - {version.register_name for version in evidence.asked}
    return sorted(missing)


RULES: Final = (
    Rule("SANCTIONS", Layer.REG, "31 CFR part 501; E.O. 13224 as amended", False, no_sanctions_match),
    Rule("REGISTERS-FRESH", Layer.POLICY, "requirement R28", True, registers_are_fresh),
)
