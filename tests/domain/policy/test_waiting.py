"""An unmet barrier and a period that is over stop payments of what was approved under 2026.5 or later (rules 4.11)."""

from __future__ import annotations

import pytest

from domain.policy.waiting import is_bound


@pytest.mark.parametrize(
    ("edition", "bound"), [("2026.2", False), ("2026.4", False), ("2026.5", True), ("2026.10", True), ("2027.1", True)]
)
def test_what_was_approved_before_runs_on_as_it_was_read_then(edition: str, bound: bool) -> None:
    assert is_bound(edition) is bound
