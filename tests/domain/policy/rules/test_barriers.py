"""A conditional grant's barrier: words until 2026.5, and from 2026.6 on a milestone of the work plan, if it has one."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.findings import Finding, Outcome
from domain.policy.rulebook import EDITIONS
from tests.budgets import milestone
from tests.builders import party, status
from tests.domain.policy.language import PROFILES, paid

BARRIER = "The county council has matched the grant"


def word(edition: str, **leg: Any) -> Finding | None:
    """The rule's word on a grant with a barrier."""
    assessment = paid(party(), status(), PROFILES["P"], book=EDITIONS[edition], **leg)
    return next((finding for finding in assessment.findings if finding.rule_id == "PROJECT-BARRIER"), None)


@pytest.mark.parametrize("edition", ["2026.5", "2026.6"])
def test_a_barrier_in_words_asks_for_its_paper(edition: str) -> None:
    found = word(edition, barrier=BARRIER)
    assert found is not None
    assert (found.outcome, found.conditions) == (Outcome.CONDITION, ("BARRIER_MET",))


def test_a_barrier_that_is_a_milestone_is_shown_by_a_report() -> None:
    """Given a barrier as a milestone, then no condition stands beside it: the tranche waits for the milestone."""
    found = word("2026.6", milestones=[milestone(holds=[1], barrier=True)])
    assert found is not None
    assert (found.outcome, found.conditions) == (Outcome.PASS, ())
    assert "tranche 1 until milestone 1: Course 1 is held" in found.reason


@pytest.mark.parametrize("milestones", [[], [milestone(holds=[1])]])
def test_a_grant_without_a_barrier_is_not_spoken_of(milestones: list[dict[str, Any]]) -> None:
    assert word("2026.6", milestones=milestones) is None
