"""No test may fail for want of speed: what bounds a wait in the suite is the one backstop, and no number of its own."""

from __future__ import annotations

import ast

import hypothesis
import pytest
from hypothesis import HealthCheck

from tests.conftest import ROOT
from tests.waiting import BACKSTOP

LONGEST_NAP = 0.5
"""Seconds between two looks at the most; whoever sleeps longer waits for time to pass."""


def hurries(code: str) -> list[str]:
    """What in a test says how long something may take, or how long it takes."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in calls if is_hurry(call)]


def is_hurry(call: ast.Call) -> bool:
    match ast.unparse(call.func).split(".")[-1]:
        case "timeout":
            return any(number > 0 for number in numbers(*call.args))
        case "wait_for":
            return any(number > 0 for number in numbers(*call.args[1:], *named(call, "timeout")))
        case "sleep":
            return any(number > LONGEST_NAP for number in numbers(*call.args))
        case "settings":
            return bool(named(call, "deadline"))
    return False


def named(call: ast.Call, name: str) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg == name]


def numbers(*values: ast.expr) -> list[float]:
    """The numbers that are written out among what a call is given."""
    return [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, int | float)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("async with asyncio.timeout(5): pass", True),
        ("async with asyncio.timeout(BACKSTOP): pass", False),
        ("@pytest.mark.timeout(60)\ndef test(): pass", True),
        ("await asyncio.wait_for(something, 2.5)", True),
        ("await asyncio.wait_for(something, timeout=2)", True),
        ("await model.wait_for(3, BACKSTOP)", False),
        ("await asyncio.sleep(1)", True),
        ("await asyncio.sleep(0.02)", False),
        ("@settings(max_examples=9, deadline=200)\ndef test(): pass", True),
        ("@settings(max_examples=9)\ndef test(): pass", False),
    ],
)
def test_a_wait_that_a_number_ends_is_found(code: str, found: bool) -> None:
    assert bool(hurries(code)) is found


def test_nothing_in_the_suite_is_in_a_hurry() -> None:
    found = {str(path.relative_to(ROOT)): hurries(path.read_text("utf-8")) for path in (ROOT / "tests").rglob("*.py")}
    assert {name: calls for name, calls in found.items() if calls} == {}


def test_no_example_of_hypothesis_and_no_test_is_judged_by_how_long_it_takes(pytestconfig: pytest.Config) -> None:
    in_force = hypothesis.settings()
    assert in_force.deadline is None
    assert HealthCheck.too_slow in in_force.suppress_health_check
    assert float(pytestconfig.getini("timeout")) >= 5 * BACKSTOP
