"""Recompute the rule book's recorded findings from the facts in the events, with the code of their own edition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from accord.audit.replays import RecordedFacts
from accord.audit.walk.evidence import assessment_fault
from accord.audit.walk.walk import Walk
from accord.follow.looks import Beyond
from domain.partnership import events as e
from domain.policy.findings import Assessment, Finding
from domain.policy.rulebook import EDITIONS, findings_under


class Recomputed(NamedTuple):
    """The outcome of recomputing an assessment: a fault or '', and what could not be recomputed of it."""

    fault: str
    beyond: tuple[Beyond, ...] = ()
    recomputed: bool = False


def reassess(
    facts: RecordedFacts, event: e.EligibilityAssessed | e.RegistersRechecked, partnership_id: str
) -> Recomputed:
    """Recompute an assessment. `facts`: those before it, with its own evidence where it holds some."""
    if event.assessment.rule_book not in EDITIONS:
        return Recomputed("", (Beyond.EDITION, Beyond.REGISTERS))
    fault = _fault(facts, event.assessment)
    if facts.erased:
        # A rule that reads a name may say something else without it. Nobody here can tell, so a person judges it.
        words = f"{fault}; names in its facts are sealed, and the difference may be theirs" if fault else ""
        return Recomputed(words, (Beyond.SEALED_FACTS, Beyond.REGISTERS), recomputed=not fault)
    first = isinstance(event, e.EligibilityAssessed) and not fault
    if first and not facts.decision(partnership_id, event.assessment).replays:
        fault = f"edition {event.assessment.rule_book} does not give this assessment of the recorded facts"
    return Recomputed(fault, (Beyond.REGISTERS,), recomputed=not fault)


def _fault(facts: RecordedFacts, assessment: Assessment) -> str:
    """Return a fault if the edition finds something else of the facts, or the evidence is of others, or ''."""
    if facts.proposal is None or facts.funding is None or facts.verification is None:
        return "the rule book's answer rests on no evidence in the ledger"
    given_facts = facts.proposal, facts.funding, facts.verification, facts.interests
    if _verdicts(findings_under(*given_facts, EDITIONS[assessment.rule_book])) != _verdicts(assessment.findings):
        return f"edition {assessment.rule_book} does not find this of the recorded facts"
    if facts.erased:
        return ""  # whether the evidence is about these parties is asked by their names
    proposal, funding, verification, interests = given_facts
    walk = Walk(proposal=proposal, funding=funding, verification=verification, interests=interests)
    return str(assessment_fault(walk, assessment) or "")


def _verdicts(findings: Iterable[Finding]) -> list[tuple[object, ...]]:
    """Return the findings without their words, which may name people."""
    return [(finding.leg, finding.rule_id, finding.outcome, finding.conditions) for finding in findings]
