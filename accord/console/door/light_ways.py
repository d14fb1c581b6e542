"""Fields of a report that was made to another funder, and of one that may repeat what waits in the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from accord.console.deciding.fields import DOCUMENT, Field, Typed, form_field, said
from accord.presentation.words.days import time_in_words
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from records.submissions.repeats import WaitingReport

_FILLS: Final = ("other_report",)
_ONLY: Final = "Only where the grantee's report to another funder is taken for this one."
FUNDER, STARTS, ENDS, COVERS, PAPER = "other-funder", "other-starts", "other-ends", "other-covers", "other-paper"
BESIDE_INBOX: Final = form_field(c.Report, "beside_inbox")


def other_report_fields(partnership: Partnership) -> tuple[Field, ...]:
    """Return the fields of a report to another funder: none where the law forbids that it stands for ours."""
    if partnership.responsibility.required:
        return ()
    return (
        Field(FUNDER, "Made to another funder", _ONLY, "line", fills=_FILLS),
        Field(STARTS, "First day that it covers", kind="day", fills=_FILLS),
        Field(ENDS, "Last day that it covers", kind="day", fills=_FILLS),
        Field(COVERS, "What of it is about this grant", "Its pages and figures.", fills=_FILLS),
        replace(DOCUMENT, name=PAPER, label="Its paper", fills=_FILLS),
    )


def other_report_as_typed(answers: Typed) -> dict[str, Any] | None:
    """Return a report to another funder as it was typed, or None if nothing was. What lacks is named by its part."""
    texts = {name: said(answers, name) for name in (FUNDER, STARTS, ENDS, COVERS, PAPER)}
    if not any(texts.values()):
        return None
    parts = {
        "funder": texts[FUNDER],
        "document_sha256": texts[PAPER],
        "period": {"starts": texts[STARTS], "ends": texts[ENDS]},
        "covers": texts[COVERS],
    }
    return {name: part for name, part in parts.items() if part}


def other_report_texts(report: Any) -> Iterable[tuple[str, str]]:
    """Yield the texts of those fields that say a report to another funder, as it was handed in."""
    if isinstance(report, dict):
        period = report.get("period") or {}
        yield FUNDER, str(report.get("funder", ""))
        yield STARTS, str(period.get("starts", ""))
        yield ENDS, str(period.get("ends", ""))
        yield COVERS, str(report.get("covers", ""))
        yield PAPER, str(report.get("document_sha256", ""))


def waiting_in_words(reports: Sequence[WaitingReport]) -> list[tuple[int, str]]:
    """Return the reports that wait in the inbox, each by its number there and in words."""
    return [(report.number, f"{_about(report.about)}, handed in on {time_in_words(report.at)}") for report in reports]


def _about(about: str) -> str:
    return f"report {about}" if about.isdecimal() else "a report"
