"""The findings of a draft on facts that an earlier decision rested on, and the rules that these facts cannot answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from domain.policy.canonical import order_of
from domain.policy.facts import Facts
from domain.policy.findings import Finding, Outcome
from domain.policy.rule import Rule
from domain.proposal import Direction
from domain.rerun.draft import ChangedRule, DraftRule, EditionDraft
from domain.rerun.tracing import FactTrace


class UnansweredRule(NamedTuple):
    """A rule that asks what nobody recorded."""

    rule: str
    source: str
    leg: Direction
    facts: tuple[str, ...]


class DraftAnswer(NamedTuple):
    """The word of a draft on a decision's facts."""

    findings: tuple[Finding, ...]
    unanswered: tuple[UnansweredRule, ...]


class RecordedAnswer(NamedTuple):
    """The findings by which something was decided, and the edition that made them."""

    edition: str
    findings: tuple[Finding, ...]


def answer_of(draft: EditionDraft, legs: Sequence[Facts], recorded_facts: RecordedAnswer) -> DraftAnswer:
    """Return a draft's findings on the facts of every leg. `recorded`: those that its edition gives on these facts."""
    findings: list[Finding] = []
    unanswered: list[UnansweredRule] = []
    for leg in legs:
        facts = leg.model_copy(update={"edition": draft.after})
        for answer in (
            *_of_the_book(draft, facts, recorded_facts),
            *_of_the_draft(draft, facts, recorded_facts.edition),
        ):
            if isinstance(answer, UnansweredRule):
                unanswered.append(answer)
            else:
                findings.append(answer)
    return DraftAnswer(tuple(findings), tuple(unanswered))


def _of_the_book(
    draft: EditionDraft, facts: Facts, recorded_facts: RecordedAnswer
) -> Iterator[Finding | UnansweredRule]:
    """Yield the findings of the edition's own rules. A rule that decided already asks nothing that is new."""
    if recorded_facts.edition == draft.after:
        names = {rule.rule_id for rule in draft.book.rules}
        own_answer = (f for f in recorded_facts.findings if f.leg is facts.direction and f.rule_id in names)
        yield from (_changed(draft, finding) for finding in own_answer)
        return
    trace = FactTrace(facts, recorded_facts.edition)
    earlier = {(f.rule_id, f.leg): f for f in recorded_facts.findings}
    for rule in draft.book.rules:
        finding, missing_facts = trace.apply(rule)
        is_new = order_of(rule.since) > order_of(recorded_facts.edition)
        if missing_facts and (is_new or finding != earlier.get((rule.rule_id, facts.direction))):
            yield UnansweredRule(rule.rule_id, _source(rule), facts.direction, missing_facts)
        elif finding is not None:
            yield _changed(draft, finding)


def _source(rule: Rule) -> str:
    return f"{rule.layer.value}: {rule.citation}"


def _changed(draft: EditionDraft, finding: Finding) -> Finding:
    """Return a finding with the outcome that the draft gives it. Its papers go with it, unless a person decides."""
    for change in draft.changed:
        if (change.rule, change.was) == (finding.rule_id, finding.outcome):
            return finding.model_copy(update=_update_of(change, finding))
    return finding


def _update_of(change: ChangedRule, finding: Finding) -> dict[str, object]:
    conditions = finding.conditions if change.becomes is Outcome.REFER else ()
    return {"outcome": change.becomes, "citation": change.source, "confirmed": False, "conditions": conditions}


def _of_the_draft(draft: EditionDraft, facts: Facts, recorded_under: str) -> Iterator[Finding | UnansweredRule]:
    for rule in draft.rules:
        if facts.direction in rule.legs and (answer := _answer(rule, facts, recorded_under)) is not None:
            yield answer


def _answer(rule: DraftRule, facts: Facts, recorded_under: str) -> Finding | UnansweredRule | None:
    """Return a new rule's finding, or None where it does not apply."""
    conditions = [comparison.on(facts, recorded_under) for comparison in rule.when]
    if any(not answer.holds and not answer.unknown for answer in conditions):
        return None
    answer = rule.asks.on(facts, recorded_under)
    if unknown := tuple(dict.fromkeys(part.unknown for part in (*conditions, answer) if part.unknown)):
        return UnansweredRule(rule.rule, f"{rule.layer.value}: {rule.source}", facts.direction, unknown)
    outcome = Outcome.PASS if answer.holds else rule.otherwise
    return Finding(
        rule_id=rule.rule, layer=rule.layer, citation=rule.source, confirmed=False, leg=facts.direction,
        outcome=outcome, reason=rule.reason, conditions=() if answer.holds else rule.conditions,
    )  # fmt: skip


TIERS_RULE: Final = "APPROVAL-TIERS"
"""The name under which the draft's tiers of approval stand."""
