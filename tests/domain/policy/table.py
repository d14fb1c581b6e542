"""Prints the table of the worked cases at the end of a run in which they were tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import shorten
from typing import Any

import pytest

from tests.domain.policy.cases import ELSEWHERE, NOT_ON_FACTS
from tests.domain.policy.every_case import EVERY
from tests.domain.policy.language import PROFILES
from tests.domain.policy.newer.fields import FIELDS

Cells = dict[tuple[int, str], tuple[str, bool]]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the outcome of each case under each profile, and whether that is right. Then print the fields."""
    fields_in(terminalreporter)
    cells: Cells = dict(_cells(terminalreporter))
    if not cells:
        return
    terminalreporter.section("the worked cases: P public charity, F supporting organisation, X private foundation")
    for line in _table(cells):
        terminalreporter.write_line(line)


def fields_in(terminalreporter: Any) -> None:
    """Print how often each field of a drawn proposal was absent, good and bad, and how often that told."""
    told: dict[str, Counter[str]] = {}
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    for report in reports:
        for key, what, number in [value for name, value in _properties(report) if name == "field"]:
            told.setdefault(key, Counter())[what] += number
    if not told:
        return
    terminalreporter.section("the fields of drawn proposals: how often each was so, and how often it turned an outcome")
    for key, counts in sorted(told.items()):
        tell = FIELDS[key].tell.value
        shown = "".join(f"{what} {counts[what]:<8}" for what in ("absent", "good", "bad", "turned"))
        terminalreporter.write_line(f"{key:42}{tell:14}{shown}")


def _cells(reporter: Any) -> Iterator[tuple[tuple[int, str], tuple[str, bool]]]:
    """The outcome that each test of a case recorded, and whether the test passed."""
    reports = [report for kind in ("passed", "failed") for report in reporter.stats.get(kind, [])]
    for report in reports:
        for index, funder, outcome in [value for name, value in _properties(report) if name == "case"]:
            yield (index, funder), (outcome, report.passed)


def _properties(report: pytest.TestReport) -> list[tuple[str, Any]]:
    return report.user_properties if getattr(report, "when", "") == "call" else []


def _table(cells: Cells) -> Iterator[str]:
    rows = [(case.number, case.words, _answers(cells, index)) for index, case in enumerate(EVERY)]
    rows += [(number, words, f"{'-':12}{'-':12}{'-':12}-") for number, words in NOT_ON_FACTS.items()]
    yield f"{'case':5}{'what is proposed and found':72}{'P':12}{'F':12}{'X':12}"
    for number, words, answers in sorted(rows, key=lambda row: int(row[0][1:])):
        rest = f"  + {ELSEWHERE[number]}" if number in ELSEWHERE else ""
        yield f"{number:5}{shorten(words, 70, placeholder=' ...'):72}{answers}{rest}"


def _answers(cells: Cells, index: int) -> str:
    found = {funder: cells.get((index, funder), ("not run", True)) for funder in PROFILES}
    right = all(passed for _, passed in found.values())
    asked = {funder: bool(EVERY[index].expected(funder)) for funder in PROFILES}
    shown = "".join(f"{_cell(outcome, passed, asked[funder]):12}" for funder, (outcome, passed) in found.items())
    return f"{shown}{'ok' if right else 'NOT OK'}"


def _cell(outcome: str, passed: bool, asked: bool) -> str:
    """A wrong outcome is marked. An outcome that the requirements do not ask for stands in brackets."""
    if not passed:
        return f"{outcome}!"
    return outcome if asked else f"({outcome})"
