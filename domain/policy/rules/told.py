"""The rule on what people told and a verifier found to be so (rules 4.1).

What is known of a payee's status, of its kind and of who controls it is a fact for the rules on these
(`domain.policy.facts`); this one judges all else. A failure is cured, such as by another party, and never cleared.
"""

from __future__ import annotations

from typing import Final

from domain.policy.facts import Facts, is_fact_of_payee
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict
from domain.proposal import Direction
from domain.screening.truths import KnownTruth, TruthKind

FORBIDS: Final = frozenset({TruthKind.SANCTIONS, TruthKind.LOST_STATUS, TruthKind.FOR_PROFIT})
"""The kinds that forbid a payment while the party is named: another takes its place, or it ends."""

SAYS_NOTHING: Final = frozenset({TruthKind.OTHER, TruthKind.ONE_PROJECT})
"""The kinds that this rule judges no further: the verifier's answer is the judgement. Sums count (SUMS-TOGETHER)."""


def what_was_told(facts: Facts) -> Verdict | None:
    """What is known to be so stands against a leg, whoever told it and wherever."""
    told = [one for one in facts.truths if _concerns(one, facts)]
    if not told:
        return None
    forbidding = [one for one in told if one.kind in FORBIDS or one.rules]
    if forbidding:
        reason = f"it is known: {_named(forbidding)}{_refused_by(forbidding)}"
        return Verdict(Outcome.FAIL, reason, basis=_basis(forbidding[0]))
    asked = [one for one in told if one.kind not in SAYS_NOTHING]
    if asked:
        reason = f"it is known, and a person judges what follows: {_named(asked)}"
        return Verdict(Outcome.REFER, reason, about=tuple(sorted(one.told for one in asked)))
    return Verdict(Outcome.PASS, f"a verifier answered it: {_named(told)}")


def _concerns(truth: KnownTruth, facts: Facts) -> bool:
    """True if this rule judges a truth on this leg."""
    if facts.direction is Direction.FUNDS_OUT:
        return not is_fact_of_payee(truth, facts.funds_out)
    gift = facts.funds_in
    return gift is not None and truth.kind in {TruthKind.SANCTIONS, TruthKind.OTHER} and truth.party == gift.donor.name


def _refused_by(truths: list[KnownTruth]) -> str:
    rules = dict.fromkeys(rule for truth in truths for rule in truth.rules)
    if rules:
        return f", which {', '.join(rules)} refuses; once it is mended, a verifier finds by a paper that it is not so"
    return "; another party may take the place of whom it is about"


def _named(truths: list[KnownTruth]) -> str:
    return "; ".join(truth.told for truth in truths)


def _basis(truth: KnownTruth) -> Basis:
    match truth.kind:
        case TruthKind.SANCTIONS:
            return Basis(Layer.REG, "31 CFR 501.603, 501.604; rules 2.9")
        case TruthKind.LOST_STATUS:
            return Basis(Layer.RULING, "Rev. Proc. 2018-32, s. 4.04")
        case _:
            return Basis(Layer.POLICY, "owner's policy, Types of Partnerships")


RULES: Final = (
    Rule("TOLD-FACTS", Layer.POLICY, "owner's policy; rules 4.1", True, what_was_told,
         since="2026.5", why="what people learnt after the proposal was judged by nobody"),
)  # fmt: skip
