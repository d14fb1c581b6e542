"""The fields of an act's form, filled from the content of the act that a submission becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accord.console.door.light_ways import other_report_texts
from domain.partnership import commands as c

FormTexts = dict[str, list[str]]


def filled_from(command: type[c.StaffCommand], content: Mapping[str, Any]) -> FormTexts:
    """Return the texts of a form's fields that say what a command's content says."""
    pairs = _of_report(content) if command is c.Report else content.items()
    return {name: [str(text)] for name, text in pairs if isinstance(text, str | int) and text != ""}


def _of_report(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "planned", f"{content.get('planned') or ''}.{content.get('report_kind', '')}"
    yield "corrects", content.get("corrects", "")
    yield "summary", content.get("summary", "")
    yield "document_sha256", content.get("document_sha256", "")
    yield from other_report_texts(content.get("other_report"))
    figures = content.get("figures")
    if isinstance(figures, Mapping):
        yield from _of_figures(figures)
    for result in _entries(content, "results", "indicator"):
        yield f"result-{result['indicator']}", result.get("achieved", result.get("words", ""))
    for answer in _entries(content, "milestones", "milestone"):
        yield from _of_milestone(f"milestone-{answer['milestone']}", answer)


def _of_figures(figures: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    lines = list(_entries(figures, "lines", "line"))
    names = ("unspent", "returned", "not_arrived") if lines else ("spent", "unspent", "returned", "not_arrived")
    yield from ((name, str(figures.get(name, ""))) for name in names)
    yield "period", figures.get("period", "")
    for line in lines:
        yield f"line-{line['line']}", str(line.get("spent", ""))
        yield f"line-{line['line']}-reason", line.get("reason", "")


def _of_milestone(name: str, answer: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    papers = answer.get("papers") or ("",)
    parts = {"": "state", "-words": "words", "-day": "due_on"}
    yield from ((f"{name}{part}", answer.get(field, "")) for part, field in parts.items())
    yield f"{name}-paper", papers[0]


def _entries(content: Mapping[str, Any], name: str, number: str) -> Iterator[Mapping[str, Any]]:
    rows = content.get(name)
    yield from (row for row in rows or () if isinstance(row, Mapping) and number in row)
