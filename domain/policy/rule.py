"""Rules: an identity, a source in law or policy, and dated pure functions from facts to a verdict.

An edition is a name for a date: it holds, for each rule, the newest revision that is not later than that date (as
OpenFisca's dated formulas, openfisca_core/variables/variable.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from domain.policy.canonical import order_of
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Finding, Layer, Outcome

FIRST: Final = "2026.2"
"""The first edition under which decisions were taken."""


class Basis(NamedTuple):
    """The source of one verdict, where it differs from the rule's own."""

    layer: Layer
    citation: str
    confirmed: bool = True


class Verdict(NamedTuple):
    """A rule's verdict on the facts of one leg."""

    outcome: Outcome
    reason: str
    evidence: tuple[str, ...] = ()
    conditions: tuple[ConditionId, ...] = ()
    options: tuple[str, ...] = ()
    basis: Basis | None = None
    about: tuple[str, ...] = ()
    """The facts that a referral asks about, if its reason does not name exactly these."""


def once_cleared(verdict: Verdict | None, *conditions: ConditionId) -> Verdict | None:
    """Return a verdict whose referral also carries these conditions, which hold once it is cleared (rules 4.2)."""
    if verdict is None or verdict.outcome is not Outcome.REFER:
        return verdict
    return verdict._replace(conditions=tuple(dict.fromkeys((*verdict.conditions, *conditions))))


Test = Callable[[Facts], Verdict | tuple[Outcome, str] | Finding | None]
"""The test of a rule. It returns None where the rule does not apply."""


class Rule(NamedTuple):
    """A rule with its source. `confirmed` is False while counsel has not confirmed the source."""

    rule_id: str
    layer: Layer
    citation: str
    confirmed: bool
    test: Test
    since: str = FIRST
    """The edition from which this revision applies."""
    why: str = ""
    """The reason for the revision, empty for the first one."""
    before: Rule | None = None
    """The previous revision."""

    def revised(self, since: str, why: str, test: Test) -> Rule:
        """Return a new revision of the rule, which applies from an edition on. `before` keeps this one for replays."""
        return self._replace(test=test, since=since, why=why, before=self)

    def under(self, edition: str) -> Rule | None:
        """Return the newest revision that is not later than an edition, or None if the rule was added later."""
        revision: Rule | None = self
        while revision is not None and order_of(revision.since) > order_of(edition):
            revision = revision.before
        return revision


def apply(rule: Rule, facts: Facts) -> Finding | None:
    """Return a rule's finding, or None if it does not apply.

    If the rule's test raises, the finding refers the case, with the error as its reason.
    """
    try:
        return _meaning(rule, facts)
    except Exception as fault:
        reason = f"the rule could not be applied: {type(fault).__name__}: {fault}"
        return _finding(rule, facts, Verdict(Outcome.REFER, reason))


def _meaning(rule: Rule, facts: Facts) -> Finding | None:
    match rule.test(facts):
        case None:
            return None
        case Finding() as finding:
            return finding
        case Verdict() as verdict:
            if not _go_together(verdict):
                raise ValueError("its conditions do not go with its outcome")
            return _finding(rule, facts, verdict)
        case (outcome, reason):
            return _finding(rule, facts, Verdict(outcome, reason))
        case answer:
            raise TypeError(f"it said {answer!r}, which is no verdict")


def _go_together(verdict: Verdict) -> bool:
    """True if conditions stand where they may: a condition has some, a referral those of its answer (rules 4.2)."""
    match verdict.outcome:
        case Outcome.CONDITION:
            return bool(verdict.conditions)
        case Outcome.REFER:
            return True
        case Outcome.PASS | Outcome.FAIL:
            return not verdict.conditions


def _finding(rule: Rule, facts: Facts, verdict: Verdict) -> Finding:
    if not verdict.reason.strip():
        raise ValueError("a verdict without a reason")
    basis = verdict.basis or Basis(rule.layer, rule.citation, rule.confirmed)
    return Finding(
        rule_id=rule.rule_id,
        layer=basis.layer,
        citation=basis.citation,
        confirmed=basis.confirmed and rule.confirmed,
        leg=facts.direction,
        outcome=verdict.outcome,
        reason=verdict.reason,
        evidence=verdict.evidence,
        conditions=verdict.conditions,
        options=verdict.options,
        about=verdict.about,
    )
