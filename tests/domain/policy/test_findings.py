"""A condition that only open questions carry holds once one of them is cleared (rules 4.2)."""

from __future__ import annotations

from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Outcome
from tests.domain.policy.language import CONDITION, REFER, assessment

PAPERS = ConditionId.PAPERS_READ
FIRST, SECOND = "RULE-1: finding 1", "RULE-2: finding 2"


def carrying(*outcomes: Outcome) -> Assessment:
    """Findings of these weights, each of which carries the same condition."""
    made = assessment(*outcomes)
    findings = tuple(one.model_copy(update={"conditions": (PAPERS,)}) for one in made.findings)
    return made.model_copy(update={"findings": findings})


def test_a_condition_of_open_questions_waits_for_either_of_them() -> None:
    assert carrying(REFER, REFER).conditions_once_cleared(()) == {PAPERS: (FIRST, SECOND)}


def test_once_one_is_cleared_the_condition_holds_and_waits_no_more() -> None:
    assert carrying(REFER, REFER).conditions_once_cleared((SECOND,)) == {}


def test_what_is_cleared_elsewhere_changes_nothing() -> None:
    assert carrying(REFER).conditions_once_cleared((SECOND,)) == {PAPERS: (FIRST,)}


def test_a_condition_that_another_finding_sets_holds_anyhow() -> None:
    assert carrying(REFER, CONDITION).conditions_once_cleared(()) == {}
