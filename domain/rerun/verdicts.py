"""Verdicts: the outcome of a decision under a draft, and the rules that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import Field

from domain.policy.conditions import CONDITIONS, ConditionId, Gate
from domain.policy.findings import Finding, Layer, Outcome
from domain.proposal import Direction
from domain.rerun.answering import DraftAnswer, UnansweredRule
from domain.values import Value, is_empty, is_none


class RerunVerdict(StrEnum):
    """The verdict on a decision."""

    SAME = "SAME"
    WAITED = "WAITED"
    """It would have waited: for an answer, a paper, or more approvers."""
    REFUSED = "REFUSED"
    """It would have been refused, and was not."""
    ALLOWED = "ALLOWED"
    """It was refused, and no rule would have refused it."""
    EASED = "EASED"
    """Less would have been asked."""
    UNKNOWN = "UNKNOWN"
    """A new rule asks a fact that nobody recorded."""
    NOT_RUN = "NOT_RUN"
    """What is on record cannot be decided again, and nothing is said of it."""


class RuleDifference(Value):
    """A rule that says otherwise: what it said, what it would say, and its source. It names nobody."""

    rule: str
    source: str
    layer: Layer | None = Field(default=None, exclude_if=is_none)
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    was: Outcome | None = Field(default=None, exclude_if=is_none)
    """None where the rule did not apply, or is new."""
    becomes: Outcome | None = Field(default=None, exclude_if=is_none)
    """None where it would not apply, or is unknown."""
    papers: tuple[ConditionId, ...] = Field(default=(), exclude_if=is_empty)
    """The conditions that are new."""
    approvers: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """The roles that would have had to approve, and did not."""
    unknown: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """The facts that it asks and nobody recorded."""


class JudgedAgain(NamedTuple):
    """A verdict with the rules that it follows from."""

    verdict: RerunVerdict
    differences: tuple[RuleDifference, ...] = ()


def judge_again(
    before: Sequence[Finding], answer: DraftAnswer, leg: Direction | None, had_refusal: bool
) -> JudgedAgain:
    """Return the verdict on a decision. `leg`: the one that it is about, or None for all."""
    old, new = _objections(before, leg), _objections(answer.findings, leg)
    open_facts = [rule for rule in answer.unanswered if leg in {None, rule.leg}]
    open_rules = {(rule.rule, rule.leg) for rule in open_facts}
    additions = [finding for finding in new if not _is_covered(finding, old)]
    omissions = [f for f in old if (f.rule_id, f.leg) not in open_rules and not _is_kept(f, new)]
    verdict = (_of_a_refusal if had_refusal else _of_a_permission)(new, additions, omissions, open_facts)
    if verdict is RerunVerdict.SAME:
        return JudgedAgain(verdict)
    differences = (
        *(_added(finding, old) for finding in additions),
        *(_dropped(finding, answer.findings) for finding in omissions),
        *map(_open, open_facts),
    )
    return JudgedAgain(verdict, tuple(dict.fromkeys(differences)))


def _of_a_permission(
    new: list[Finding], additions: list[Finding], omissions: list[Finding], open_facts: list[UnansweredRule]
) -> RerunVerdict:
    if any(finding.outcome is Outcome.FAIL for finding in additions):
        return RerunVerdict.REFUSED
    if open_facts:
        return RerunVerdict.UNKNOWN
    if additions:
        return RerunVerdict.WAITED
    return RerunVerdict.EASED if omissions else RerunVerdict.SAME


def _of_a_refusal(
    new: list[Finding], additions: list[Finding], omissions: list[Finding], open_facts: list[UnansweredRule]
) -> RerunVerdict:
    if any(finding.outcome is Outcome.FAIL for finding in new):
        return RerunVerdict.SAME
    return RerunVerdict.UNKNOWN if open_facts else RerunVerdict.ALLOWED


_HOLDS: Final = frozenset({Gate.AGREEMENT, Gate.PAYMENT})


def _holding(finding: Finding) -> tuple[ConditionId, ...]:
    """Return the conditions of a finding that hold the agreement or a payment. Later duties hold nothing."""
    return tuple(condition for condition in finding.conditions if CONDITIONS[condition].before in _HOLDS)


def _objections(findings: Iterable[Finding], leg: Direction | None) -> list[Finding]:
    """Return the findings that stop or hold a leg."""
    about = (finding for finding in findings if leg in {None, finding.leg} and finding.outcome is not Outcome.PASS)
    return [finding for finding in about if finding.outcome is not Outcome.CONDITION or _holding(finding)]


def _is_covered(finding: Finding, old: list[Finding]) -> bool:
    """True if a finding asks nothing that was not asked, and answered, before."""
    same_finding = [
        other_finding
        for other_finding in old
        if (other_finding.rule_id, other_finding.leg) == (finding.rule_id, finding.leg)
    ]
    match finding.outcome:
        case Outcome.FAIL:
            return any(other_finding.outcome is Outcome.FAIL for other_finding in same_finding)
        case Outcome.REFER:
            keys = {
                key
                for other_finding in same_finding
                if other_finding.outcome is Outcome.REFER
                for key in other_finding.keys
            }
            return {*finding.keys} <= keys or any(
                other_finding.outcome is Outcome.FAIL for other_finding in same_finding
            )
        case _:
            return not _new_papers(finding, old)


def _new_papers(finding: Finding, old: list[Finding]) -> tuple[ConditionId, ...]:
    before = {
        condition for other_finding in old if other_finding.leg is finding.leg for condition in other_finding.conditions
    }
    return tuple(condition for condition in _holding(finding) if condition not in before)


_WEIGHT: Final = {outcome: weight for weight, outcome in enumerate(Outcome)}


def _is_kept(finding: Finding, new: list[Finding]) -> bool:
    """True if an objection still stands: by its rule with no lesser weight, or by another that asks the same papers."""
    same_finding = (
        other_finding
        for other_finding in new
        if (other_finding.rule_id, other_finding.leg) == (finding.rule_id, finding.leg)
    )
    if any(_WEIGHT[other_finding.outcome] >= _WEIGHT[finding.outcome] for other_finding in same_finding):
        return True
    after = {
        condition for other_finding in new if other_finding.leg is finding.leg for condition in other_finding.conditions
    }
    return finding.outcome is Outcome.CONDITION and {*_holding(finding)} <= after


def _added(finding: Finding, old: list[Finding]) -> RuleDifference:
    return _difference(finding, _outcome_of(finding, old), finding.outcome, _new_papers(finding, old))


def _dropped(finding: Finding, new: Sequence[Finding]) -> RuleDifference:
    return _difference(finding, finding.outcome, _outcome_of(finding, new), ())


def _outcome_of(finding: Finding, other_findings: Sequence[Finding]) -> Outcome | None:
    """Return the finding of the same rule on the same leg among others, or None if it says nothing."""
    outcomes = [o.outcome for o in other_findings if (o.rule_id, o.leg) == (finding.rule_id, finding.leg)]
    return max(outcomes, key=_WEIGHT.__getitem__, default=None)


def _difference(
    finding: Finding, was: Outcome | None, becomes: Outcome | None, papers: tuple[ConditionId, ...]
) -> RuleDifference:
    return RuleDifference(
        rule=finding.rule_id, source=finding.citation, layer=finding.layer, leg=finding.leg, was=was, becomes=becomes,
        papers=papers,
    )  # fmt: skip


def _open(rule: UnansweredRule) -> RuleDifference:
    return RuleDifference(rule=rule.rule, source=rule.source, leg=rule.leg, unknown=rule.facts)
