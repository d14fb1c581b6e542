"""Many sums: a finding names ten of them one by one, and counts the rest (rules 4.9)."""

from __future__ import annotations

import pytest

from domain.policy.findings import Finding
from domain.policy.rulebook import EDITIONS
from tests.builders import status
from tests.domain.policy.language import paid, spoken
from tests.domain.policy.newer.sums_cases import given_before

BOOK = EDITIONS["2026.5"]


def beside(number: int, known: str, rule: str) -> Finding:
    """A rule's finding on a grant beside so many sums that were approved before."""
    sums = given_before(*["100.00"] * number)
    return spoken(paid(None, status(), book=BOOK, seen={known: sums}), rule)


@pytest.mark.parametrize(("number", "named"), [(9, 9), (10, 10), (11, 10), (12, 10)])
def test_of_sums_that_count_together_ten_are_named_and_the_others_counted(number: int, named: int) -> None:
    reason = beside(number, "together", "SUMS-TOGETHER").reason
    assert reason.count("approved on") == named
    assert (f"; {number - 10} more: " in reason) is (number > 10)


@pytest.mark.parametrize(("number", "named"), [(9, 9), (10, 10), (11, 10)])
def test_of_what_a_funder_gave_before_ten_sums_are_the_evidence(number: int, named: int) -> None:
    evidence = beside(number, "support", "PROJECT-PROPORTION").evidence
    assert len([one for one in evidence if "approved on" in one]) == named
