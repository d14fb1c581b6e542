"""Checks of a report against the state: its place in the plan, its figures and its results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from domain.budgets.lines import GrantBudget
from domain.budgets.moves import uncovered
from domain.budgets.spending import Disallowed
from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.partnership.report import commands as c
from domain.partnership.report.other_funders import MUST_BE_OURS
from domain.partnership.report.reports import FiledReport, ReportState
from domain.partnership.report.spending import (
    fault_beyond,
    faults_by_line,
    faults_of_disallowed,
    standing_by_report,
)
from domain.partnership.report.work_plan import fault_of_plan, faults_of_milestones
from domain.partnership.state import Partnership
from domain.plans import ReportKind
from domain.proposal import Proposal
from domain.values import Money


def admit_report(partnership: Partnership, command: c.ReportRequest) -> None:
    """Raise a DomainError if the state does not allow a report, its acceptance or its return."""
    match command:
        case c.Report():
            _admit_filing(partnership, command)
        case c.AcceptReport():
            _admit_acceptance(partnership, command)
        case c.ReturnReport():
            _require_received(partnership, command.report)
        case _:
            assert_never(command)


def _admit_filing(partnership: Partnership, command: c.Report) -> None:
    """Refuse a report on nothing, beside the plan it names, without its figures, or with figures that cannot be."""
    fault = next(_faults_of_report(partnership, command), None)
    if fault:
        raise IllegalTransition(f"cannot report: {fault}")


def _faults_of_report(partnership: Partnership, command: c.Report) -> Iterator[Fault]:
    reporting, partnership_id = partnership.reporting, partnership.partnership_id
    if command.other_report is not None and partnership.responsibility.required:
        yield MUST_BE_OURS
    filed_report = reporting.report(command.corrects) if command.corrects is not None else None
    if command.corrects is not None and filed_report is None:
        yield Fault(f"{partnership_id} has no report {command.corrects} to correct; it has {len(reporting.filed)}")
    if filed_report is not None and not filed_report.counts:
        yield Fault(
            f"report {filed_report.number} is {filed_report.state.value.lower()} already; record another one, "
            "which corrects none (without --corrects)"
        )
    final = reporting.open_final
    if final is not None and filed_report is None:
        yield Fault(
            f"{partnership_id} has its final report already; say that this one corrects report {final.number} "
            f"(--corrects {final.number})"
        )
    if filed_report is not None and filed_report.kind is not command.report_kind:
        yield Fault(
            f"report {filed_report.number} is a {_kind(filed_report.kind)}, and another one of that kind corrects it"
        )
    if partnership.proposed.funds_out is not None and not partnership.has_paid and command.planned is None:
        yield Fault(f"nothing was paid in {partnership_id} yet, so there is nothing to report on")
    yield from _faults_of_plan(partnership, command, filed_report)
    yield from _faults_of_figures(partnership, command)
    yield from _faults_of_results(partnership, command)
    other_reports, on = reporting.with_corrected(command.corrects), command.at.date()
    yield from faults_of_milestones(other_reports, command.milestones, command.report_kind, on)


def _faults_of_plan(partnership: Partnership, command: c.Report, report: FiledReport | None) -> Iterator[Fault]:
    reporting = partnership.reporting
    if command.planned is None:
        answers = [
            str(report.number) for report in reporting.planned if report.kind is command.report_kind is ReportKind.FINAL
        ]
        if answers:
            yield Fault(f"the final report is planned as report {answers[0]}: name it (--planned {answers[0]})")
        return
    plan = reporting.plan(command.planned)
    if plan is None:
        report_numbers = ", ".join(str(report.number) for report in reporting.planned) or "none"
        yield Fault(f"report {command.planned} is not planned; planned are: {report_numbers}")
        return
    if plan.kind is not command.report_kind:
        yield Fault(
            f"report {plan.number} is planned as a {_kind(plan.kind)}, and this one is a {_kind(command.report_kind)}"
        )
    counting = (
        filed_report
        for filed_report in reporting.filed
        if filed_report.counts and filed_report.planned == plan.number and filed_report != report
    )
    if (standing := next(counting, None)) is not None:
        yield Fault(
            f"report {plan.number} of the plan was received already, as report {standing.number}; say that this one "
            f"corrects report {standing.number} (--corrects {standing.number})"
        )


def _faults_of_figures(partnership: Partnership, command: c.Report) -> Iterator[Fault]:
    figures, money = command.figures, _paid(partnership)
    if figures is None:
        if money is not None and command.report_kind is not ReportKind.PROGRESS:
            yield Fault(
                f"figures: a {_kind(command.report_kind)} says what was spent, unspent and returned (--spent ...)"
            )
        return
    if money is None:
        yield Fault("figures: nothing was paid, so there is no money to account for; leave them out")
        return
    waits = command.report_kind is ReportKind.FINAL and _is_unpaid(partnership)
    if figures.currency != money.currency or figures.whole > money.amount:
        fault = figures.fault(money, figures.returned)
    elif (command.report_kind is not ReportKind.PROGRESS or figures.lines) and not waits:
        fault = figures.fault(money, partnership.came_back)
    else:
        fault = None
    if fault:
        yield fault
    yield from faults_by_line(partnership.reporting.budget, figures, command.report_kind)


def _faults_of_results(partnership: Partnership, command: c.Report) -> Iterator[Fault]:
    indicators = {indicator.number for indicator in partnership.proposed.public_interest.indicators}
    result_numbers = [result.indicator for result in command.results]
    if strange := [number for number in result_numbers if number not in indicators]:
        indicator_numbers = ", ".join(map(str, sorted(indicators))) or "none"
        yield Fault(f"results: indicator {strange[0]} is not in the proposal; it has: {indicator_numbers}")
    if len(set(result_numbers)) != len(result_numbers):
        yield Fault("results: an indicator is reported on twice; say it once")
    missing_numbers = sorted(indicators - set(result_numbers))
    if command.report_kind is ReportKind.FINAL and missing_numbers:
        yield Fault(
            f"results: the final report says what was achieved by indicator {missing_numbers[0]} (--result"
            f" {missing_numbers[0]}=...)"
        )


def _paid(partnership: Partnership) -> Money | None:
    """Return the sum that was paid and settled, or None if nothing was."""
    out, settled_sum = partnership.proposed.funds_out, partnership.settled_sum
    return Money(amount=settled_sum, currency=out.currency) if out is not None and settled_sum else None


def _is_unpaid(partnership: Partnership) -> bool:
    """True if payments are still to come. Once the partnership has ended, none are."""
    return not partnership.ended and bool(partnership.unpaid)


def _require_received(partnership: Partnership, number: int) -> FiledReport:
    """Return a report that waits to be accepted or returned.

    Raises:
        IllegalTransition: There is no such report, or it was judged or replaced already.
    """
    report = partnership.reporting.report(number)
    if report is None:
        raise IllegalTransition(
            f"{partnership.partnership_id} has no report {number}; it has {len(partnership.reporting.filed)}"
        )
    if report.state is not ReportState.RECEIVED:
        by = f" (by {report.judged_by})" if report.judged_by else ""
        raise IllegalTransition(f"report {number} is {report.state.value.lower()} already{by}")
    return report


def _admit_acceptance(partnership: Partnership, command: c.AcceptReport) -> None:
    """Refuse to accept what moved more than is free, or a final report before its time or that does not add up."""
    report = _require_received(partnership, command.report)
    if fault := next(faults_of_disallowed(partnership.reporting.budget, report, command.disallowed), None):
        raise IllegalTransition(fault)
    if fault := fault_of_acceptance(partnership, report, command.disallowed):
        raise IllegalTransition(fault)
    if fault := fault_of_shortfall(report, command.shortfall):
        raise IllegalTransition(fault)


def fault_of_shortfall(report: FiledReport, answer: str | None) -> Fault | None:
    """Return the reason why an acceptance leaves open what did not arrive, or answers what nobody asked, or None."""
    if answer is not None and not report.not_arrived:
        return Fault(f"shortfall: report {report.number} says that all arrived; leave it out")
    if answer is None and report.not_arrived:
        return Fault(
            f"report {report.number} says that {report.not_arrived:,} of what was paid did not arrive; say what became "
            "of it (--shortfall SENTENCE), or return the report: `accord return-report`"
        )
    return None


def fault_of_acceptance(
    partnership: Partnership, report: FiledReport, disallowed: tuple[Disallowed, ...] = ()
) -> Fault | None:
    """Return the reason why a report that was received cannot be accepted as it is, with what to do, or None."""
    if report.other_report is not None and partnership.responsibility.required:
        return Fault(f"report {report.number} is not accepted: {MUST_BE_OURS}; return it: `accord return-report`")
    budget = partnership.reporting.budget
    beyond = fault_beyond(budget, report, disallowed) if budget is not None else None
    if beyond:
        return Fault(f"report {report.number} is received and not accepted: {beyond}")
    return _fault_of_final(partnership, report)


def _fault_of_final(partnership: Partnership, report: FiledReport) -> Fault | None:
    if report.kind is not ReportKind.FINAL:
        return None
    if partnership.in_flight or _is_unpaid(partnership):
        return Fault(
            f"report {report.number} is the final one, and payments are still to come; it is accepted after the last "
            "one has settled, or returned: `accord return-report`"
        )
    money, came_back = _paid(partnership), partnership.came_back
    if money is None:
        return None
    if report.figures is not None and report.figures.returned != came_back:
        recorded_sum = Money(amount=came_back, currency=money.currency)
        return Fault(
            f"report {report.number} is not accepted: it says that {report.figures.returned:,} came back, and "
            f"{recorded_sum} is on record; return it, and have it corrected with that sum: `accord return-report`"
        )
    fault = report.figures.fault(money, came_back) if report.figures else Fault("figures: there are none")
    return fault and Fault(f"report {report.number} is not accepted: {fault}; return it: `accord return-report`")


def admit_plan(partnership: Partnership, after: Proposal) -> None:
    """Refuse an amendment that changes a planned report which was received already."""
    reports_by_number = {report.number: report for report in after.reports}
    answered_numbers = {
        report.planned for report in partnership.reporting.filed if report.counts and report.planned is not None
    }
    changed_numbers = (
        report.number for report in partnership.reporting.planned if reports_by_number.get(report.number) != report
    )
    if altered_numbers := [number for number in changed_numbers if number in answered_numbers]:
        raise IllegalTransition(
            f"reports: report {altered_numbers[0]} was received already and stays as it was planned"
        )
    out = partnership.proposed.funds_out
    if out is not None and out.budget is not None and after.funds_out is not None and after.funds_out.budget is None:
        raise IllegalTransition("budget: there is one, and reports are measured by it; change its lines, or leave it")
    admit_budget(partnership, after)


def admit_budget(partnership: Partnership, after: Proposal) -> None:
    """Refuse a proposal whose budget or work plan takes back what reports said, or what was agreed of it."""
    milestones = after.funds_out.milestones if after.funds_out is not None else ()
    budget = after.funds_out.budget if after.funds_out is not None else None
    fault = fault_of_plan(partnership.reporting, milestones) or next(_faults_of_budget(partnership, budget), None)
    if fault:
        raise IllegalTransition(fault)


def _faults_of_budget(partnership: Partnership, after: GrantBudget | None) -> Iterator[Fault]:
    """Yield the reasons why a budget cannot take the place of the agreed one, by which reports were measured."""
    budget, reporting = partnership.reporting.budget, partnership.reporting
    if budget is None:
        return
    if after is None:
        yield Fault("budget: one is agreed, and reports are measured by it; change its lines, or leave it")
        return
    latest_report = reporting.by_line(ReportState.RECEIVED, ReportState.ACCEPTED)
    yield from _moved_lines(budget, after, latest_report)
    if accepted_report := reporting.by_line(ReportState.ACCEPTED):
        yield from _below_spending(after, accepted_report)


def _moved_lines(budget: GrantBudget, after: GrantBudget, report: FiledReport | None) -> Iterator[Fault]:
    """Yield the lines that were reported on and would stand in another category."""
    numbers = {line.line for line in report.lines} if report is not None else set()
    for line in budget.lines:
        new = after.line(line.number)
        if line.number in numbers and (new is None or (new.category, new.kind) != (line.category, line.kind)):
            yield Fault(
                f"budget: line {line.number} ({line.what}) was reported on and stays in {line.category}; give a new "
                "line the next number, and let this one have 0 in the periods to come"
            )


def _below_spending(after: GrantBudget, report: FiledReport) -> Iterator[Fault]:
    """Yield the categories that would have less than an accepted report says was spent, less what is free."""
    for standing, _ in uncovered(standing_by_report(after, report), report.disallowed):
        yield Fault(
            f"budget: {standing.category} would have {standing.agreed:,}, and accepted report {report.number} spent "
            f"{standing.spent:,} of it; give it at least what was spent, less what may rise freely"
        )


def _kind(kind: ReportKind) -> str:
    return f"{kind.value.lower()} report"
