"""The daily run leaves out no subject: each file of tests has one that is not slow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

WHOLLY_SLOW = {
    "tests/chaos/funds/test_storm.py": "many approvals at once: tests/records/test_funds.py; kills: chaos/partnerships",
    "tests/bench/test_mutants_of_workflows.py": "explained mutants can be made; mutation itself runs in make check",
    "tests/bench/test_benchmarks.py": "every benchmark with few lives; they measure, and guard no promise",
    "tests/accord/counter/test_booked_beside.py": "the decision: domain/partnership/payment/test_booked_beside.py",
    "tests/accord/console/deciding/test_life.py": "touches: test_deciding.py; payment: accord/counter/pages",
    "tests/accord/console/organisation/test_founding.py": "by four browsers; test_founding_refused.py founds by form",
    "tests/accord/console/door/test_in_chromium.py": "the inbox in a browser; test_inbox.py asks for it every day",
    "tests/accord/counter/pages/test_sheets.py": "sheets by the pages; portal/test_typing_in.py does it every day",
    "tests/accord/counter/portal/test_portal_by_shell.py": "sheets by shell; test_typing_in.py beside it does the same",
    "tests/accord/counter/pages/test_whole_life.py": "founding, proposing and paying by browser; each has its own test",
    "tests/tours/test_beside_the_demo.py": "the README's commands beside a whole demo; each has tests of its own",
    "tests/accord/console/proposing/test_in_chromium.py": "in a browser; test_proposing.py fills the form in",
    "tests/accord/console/organisation/test_keys.py": "in browsers; deciding/test_deciding.py makes and enters one",
    "tests/accord/console/test_keyboard.py": "by keys in a browser; test_deciding.py in deciding decides by mouse",
    "tests/accord/counter/pages/test_looks.py": "every page in each look; test_life.py beside it asks axe of two",
    "tests/accord/counter/pages/test_stopping.py": "the same serving ends in console/serving/test_stopping.py",
    "tests/accord/cli/test_demo.py": "with all that a demo starts; accord/demo/test_playing.py plays it every day",
    "tests/accord/cli/test_reporting.py": "reports by shell: test_partnerships.py, test_budgets.py",
    "tests/accord/cli/test_parts_and_recalls.py": "by shell; accord/counter/recalls, and test_short.py there",
    "tests/accord/cli/books/test_planning_figures.py": "one column more; test_books.py lists the book by shell",
    "tests/accord/counter/stated/test_entries_by_shell.py": "by shell; test_explained.py explains entries every day",
    "tests/accord/to_the_bank/test_what_a_release_waits_for.py": "by shell; accord/audit/walk/test_waiting.py",
    "tests/accord/to_the_bank/test_cleared_to_the_bank.py": "by shell; the worked cases decide each path every day",
    "tests/accord/console/door/test_light_ways.py": "by pages; accord/cli/test_light_ways.py does it by shell",
    "tests/accord/organisation/test_truths_in_a_life.py": "with a worker; test_truths.py and accord/audit ask the gate",
    "tests/adversary/test_another_account.py": "by shell; accord/audit/bank/test_accounts.py asks the gate",
    "tests/adversary/test_a_payee_lives_on.py": "by shell; accord/audit/walk/test_payee_lives_on.py",
    "tests/adversary/test_told_in_an_amendment.py": "by shell; accord/audit/test_after_the_release.py",
    "tests/workflows/test_cancelling.py": "its histories are goldens (cancelled), which replay every day",
    "tests/workflows/test_deadlines.py": "its histories are goldens (overdue, lapsed), which replay every day",
    "tests/accord/console/door/test_periods_and_steps.py": "test_inbox.py takes a report over, too",
    "tests/workflows/test_reports.py": "histories with reports are goldens, which replay every day",
    "tests/workflows/test_doubts.py": "its histories are goldens (withheld), which replay every day",
    "tests/workflows/test_funds_that_change.py": "test_funds.py beside it; tests/activities/test_funds.py",
    "tests/workflows/test_legs.py": "accord/audit/walk/test_legs.py, and the lives of the domain",
    "tests/test_lost_namespace.py": "a minute of polls; accord/operations/test_polling.py has the SDK refused at once",
    "tests/workflows/test_changes.py": "accord/audit/bank/test_accounts.py, accord/counter/pages/test_accounts.py",
}
"""Files that `make check` alone runs, with the reason."""


def every_test(source: str) -> Iterator[tuple[str, bool]]:
    """The tests of a file, also of its classes: the name of each, and whether it is slow."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name, any(ast.unparse(mark) == "pytest.mark.slow" for mark in node.decorator_list)


UNMARKED = re.compile(r"^\n(?:async )?def test_", re.MULTILINE)
"""A test with no decorator, which runs every day: a file that has one is not read any further."""


def is_wholly_slow(source: str) -> bool:
    """True if a file has tests, and none of them runs every day."""
    if "pytest.mark.slow" not in source or UNMARKED.search(source):
        return False
    tests = dict(every_test(source))
    return bool(tests) and all(tests.values())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("@pytest.mark.slow\ndef test_a() -> None: ...", True),
        ("@pytest.mark.slow\ndef test_a() -> None: ...\nasync def test_b() -> None: ...", False),
        ("@pytest.mark.slow\n@given(words())\nasync def test_a() -> None: ...", True),
        ("def helper() -> None: ...", False),
    ],
)
def test_a_file_without_a_test_of_every_day_is_found(source: str, found: bool) -> None:
    assert is_wholly_slow(source) is found


def test_each_file_has_a_test_that_runs_every_day() -> None:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 300
    slow = {str(path.relative_to(ROOT)) for path in files if is_wholly_slow(Path(path).read_text("utf-8"))}
    assert slow == set(WHOLLY_SLOW)
