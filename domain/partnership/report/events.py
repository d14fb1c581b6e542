"""The events of the grantee's reports."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from domain.budgets.milestones import MilestoneAnswer
from domain.budgets.spending import Disallowed
from domain.partnership.acts import StaffEvent
from domain.partnership.report.other_funders import OtherReport
from domain.partnership.report.reports import Figures, lifted_report
from domain.partnership.submission.taking_over import TakenOver
from domain.plans import ReportKind, Result
from domain.values import Sha256, is_empty, is_false, is_none


def lift_report(fields: Any) -> Any:
    """Return the fields of a received report in form 2: one of form 1 was final or not, and counted at once."""
    is_first = isinstance(fields, dict) and "final" in fields
    return {**lifted_report(fields), "accepted_at_once": True} if is_first else fields


class ReportReceived(TakenOver):
    """A report of the grantee arrived. Form 1 said only whether it was the final one, and it counted at once.

    Form 3 says what was spent by line, and what became of the work plan. Form 4 says what came by the grantee's door,
    what was taken from a report to another funder, and that less arrived than was paid.
    """

    schema_version: ClassVar[int] = 4
    event_type: Literal["ReportReceived"] = "ReportReceived"
    summary: str
    document_sha256: Sha256 | None
    report_kind: ReportKind
    planned: int | None = Field(default=None, exclude_if=is_none)
    figures: Figures | None = Field(default=None, exclude_if=is_none)
    results: tuple[Result, ...] = Field(default=(), exclude_if=is_empty)
    milestones: tuple[MilestoneAnswer, ...] = Field(default=(), exclude_if=is_empty)
    corrects: int | None = Field(default=None, exclude_if=is_none)
    other_report: OtherReport | None = Field(default=None, exclude_if=is_none)
    beside_inbox: str | None = Field(default=None, exclude_if=is_none)
    accepted_at_once: bool = Field(default=False, exclude_if=is_false)
    """True for form 1 alone: before, nobody had to accept a report. No signature covers it, so none can add it."""

    # Temporal's histories hold form 1 as well, so the event reads it itself.
    _lifted = model_validator(mode="before")(lambda fields: lift_report(fields))


class ReportAccepted(StaffEvent):
    """A person other than who filed it accepted a report: what waited for it may go on."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["ReportAccepted"] = "ReportAccepted"
    report: int
    reason: str
    disallowed: tuple[Disallowed, ...] = Field(default=(), exclude_if=is_empty)
    """The costs that are not allowed: the grantee pays them back."""
    shortfall: str | None = Field(default=None, exclude_if=is_none)
    """What became of the money that did not arrive, as the report says."""


class ReportReturned(StaffEvent):
    """A person returned a report with the reasons: it counts as not received."""

    event_type: Literal["ReportReturned"] = "ReportReturned"
    report: int
    reason: str


ReportEvent = ReportReceived | ReportAccepted | ReportReturned
