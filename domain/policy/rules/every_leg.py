"""Rules on every leg, with money or without: the public interest, and conflicts of interest."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from domain.parties import FunderProfile
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict, once_cleared
from domain.screening.approved_sums import ApprovedSum
from domain.screening.matches import NAMESAKES
from domain.values import Money

EMPTY_WORDS: Final = frozenset(
    {
        "a", "all", "and", "beneficiaries", "benefit", "broad", "charitable", "charity", "charities", "citizens",
        "community", "communities", "everybody", "everyone", "for", "general", "good", "humanity", "in", "mankind", "n",
        "of", "people", "public", "purpose", "purposes", "society", "the", "to", "users", "world",
    }
)  # fmt: skip
"""Words that name nobody: a description of these alone is boiler-plate (R6, Form 990, Schedule F instructions)."""


NOTHING_SAID: Final = EMPTY_WORDS | frozenset(
    {
        "any", "applicable", "area", "areas", "available", "bodies", "different", "diverse", "global", "globally",
        "group", "groups", "international", "internationally", "involved", "known", "local", "many", "members", "na",
        "no", "none", "not", "or", "organisations", "organizations", "other", "others", "parties", "project", "region",
        "relevant", "said", "several", "some", "stakeholder", "stakeholders", "target", "tba", "tbd", "their",
        "unknown", "various", "wide", "wider", "with", "worldwide",
    }
)  # fmt: skip
"""The same from edition 2026.4 on: various local stakeholders, global, not said."""


def says_nothing(text: str) -> bool:
    """True if a text names nobody and nothing (R6)."""
    return frozenset(re.findall(r"[^\W\d_]+", text.casefold())) <= NOTHING_SAID


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


def community_is_described(facts: Facts) -> Verdict:
    """The record gives the community by kind, place and number, and in words that name somebody (R6)."""
    interest, out = facts.public_interest, facts.funds_out
    said = [interest.community_served, interest.mission_objective, interest.statement, *([out.purpose] if out else [])]
    if empty := [text for text in said if says_nothing(text)]:
        told = ", ".join(map(repr, empty))
        return Verdict(Outcome.REFER, f"{told} names nobody and nothing; say who, where, and what is done")
    if interest.community is None:
        return Verdict(Outcome.PASS, "the community served is named in words alone", (interest.community_served,))
    where = ", ".join(one.country for one in interest.community.places)
    told = f"{interest.community.kind.value.lower().replace('_', ' ')} in {where}"
    return Verdict(Outcome.PASS, f"the community served is named: {told}", (interest.community_served,))


def interests_are_declared(facts: Facts) -> Verdict | None:
    """Who has an interest takes no part; the minutes say so within 60 days. A private foundation looks (R32; C35)."""
    if not facts.interests:
        return None
    named = "; ".join(f"{interest.person}: {interest.what}" for interest in facts.interests)
    if facts.funder.profile is FunderProfile.PRIVATE_FOUNDATION:
        return Verdict(Outcome.REFER, f"examine self-dealing: {named}", basis=Basis(Layer.STATUTE, "IRC 4941"))
    return Verdict(Outcome.CONDITION, f"recused: {named}", conditions=(ConditionId.CONFLICT_MINUTES,))


def interests_are_minuted(facts: Facts) -> Verdict | None:
    """Who has an interest takes no part, and the minutes say so, also where self-dealing was examined (R32; C35)."""
    return once_cleared(interests_are_declared(facts), ConditionId.CONFLICT_MINUTES)


def no_insider_stands_behind_a_party(facts: Facts) -> Verdict | None:
    """People of the organisation behind a party are recused; a verifier says whether it is they (R32; rules 3.10)."""
    namesakes = facts.screening.namesakes
    if not namesakes:
        return None
    declared = {interest.person for interest in facts.interests}
    if open_still := [one.told for one in namesakes if one.staff_id not in declared]:
        reason = f"{'; '.join(open_still)}; a verifier, who is another person, finds out whether it is they"
        return Verdict(Outcome.REFER, reason, options=(DECLARE, DENY), about=tuple(open_still))
    return Verdict(Outcome.PASS, f"recused: {', '.join(sorted({one.staff_id for one in namesakes}))}")


DECLARE: Final = "if it is they: `accord declare-interest` with --person, which recuses them"
DENY: Final = "if it is not: clear the referral, with what shows it"


def sums_count_together(facts: Facts) -> Verdict | None:
    """What one payee or purpose got within twelve months counts together towards the approvals needed (R33, R34)."""
    if facts.funds_out is None or not facts.together:
        return None
    told = "; ".join(one.told for one in facts.together)
    return Verdict(Outcome.PASS, f"counted together with {told}: who must approve follows from the whole sum")


def sums_of_one_payee_count_together(facts: Facts) -> Verdict | None:
    """What one payee got within twelve months counts together, in whatever currency; equal words are only named."""
    if facts.funds_out is None or not facts.together:
        return None
    counted = [one for one in facts.together if one.counts]
    alike = [one for one in facts.together if not one.counts]
    words = [f"counted together with {_some(counted)}: who must approve follows from the whole sum"] if counted else []
    if alike:
        words.append(f"equal words of the purpose, which count for nothing by themselves: {_some(alike)}")
    return Verdict(Outcome.PASS, "; ".join(words))


def sums_have_a_rate(facts: Facts) -> Verdict | None:
    """Sums in another than the base currency are converted at a recorded rate. Without one a person looks (rules 4.18).

    Nobody knows whether such a sum is large, so the highest tier is asked beside.
    """
    sums, conversion = _sums(facts), facts.conversion
    if conversion is None or all(money.currency == conversion.base for money in sums):
        return None
    whole = " and ".join(map(str, sums[:_NAMED]))
    if lacking := conversion.lacking(sums):
        reason = f"no reference rate of {', '.join(lacking)} that is not too old: nobody knows how much {whole} is in"
        about = f"{whole} without a rate of {', '.join(lacking)}"
        return Verdict(Outcome.REFER, f"{reason} {conversion.base}", options=(LOAD_RATES,), about=(about,))
    return Verdict(Outcome.PASS, f"{whole} is {conversion.total(sums)}: {conversion.told(sums)}")


LOAD_RATES: Final = (
    "if the ECB publishes its rate: `accord registers refresh ecb-rates`; an approval counts at the rate of its day"
)


def _sums(facts: Facts) -> tuple[Money, ...]:
    """Return the sums that are counted as one on a leg: the sum of each currency, its own first."""
    out, gift = facts.funds_out, facts.funds_in
    own_money = out.left if out is not None else gift.money if gift is not None else None
    if own_money is None:
        return ()
    amounts = {own_money.currency: own_money.amount}
    for one in facts.together if out is not None else ():
        if one.counts:
            amounts[one.money.currency] = amounts.get(one.money.currency, Decimal(0)) + one.money.amount
    return tuple(Money(amount=amount, currency=currency) for currency, amount in amounts.items())


def _some(sums: list[ApprovedSum]) -> str:
    more = [f"{len(sums) - _NAMED} more"] if len(sums) > _NAMED else []
    return "; ".join((*(approved_sum.told for approved_sum in sums[:_NAMED]), *more))


_NAMED: Final = 10
"""The most sums that a finding names one by one."""


RULES: Final = (
    Rule("PUBLIC-INTEREST", Layer.POLICY, "owner's policy; requirement R6", True, community_is_named).revised(
        "2026.4", "'various local stakeholders' and 'global' passed as a community", community_is_described
    ),
    Rule("INTERESTS", Layer.REG, "26 CFR 53.4958-6", False, interests_are_declared).revised(
        "2026.5", "examined self-dealing asked for no minutes", interests_are_minuted
    ),
    Rule(
        NAMESAKES,
        Layer.REG,
        "26 CFR 53.4958-6; IRC 4941",
        False,
        no_insider_stands_behind_a_party,
        since="2026.4",
        why="staff who govern or own a payee were not noticed",
    ),
    Rule(
        "SUMS-TOGETHER",
        Layer.POLICY,
        "requirements R33 and R34",
        True,
        sums_count_together,
        since="2026.4",
        why="a sum cut in parts stayed under a tier",
    ).revised(
        "2026.5",
        "one text of a programme made its grants one sum, until nobody could approve the next",
        sums_of_one_payee_count_together,
    ),
    Rule(
        "SUMS-CONVERTED",
        Layer.POLICY,
        "requirements R33 and R34",
        True,
        sums_have_a_rate,
        since="2026.6",
        why="sums of two currencies were never one sum, and a currency without a tier could not be approved",
    ),
)
