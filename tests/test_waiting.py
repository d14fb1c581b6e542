"""No test may fail for want of speed: what bounds a wait in the suite is the one backstop, and no number of its own."""

from __future__ import annotations

import re
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck

from tests.conftest import ROOT
from tests.waiting import BACKSTOP

HURRY = re.compile(
    r"""
      \b timeout \( \s* [\d.]                          # asyncio's and pytest's
    | \b wait_for \( [^()]* , \s* (timeout=)? [\d.]
    | \b sleep \( \s* ([1-9] | 0?\.[5-9]\d)            # longer than between two looks: it waits for time to pass
    | \b settings \( [^()]* \b deadline=               # hypothesis'
    """,
    re.VERBOSE,
)


def hurries(code: str) -> list[str]:
    """The parts of a test that say how long something may take, or how long it takes."""
    return [found.group() for found in HURRY.finditer(code)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("async with asyncio.timeout(5): pass", True),
        ("async with asyncio.timeout(BACKSTOP): pass", False),
        ("@pytest.mark.timeout(60)", True),
        ("await asyncio.wait_for(something, 2.5)", True),
        ("await asyncio.wait_for(something, timeout=2)", True),
        ("await model.wait_for(3, BACKSTOP)", False),
        ("await asyncio.sleep(1)", True),
        ("await asyncio.sleep(0.02)", False),
        ("@settings(max_examples=9, deadline=200)", True),
        ("@settings(max_examples=9)", False),
    ],
)
def test_a_wait_that_a_number_ends_is_found(code: str, found: bool) -> None:
    assert bool(hurries(code)) is found


def test_nothing_in_the_suite_is_in_a_hurry() -> None:
    others = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    found = {str(path.relative_to(ROOT)): hurries(path.read_text("utf-8")) for path in others}
    assert len(found) > 100
    assert {name: calls for name, calls in found.items() if calls} == {}


def test_no_example_of_hypothesis_and_no_test_is_judged_by_how_long_it_takes(pytestconfig: pytest.Config) -> None:
    in_force = hypothesis.settings()
    assert in_force.deadline is None
    assert HealthCheck.too_slow in in_force.suppress_health_check
    assert float(pytestconfig.getini("timeout")) >= 5 * BACKSTOP
