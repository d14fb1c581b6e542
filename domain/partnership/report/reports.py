"""Reports of the grantee: planned with a day, received, then accepted or returned by another (R41, rules 3.9)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import Field

from domain.fault import Fault
from domain.plans import Indicator, Period, PlannedReport, ReportKind, Result
from domain.values import Currency, ExactDecimal, Money, Value

Sum = Annotated[ExactDecimal, Field(ge=0, max_digits=18)]


class Figures(Value):
    """The use of the money from the first payment until a report, in the grant's currency."""

    currency: Currency
    spent: Sum
    unspent: Sum = Decimal(0)
    returned: Sum = Decimal(0)

    @property
    def whole(self) -> Decimal:
        """The sum that the grantee accounts for."""
        return self.spent + self.unspent + self.returned

    def fault(self, paid_sum: Money, returned_sum: Decimal) -> Fault | None:
        """Return the reason why the figures do not add up to the sum paid, less the sum that came back, or None."""
        if self.currency != paid_sum.currency:
            return Fault(f"figures: they are in {self.currency}, and the grant is in {paid_sum.currency}")
        if self.returned != returned_sum:
            return Fault(f"figures: {self.returned:,} returned, and {returned_sum:,} is on record: `accord refund`")
        if self.whole != paid_sum.amount:
            return Fault(
                f"figures: {self.spent:,} spent, {self.unspent:,} unspent and {self.returned:,} returned make "
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
    state: ReportState = ReportState.RECEIVED
    judged_by: str = ""
    """The person who accepted or returned it."""

    @property
    def counts(self) -> bool:
        """True if it was delivered and not returned or replaced."""
        return self.state in {ReportState.RECEIVED, ReportState.ACCEPTED}


FINAL_AFTER: Final = timedelta(days=90)
"""The time after the end of the work, or the last payment, in which the final report is due if the plan has no day."""


AFTER_THE_FIRST_PAYMENT: Final = timedelta(days=30)
"""The time after the first payment in which a report is due whose day had come before it."""


class Reporting(Value):
    """The reports of a partnership: what is planned, what was received, and when each tranche settled."""

    planned: tuple[PlannedReport, ...] = ()
    filed: tuple[FiledReport, ...] = ()
    settled: tuple[tuple[int, date], ...] = ()
    """The tranches that settled, each with the day."""

    def report(self, number: int) -> FiledReport | None:
        """Return a received report by its number, or None."""
        return next((report for report in self.filed if report.number == number), None)

    def plan(self, number: int | None) -> PlannedReport | None:
        """Return a planned report by its number, or None."""
        return next((report for report in self.planned if report.number == number), None)

    def due(self, plan: PlannedReport) -> date | None:
        """Return the day on which a planned report is due, or None before the tranche that it follows has settled.

        A day that had come before anything was paid is moved behind the first payment: there was nothing to report on.
        """
        if plan.days_after is None:
            first = min((on for _, on in self.settled), default=None)
            early = plan.due_on is not None and first is not None and plan.due_on < first
            return first + AFTER_THE_FIRST_PAYMENT if early and first is not None else plan.due_on
        on = dict(self.settled).get(plan.after_tranche or 0)
        return None if on is None else on + timedelta(days=plan.days_after)

    def owed(self) -> tuple[tuple[PlannedReport, date], ...]:
        """Return the planned reports that were not received, or were returned, each with its day.

        Once the final report is accepted, none is owed any more.
        """
        if self.final is not None:
            return ()
        missing = ((plan, self.due(plan)) for plan in self.planned if not self._answers(plan))
        return tuple((plan, due) for plan, due in missing if due is not None)

    def overdue(self, on: date) -> Fault | None:
        """Return the first report that is overdue on a day, in words, or None."""
        late = [(due, plan) for plan, due in self.owed() if on > due]
        if not late:
            return None
        due, plan = min(late, key=lambda late_report: late_report[0])
        return Fault(f"report {plan.number} ({plan.kind.value}) was due on {due}")

    def against(self, tranche: int, on: date) -> Fault | None:
        """Return the reason why the reports forbid the payment of a tranche on a day, or None.

        None is late for the first payment, which it would report on.
        """
        if self.settled and (late := self.overdue(on)):
            return late
        waits = (plan for plan in self.planned if tranche in plan.holds and not self._is_accepted(plan))
        return next((Fault(f"tranche {tranche} waits until report {plan.number} is accepted") for plan in waits), None)

    def releases(self, tranche: int) -> bool:
        """True if a tranche is paid for what was done: a report that it waited for was accepted."""
        return any(tranche in plan.holds and self._is_accepted(plan) for plan in self.planned)

    def ahead_of(self, period: Period | None, tranche: int, on: date) -> Fault | None:
        """Return the reason why a tranche would be paid ahead for a period that is over, or None (rules 4.11)."""
        if period is None or on <= period.ends or self.releases(tranche):
            return None
        return Fault(f"the period ended on {period.ends}, and no accepted report releases tranche {tranche}")

    @property
    def final(self) -> FiledReport | None:
        """The final report that was accepted, or None."""
        reports = (report for report in self.filed if report.state is ReportState.ACCEPTED)
        return next((report for report in reports if report.kind is ReportKind.FINAL), None)

    @property
    def open_final(self) -> FiledReport | None:
        """The final report that was received and is neither returned nor replaced, or None."""
        return next((report for report in self.filed if report.counts and report.kind is ReportKind.FINAL), None)

    def with_received(self, report: FiledReport, corrects: int | None = None) -> Self:
        """Return the state after a report was received, in place of an earlier one if it corrects it.

        Reports are numbered in the order in which they were received.
        """
        before = self._with_state(corrects, ReportState.CORRECTED, "") if corrects else self
        filed_report = report.model_copy(update={"number": len(self.filed) + 1})
        return before.model_copy(update={"filed": (*before.filed, filed_report)})

    def with_accepted(self, number: int, by: str) -> Self:
        """Return the state after a report was accepted."""
        return self._with_state(number, ReportState.ACCEPTED, by)

    def with_returned(self, number: int, by: str) -> Self:
        """Return the state after a report was returned."""
        return self._with_state(number, ReportState.RETURNED, by)

    def with_settled(self, tranche: int, on: date) -> Self:
        """Return the state after a tranche settled. The first time counts."""
        settled_days = dict(self.settled)
        return self if tranche in settled_days else self.model_copy(update={"settled": (*self.settled, (tranche, on))})

    def without(self, person: str, *, as_filer: bool = False, as_judge: bool = False) -> Self:
        """Return the state without what a person filed, or without their judgements."""
        reports = tuple(_taken_back(report, person, as_filer=as_filer, as_judge=as_judge) for report in self.filed)
        return self.model_copy(update={"filed": reports})

    @property
    def furnished_on(self) -> date | None:
        """The day of the newest report that counts, or None."""
        return max((report.received_on for report in self.filed if report.counts), default=None)

    def achieved(self, indicators: tuple[Indicator, ...]) -> tuple[tuple[Indicator, Result], ...]:
        """Return the newest accepted result of each indicator that has one."""
        reports = [report for report in self.filed if report.state is ReportState.ACCEPTED]
        newest = {result.indicator: result for report in reports for result in report.results}
        return tuple((indicator, newest[indicator.number]) for indicator in indicators if indicator.number in newest)

    def _with_state(self, number: int, state: ReportState, by: str) -> Self:
        change = {"state": state, "judged_by": by}
        return self.model_copy(
            update={
                "filed": tuple(
                    report.model_copy(update=change) if report.number == number else report for report in self.filed
                )
            }
        )

    def _answers(self, plan: PlannedReport) -> bool:
        return any(report.counts and report.planned == plan.number for report in self.filed)

    def _is_accepted(self, plan: PlannedReport) -> bool:
        return any(report.state is ReportState.ACCEPTED and report.planned == plan.number for report in self.filed)


def _taken_back(report: FiledReport, person: str, *, as_filer: bool, as_judge: bool) -> FiledReport:
    if as_filer and report.actor == person and report.counts:
        return report.model_copy(update={"state": ReportState.RETURNED, "judged_by": ""})
    if as_judge and report.judged_by == person and report.state is ReportState.ACCEPTED:
        return report.model_copy(update={"state": ReportState.RECEIVED, "judged_by": ""})
    return report
