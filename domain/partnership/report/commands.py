"""The commands on the grantee's reports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.partnership.acts import Among, Document, Reason, StaffCommand
from domain.partnership.choices import received_reports
from domain.partnership.report.reports import Figures, lifted_report
from domain.plans import ReportKind, Result
from domain.values import Sentence, is_empty, is_none

ReportNumber = Annotated[
    int, Field(ge=1, title="Which report", description="As `accord reports` numbers it."), Among(received_reports)
]


class Report(StaffCommand):
    """Record a report of the grantee, planned or not, or one that corrects an earlier one.

    Another person then accepts it, or returns it with the reasons. A FINANCIAL and a FINAL report say what was
    spent, what is unspent and what was returned, from the first payment on.
    """

    kind: Literal["report"] = "report"
    summary: Annotated[Sentence, Field(title="What it says", description="What the report says, in a sentence or two.")]
    document_sha256: Document = None
    report_kind: Annotated[ReportKind, Field(title="Kind", description="The kind of report.")]
    planned: Annotated[
        Annotated[int, Field(ge=1, le=99)] | None,
        Field(title="Which report", description="The report of the plan that it is."),
    ] = Field(default=None, exclude_if=is_none)
    figures: Annotated[
        Figures | None,
        Field(title="Figures", description="From the first payment on, in the grant's currency, such as 18250.50."),
    ] = Field(default=None, exclude_if=is_none)
    results: Annotated[
        tuple[Result, ...],
        Field(max_length=99, title="Results", description="By an indicator of the proposal, such as 1=240."),
    ] = Field(default=(), exclude_if=is_empty)
    corrects: Annotated[
        Annotated[int, Field(ge=1)] | None,
        Field(title="It replaces", description="The number of the received report that it replaces."),
    ] = Field(default=None, exclude_if=is_none)

    _lifted = model_validator(mode="before")(lifted_report)


class AcceptReport(StaffCommand):
    """Accept a report: what waited for it may go on. Whoever filed it, proposed or paid may not."""

    kind: Literal["accept_report"] = "accept_report"
    report: ReportNumber
    reason: Reason


class ReturnReport(StaffCommand):
    """Return a report to the grantee with the reasons: it counts as not received."""

    kind: Literal["return_report"] = "return_report"
    report: ReportNumber
    reason: Reason


ReportRequest = Report | AcceptReport | ReturnReport
