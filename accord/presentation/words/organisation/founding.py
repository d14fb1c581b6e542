"""Words for the grants beyond the first people of a directory, by its first rules."""

from __future__ import annotations

from collections.abc import Iterable

from domain.directory.people import Fact, HouseRulesSet, StaffRegistered
from domain.directory.tiers import Tier, most_asked
from domain.partnership.people.fewest import can_lead, fewest_staff


def words_of_lack(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the grants beyond the people of a founding by its rules, in sentences."""
    facts = tuple(facts)
    people = [frozenset(fact.member.roles) for fact in facts if isinstance(fact, StaffRegistered)]
    rules = next((fact.rules for fact in facts if isinstance(fact, HouseRulesSet)), None)
    if rules is None:
        return ("No rules say who approves which sum, so nobody can approve any.",)
    sentences = [_beyond(rules.tiers[-1])] if rules.tiers[-1].up_to is not None else []
    lacking = [place for place, tier in enumerate(rules.tiers) if not can_lead(people, tier.quorum)]
    quorum = most_asked(rules)
    if lacking or not can_lead(people, quorum):
        sentences.append(
            f"{_reach(rules.tiers, lacking)} From its proposal to its accepted report, a grant of any sum and risk "
            f"takes {len(fewest_staff(quorum))} people at least, with the roles for it; others can join later."
        )
    return tuple(sentences)


def _reach(tiers: tuple[Tier, ...], lacking: list[int]) -> str:
    """Return the largest grants within reach, as a sentence. `lacking`: the tiers beyond it."""
    if lacking and lacking[0] == 0:
        return "These people cannot lead a grant yet, of whatever sum."
    if lacking:
        return f"These people can lead a grant up to {_limit(tiers[lacking[0] - 1])} whose risk is not elevated."
    return "These people can lead a grant whose risk is not elevated."


def _beyond(tier: Tier) -> str:
    return f"Above {_limit(tier)} nobody can approve: no rule says who does."


def _limit(tier: Tier) -> str:
    return f"{tier.currency} {tier.up_to:,}"
