"""The commands on the grantee's reports."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.budgets.milestones import MilestoneAnswer
from domain.budgets.spending import Disallowed
from domain.partnership.acts import Among, Document, Reason, StaffCommand
from domain.partnership.choices import received_reports
from domain.partnership.report.other_funders import OtherReport
from domain.partnership.report.reports import Figures, lifted_report
from domain.partnership.submission.taking_over import TakingOver
from domain.plans import ReportKind, Result
from domain.values import Sentence, is_empty, is_none

ReportNumber = Annotated[
    int, Field(ge=1, title="Which report", description="As `accord reports` numbers it."), Among(received_reports)
]


class Report(TakingOver):
    """Record a report of the grantee, planned or not, or one that corrects an earlier one.

    Another person then accepts it, or returns it with the reasons. A FINANCIAL and a FINAL report say what was
    spent, what is unspent and what was returned, from the first payment on; of a grant with a budget also by line.
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
    milestones: Annotated[
        tuple[MilestoneAnswer, ...],
        Field(max_length=99, title="Work plan", description="By a milestone of the proposal, such as 1=DONE."),
    ] = Field(default=(), exclude_if=is_empty)
    corrects: Annotated[
        Annotated[int, Field(ge=1)] | None,
        Field(title="It replaces", description="The number of the received report that it replaces."),
    ] = Field(default=None, exclude_if=is_none)

    other_report: Annotated[
        OtherReport | None,
        Field(title="Report to another funder", description="Taken for it, but not under expenditure responsibility."),
    ] = Field(default=None, exclude_if=is_none)
    beside_inbox: Annotated[
        Sentence | None,
        Field(
            title="Why it is not what waits in the inbox",
            description="Only where a report for the same waits in the inbox, and this one is another.",
        ),
    ] = Field(default=None, exclude_if=is_none)

    _lifted = model_validator(mode="before")(lifted_report)


class AcceptReport(StaffCommand):
    """Accept a report: what waited for it may go on. Whoever filed it, proposed or paid may not.

    Costs beyond the agreed budget are amended first, or not allowed: the grantee pays them back.
    """

    kind: Literal["accept_report"] = "accept_report"
    report: ReportNumber
    reason: Reason
    disallowed: Annotated[
        tuple[Disallowed, ...],
        Field(
            max_length=121,
            title="Not allowed",
            description="What is not allowed of a category of the budget, such as Travel=200.00.",
        ),
    ] = Field(default=(), exclude_if=is_empty)
    shortfall: Annotated[
        Sentence | None,
        Field(
            title="Did not arrive",
            description="Where the report says that less arrived: what became of the rest, such as whose charges.",
        ),
    ] = Field(default=None, exclude_if=is_none)


class ReturnReport(StaffCommand):
    """Return a report to the grantee with the reasons: it counts as not received."""

    kind: Literal["return_report"] = "return_report"
    report: ReportNumber
    reason: Reason


ReportRequest = Report | AcceptReport | ReturnReport
