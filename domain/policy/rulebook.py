"""The rule book as a whole: a version, its rules, and the assessment of a proposal under it."""

from __future__ import annotations

from typing import Final, NamedTuple

from domain.evidence import Verification
from domain.policy.facts import Facts, facts_of
from domain.policy.findings import Assessment, Finding, Outcome, digest
from domain.policy.rules import RULES, Rule
from domain.proposal import Funding, Proposal
from domain.values import Value


class RuleBook(NamedTuple):
    """A version of the rule book. Each decision names the version it was taken under (R35)."""

    version: str
    rules: tuple[Rule, ...]


class _Inputs(Value):
    """Everything an assessment rests on, for its digest."""

    legs: tuple[Facts, ...]


RULE_BOOK: Final = RuleBook(version="2026.1", rules=RULES)


def assess(proposal: Proposal, funding: Funding, verification: Verification, book: RuleBook = RULE_BOOK) -> Assessment:
    """Apply every rule to every leg. A rule that raises makes the case refer, visibly; it never passes it."""
    legs = facts_of(proposal, funding, verification)
    findings = (_apply(rule, facts) for facts in legs for rule in book.rules)
    return Assessment(
        rule_book=book.version,
        facts_sha256=digest(_Inputs(legs=legs)),
        findings=tuple(finding for finding in findings if finding is not None),
    )


def last_look(assessment: Assessment, cleared: tuple[str, ...]) -> str | None:
    """Return why a released payment must be withheld now, or None (R38).

    A failure always withholds; a referral does unless a verifier cleared the very same one for this partnership before.
    """
    open_referrals = [f for f in assessment.with_outcome(Outcome.REFER) if f.key not in cleared]
    reasons = [*assessment.with_outcome(Outcome.FAIL), *open_referrals]
    return "; ".join(f"{finding.reason} ({finding.rule_id})" for finding in reasons) or None


def _apply(rule: Rule, facts: Facts) -> Finding | None:
    try:
        said = rule.test(facts)
    except Exception as fault:
        said = Outcome.REFER, f"the rule could not be applied: {type(fault).__name__}: {fault}"
    match said:
        case (Outcome() as outcome, str() as reason):
            return Finding(
                rule_id=rule.rule_id,
                layer=rule.layer,
                citation=rule.citation,
                confirmed=rule.confirmed,
                leg=facts.direction,
                outcome=outcome,
                reason=reason,
            )
        case finding:
            return finding
