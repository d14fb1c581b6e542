"""Reports of the grantee: planned with a day, received, then accepted or returned by another (R41, rules 3.9)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Self

from pydantic import Field

from domain.budgets.lines import GrantBudget
from domain.budgets.milestones import Milestone, MilestoneAnswer, MilestoneState
from domain.budgets.spending import Disallowed
from domain.edition_names import EditionReference
from domain.fault import Fault
from domain.partnership.report.filed import Figures as Figures
from domain.partnership.report.filed import FiledReport as FiledReport
from domain.partnership.report.filed import ReportState as ReportState
from domain.partnership.report.filed import lifted_report as lifted_report
from domain.partnership.report.filed import taken_back
from domain.plans import Indicator, Period, PlannedReport, ReportKind, Result
from domain.values import Value, is_empty, is_none

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
    milestones: tuple[Milestone, ...] = Field(default=(), exclude_if=is_empty)
    """The work plan."""
    budget: GrantBudget | None = Field(default=None, exclude_if=is_none)
    """The budget that was agreed last: a later one counts once everybody approved it."""
    template: EditionReference | None = Field(default=None, exclude_if=is_none)
    """The edition of a template that the proposal's budget was made within."""

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
        fault = next((Fault(f"tranche {tranche} waits until report {plan.number} is accepted") for plan in waits), None)
        return fault or self._undone(tranche)

    def _undone(self, tranche: int) -> Fault | None:
        undone = (mark for mark in self.milestones if tranche in mark.holds and not self.is_done(mark.number))
        return next(
            (
                Fault(f"tranche {tranche} waits until an accepted report says that milestone {mark.number} is done")
                for mark in undone
            ),
            None,
        )

    def releases(self, tranche: int) -> bool:
        """True if a tranche is paid for what was done: a report that it waited for was accepted."""
        by_report = any(tranche in plan.holds and self._is_accepted(plan) for plan in self.planned)
        return by_report or any(tranche in mark.holds and self.is_done(mark.number) for mark in self.milestones)

    def answers_on(self, milestone: int, *states: ReportState) -> tuple[MilestoneAnswer, ...]:
        """Return the words of the reports in these states on a milestone, the oldest first."""
        reports = (report for report in self.filed if report.state in states)
        return tuple(answer for report in reports for answer in report.milestones if answer.milestone == milestone)

    def is_done(self, milestone: int) -> bool:
        """True if the newest accepted word on a milestone is that it is done."""
        answers = self.answers_on(milestone, ReportState.ACCEPTED)
        return bool(answers) and answers[-1].state is MilestoneState.DONE

    def newest_on(self, milestone: int) -> MilestoneAnswer | None:
        """Return the newest word on a milestone that was received and not returned, or None."""
        answers = self.answers_on(milestone, ReportState.RECEIVED, ReportState.ACCEPTED)
        return answers[-1] if answers else None

    def day_of(self, milestone: Milestone) -> date:
        """Return the day of a milestone: the newest that a report gave it or, without one, the planned day."""
        answers = self.answers_on(milestone.number, ReportState.RECEIVED, ReportState.ACCEPTED)
        return next((answer.due_on for answer in reversed(answers) if answer.due_on is not None), milestone.due_on)

    def by_line(self, *states: ReportState) -> FiledReport | None:
        """Return the report in these states that tells most by line: of the latest period, and of these the newest."""
        reports = [report for report in self.filed if report.state in states and report.is_by_line]
        return max(reports, key=lambda report: (self.period_of(report), report.number), default=None)

    def period_of(self, report: FiledReport) -> int:
        """Return the last period of the budget that a report covers: of the final one all, or 0 without a budget."""
        periods = len(self.budget.periods) if self.budget is not None else 0
        return (report.figures.period if report.figures is not None else None) or periods

    @property
    def owing(self) -> FiledReport | None:
        """The report by which most comes back: the accepted final one, or one of which something was not allowed.

        Figures run from the first payment on, so the largest of them holds the others. What a corrected report did not
        have allowed comes back until a later report by line is accepted.
        """
        final, state = self.final, ReportState.ACCEPTED
        last = max((report.number for report in self.filed if report.state is state and report.is_by_line), default=0)
        telling = [
            report
            for report in self.filed
            if report is final
            or (report.disallowed and report.state is state)
            or (report.disallowed and report.state is ReportState.CORRECTED and report.number > last)
        ]
        return max(telling, key=lambda report: report.owed_back, default=None)

    @property
    def owed_back(self) -> Decimal:
        """The sum that comes back by the reports that were accepted."""
        return self.owing.owed_back if self.owing is not None else Decimal(0)

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
        before = self.with_corrected(corrects)
        filed_report = report.model_copy(update={"number": len(self.filed) + 1})
        return before.model_copy(update={"filed": (*before.filed, filed_report)})

    def with_corrected(self, number: int | None) -> Self:
        """Return the state in which another report takes the place of one, if one is named."""
        return self._with_state(number, ReportState.CORRECTED, "") if number else self

    def with_accepted(
        self, number: int, by: str, disallowed: tuple[Disallowed, ...] = (), shortfall: str | None = None
    ) -> Self:
        """Return the state after a report was accepted, but for the costs that are not allowed.

        `shortfall`: what became of the money that did not arrive.
        """
        judgement = {"judged_by": by, "disallowed": disallowed, "shortfall": shortfall}
        return self._with(number, {"state": ReportState.ACCEPTED, **judgement})

    def with_returned(self, number: int, by: str) -> Self:
        """Return the state after a report was returned."""
        return self._with_state(number, ReportState.RETURNED, by)

    def with_settled(self, tranche: int, on: date) -> Self:
        """Return the state after a tranche settled. The first time counts."""
        settled_days = dict(self.settled)
        return self if tranche in settled_days else self.model_copy(update={"settled": (*self.settled, (tranche, on))})

    def without(self, person: str, *, as_filer: bool = False, as_judge: bool = False) -> Self:
        """Return the state without what a person filed, or without their judgements."""
        reports = tuple(taken_back(report, person, as_filer=as_filer, as_judge=as_judge) for report in self.filed)
        return self.model_copy(update={"filed": reports})

    @property
    def furnished_on(self) -> date | None:
        """The day of the newest report to us that counts, or None. What was made to another funder is none."""
        own_reports = (report for report in self.filed if report.counts and report.other_report is None)
        return max((report.received_on for report in own_reports), default=None)

    def achieved(self, indicators: tuple[Indicator, ...]) -> tuple[tuple[Indicator, Result], ...]:
        """Return the newest accepted result of each indicator that has one."""
        reports = [report for report in self.filed if report.state is ReportState.ACCEPTED]
        newest = {result.indicator: result for report in reports for result in report.results}
        return tuple((indicator, newest[indicator.number]) for indicator in indicators if indicator.number in newest)

    def _with_state(self, number: int, state: ReportState, by: str) -> Self:
        return self._with(number, {"state": state, "judged_by": by})

    def _with(self, number: int, change: dict[str, object]) -> Self:
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
