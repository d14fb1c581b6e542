"""Decide sums in the organisation's base currency, at the reference rates of a recorded day (rules 4.18).

A sum that nobody can convert is no small one: the highest tier is asked, and no approver's limit covers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.directory.base import BaseRule
from domain.directory.tiers import HouseRules, Role, most_of, quorum_of, quorum_without_rate
from domain.proposal import Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.values import Money

Sums = tuple[Money, ...]


def sums_by_way(proposal: Proposal, approved_sums: Iterable[ApprovedSum]) -> tuple[Sums, ...]:
    """Return the sums of each way of the money: out, with what counts together with it, and in."""
    out = proposal.funds_out
    if out is None:
        return tuple((money,) for money in proposal.sums)
    together = (out.left, *(approved_sum.money for approved_sum in approved_sums))
    return (together, *((money,) for money in proposal.sums[1:]))


def quorum_in_base(
    ways: Sequence[Sums], rules: HouseRules, elevated_risk: bool, conversion: Conversion | None, made_of: str = ""
) -> tuple[Role, ...]:
    """Return the roles that must approve the sums of each way: each as often as the most demanding of them asks.

    `made_of`: what the first of them is made of, for the message.

    Raises:
        ThresholdUnknown: No tier covers them.
    """
    if rules.base is None:
        raise ValueError("without a base currency nothing is converted into it")
    usable = _usable(rules.base, conversion)
    first, *others = ways
    quorums = [_quorum(first, rules, elevated_risk, usable, made_of)]
    return most_of(*quorums, *(_quorum(sums, rules, elevated_risk, usable) for sums in others))


def totals(ways: Sequence[Sums], base: BaseRule, conversion: Conversion | None) -> Sums | None:
    """Return the sum of each way in the base currency, or None if one of them cannot be converted."""
    usable = _usable(base, conversion)
    known_totals = [usable.total(sums) for sums in ways]
    return None if None in known_totals else tuple(money for money in known_totals if money is not None)


def _usable(base: BaseRule, conversion: Conversion | None) -> Conversion:
    """Return rates into this very base currency. Those into another, of earlier rules, convert nothing."""
    return conversion if conversion is not None and conversion.base == base.currency else Conversion(base=base.currency)


def _quorum(
    sums: Sums, rules: HouseRules, elevated_risk: bool, conversion: Conversion, made_of: str = ""
) -> tuple[Role, ...]:
    total = conversion.total(sums)
    if total is None:
        return quorum_without_rate(sums, rules, elevated_risk, conversion.lacking(sums), made_of)
    told = conversion.told(sums)
    return quorum_of(total, rules, elevated_risk, f"{made_of}, at {told}" if told else made_of)
