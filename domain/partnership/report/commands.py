"""The commands on the grantee's reports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.partnership.acts import StaffCommand
from domain.partnership.report.reports import Figures, lifted_report
from domain.plans import ReportKind, Result
from domain.values import Sentence, Sha256, is_empty, is_none


class Report(StaffCommand):
    """Record a report of the grantee, planned or not, or one that corrects an earlier one."""

    kind: Literal["report"] = "report"
    summary: Sentence
    document_sha256: Sha256 | None = None
    report_kind: ReportKind
    planned: Annotated[int, Field(ge=1, le=99)] | None = Field(default=None, exclude_if=is_none)
    figures: Figures | None = Field(default=None, exclude_if=is_none)
    results: Annotated[tuple[Result, ...], Field(max_length=99)] = Field(default=(), exclude_if=is_empty)
    corrects: Annotated[int, Field(ge=1)] | None = Field(default=None, exclude_if=is_none)
    """The number of the received report that it replaces."""

    _lifted = model_validator(mode="before")(lifted_report)


class AcceptReport(StaffCommand):
    """Accept a report. Whoever filed it may not."""

    kind: Literal["accept_report"] = "accept_report"
    report: Annotated[int, Field(ge=1)]
    reason: Sentence


class ReturnReport(StaffCommand):
    """Return a report to the grantee with the reasons: it counts as not received."""

    kind: Literal["return_report"] = "return_report"
    report: Annotated[int, Field(ge=1)]
    reason: Sentence


ReportRequest = Report | AcceptReport | ReturnReport
