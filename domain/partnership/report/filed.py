"""A report as it was received: its figures, its results, its word on the work plan, and what became of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from domain.budgets.milestones import MilestoneAnswer
from domain.budgets.spending import Disallowed, LineSpent, SpentAbroad
from domain.fault import Fault
from domain.partnership.report.other_funders import OtherReport
from domain.plans import ReportKind, Result
from domain.values import Currency, ExactDecimal, Money, Value, is_empty, is_none

Sum = Annotated[ExactDecimal, Field(ge=0, max_digits=18)]


def _nothing_missing(amount: Any) -> Any:
    """Return a sum that did not arrive as it was given, or None where it is zero: who says so says nothing."""
    return None if str(amount).strip(" 0.") == "" else amount


class Figures(Value):
    """The use of the money from the first payment until a report, in the grant's currency."""

    currency: Currency
    spent: Sum
    unspent: Sum = Decimal(0)
    returned: Sum = Decimal(0)
    period: Annotated[int, Field(ge=1, le=12)] | None = Field(
        default=None, exclude_if=is_none, description="The last period of the budget that they cover"
    )
    lines: tuple[LineSpent, ...] = Field(
        default=(), max_length=120, exclude_if=is_empty, description="What was spent, by line of the budget"
    )
    abroad: SpentAbroad | None = Field(
        default=None, exclude_if=is_none, description="Where it was spent in another currency"
    )
    not_arrived: Annotated[Sum | None, BeforeValidator(_nothing_missing)] = Field(
        default=None, exclude_if=is_none, description="What of the sum paid did not arrive, by the grantee's word"
    )

    @property
    def whole(self) -> Decimal:
        """The sum that the grantee accounts for: what was granted, also the part that did not arrive."""
        return self.spent + self.unspent + self.returned + (self.not_arrived or Decimal(0))

    def fault(self, paid_sum: Money, returned_sum: Decimal) -> Fault | None:
        """Return the reason why the figures do not add up to the sum paid, less the sum that came back, or None."""
        if self.currency != paid_sum.currency:
            return Fault(f"figures: they are in {self.currency}, and the grant is in {paid_sum.currency}")
        if self.returned != returned_sum:
            return Fault(f"figures: {self.returned:,} returned, and {returned_sum:,} is on record: `accord refund`")
        if self.whole != paid_sum.amount:
            missing = f", and {self.not_arrived:,} not arrived," if self.not_arrived else ""
            return Fault(
                f"figures: {self.spent:,} spent, {self.unspent:,} unspent and {self.returned:,} returned{missing} make "
                f"{self.whole:,}, and {paid_sum.amount:,} was paid; correct the figures"
            )
        return None


def lifted_report(fields: Any) -> Any:
    """Return the fields of a report in the newest form: a report of form 1 was `final` or not, and counted at once."""
    if not isinstance(fields, dict) or "final" not in fields:
        return fields
    other_fields = {name: value for name, value in fields.items() if name != "final"}
    return {**other_fields, "report_kind": ReportKind.FINAL if fields["final"] else ReportKind.PROGRESS}


class ReportState(StrEnum):
    """The state of a report that was received."""

    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"
    CORRECTED = "CORRECTED"
    """Another report took its place."""


class FiledReport(Value):
    """A report that was received, and what became of it."""

    number: int = 0
    kind: ReportKind
    received_on: date
    actor: str
    """The person who filed it."""
    planned: int | None = None
    """The number in the plan, or None beside the plan."""
    figures: Figures | None = None
    results: tuple[Result, ...] = ()
    milestones: tuple[MilestoneAnswer, ...] = Field(default=(), exclude_if=is_empty)
    state: ReportState = ReportState.RECEIVED
    judged_by: str = ""
    """The person who accepted or returned it."""
    disallowed: tuple[Disallowed, ...] = Field(default=(), exclude_if=is_empty)
    """The costs that whoever accepted it did not allow."""
    other_report: OtherReport | None = Field(default=None, exclude_if=is_none)
    """The report to another funder that was taken for it."""
    shortfall: str | None = Field(default=None, exclude_if=is_none)
    """The word of whoever accepted it on what did not arrive."""

    @property
    def counts(self) -> bool:
        """True if it was delivered and not returned or replaced."""
        return self.state in {ReportState.RECEIVED, ReportState.ACCEPTED}

    @property
    def lines(self) -> tuple[LineSpent, ...]:
        """The spending by line, or nothing where it says none."""
        return self.figures.lines if self.figures is not None else ()

    @property
    def is_by_line(self) -> bool:
        """True if it says what was spent by line."""
        return bool(self.lines)

    @property
    def not_arrived(self) -> Decimal:
        """The sum that less arrived than was paid, by the grantee's word."""
        return (self.figures.not_arrived if self.figures is not None else None) or Decimal(0)

    @property
    def owed_back(self) -> Decimal:
        """The sum that comes back by its word: returned, not allowed and, at the end, unspent."""
        if self.figures is None:
            return Decimal(0)
        unspent = self.figures.unspent if self.kind is ReportKind.FINAL else Decimal(0)
        return self.figures.returned + unspent + sum((cost.amount for cost in self.disallowed), Decimal(0))


def taken_back(report: FiledReport, person: str, *, as_filer: bool, as_judge: bool) -> FiledReport:
    """Return a report after its filer, or its judge, is no longer believed: returned, or to be judged again."""
    if as_filer and report.actor == person and report.counts:
        return report.model_copy(update={"state": ReportState.RETURNED, "judged_by": ""})
    if as_judge and report.judged_by == person and report.state is ReportState.ACCEPTED:
        return report.model_copy(
            update={"state": ReportState.RECEIVED, "judged_by": "", "disallowed": (), "shortfall": None}
        )
    return report
