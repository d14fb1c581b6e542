"""Checks of a report against the state: its place in the plan, its figures and its results."""

from __future__ import annotations

from collections.abc import Iterator

from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.partnership.report import commands as c
from domain.partnership.report.reports import FiledReport, ReportState
from domain.partnership.state import Partnership
from domain.plans import ReportKind
from domain.proposal import Proposal
from domain.values import Money


def admit_report(partnership: Partnership, command: c.Report) -> None:
    """Refuse a report on nothing, beside the plan it names, without its figures, or with figures that cannot be."""
    fault = next(_faults_of_report(partnership, command), None)
    if fault:
        raise IllegalTransition(f"cannot report: {fault}")


def _faults_of_report(partnership: Partnership, command: c.Report) -> Iterator[Fault]:
    reporting, what = partnership.reporting, partnership.partnership_id
    replaced = reporting.report(command.corrects) if command.corrects is not None else None
    if command.corrects is not None and replaced is None:
        yield Fault(f"{what} has no report {command.corrects} to correct; it has {len(reporting.filed)}")
    if replaced is not None and not replaced.counts:
        yield Fault(f"report {replaced.number} is {replaced.state.value} already; file a new one without --corrects")
    final = reporting.open_final
    if final is not None and replaced is None:
        yield Fault(f"{what} has its final report already; to correct it, add --corrects {final.number}")
    if replaced is not None and replaced.kind is not command.report_kind:
        yield Fault(f"report {replaced.number} is {replaced.kind.value}, and a report of that kind corrects it")
    if partnership.proposed.funds_out is not None and not partnership.has_paid and command.planned is None:
        yield Fault(f"nothing was paid in {what} yet, so there is nothing to report on")
    yield from _faults_of_plan(partnership, command, replaced)
    yield from _faults_of_figures(partnership, command)
    yield from _faults_of_results(partnership, command)


def _faults_of_plan(partnership: Partnership, command: c.Report, replaced: FiledReport | None) -> Iterator[Fault]:
    reporting = partnership.reporting
    if command.planned is None:
        answers = [str(one.number) for one in reporting.planned if one.kind is command.report_kind is ReportKind.FINAL]
        if answers:
            yield Fault(f"the final report is planned as report {answers[0]}; add --planned {answers[0]}")
        return
    plan = reporting.plan(command.planned)
    if plan is None:
        known = ", ".join(str(one.number) for one in reporting.planned) or "none"
        yield Fault(f"report {command.planned} is not planned; planned are: {known}")
        return
    if plan.kind is not command.report_kind:
        yield Fault(
            f"report {plan.number} is planned as {plan.kind.value}, and this one is {command.report_kind.value}"
        )
    counting = (one for one in reporting.filed if one.counts and one.planned == plan.number and one != replaced)
    if (standing := next(counting, None)) is not None:
        yield Fault(
            f"report {plan.number} of the plan was received already, as report {standing.number}; to correct it, add "
            f"--corrects {standing.number}"
        )


def _faults_of_figures(partnership: Partnership, command: c.Report) -> Iterator[Fault]:
    figures, paid = command.figures, _paid(partnership)
    if figures is None:
        if paid is not None and command.report_kind is not ReportKind.PROGRESS:
            kind = command.report_kind.value
            yield Fault(f"figures: a {kind} report says what was spent, unspent and returned (--spent ...)")
        return
    if paid is None:
        yield Fault("figures: nothing was paid, so there is no money to account for; leave them out")
        return
    waits = command.report_kind is ReportKind.FINAL and _is_unpaid(partnership)
    if figures.currency != paid.currency or figures.whole > paid.amount:
        fault = figures.fault(paid, figures.returned)
    elif command.report_kind is not ReportKind.PROGRESS and not waits:
        fault = figures.fault(paid, partnership.came_back)
    else:
        fault = None
    if fault:
        yield fault


def _faults_of_results(partnership: Partnership, command: c.Report) -> Iterator[Fault]:
    indicators = {one.number for one in partnership.proposed.public_interest.indicators}
    said = [one.indicator for one in command.results]
    if strange := [one for one in said if one not in indicators]:
        known = ", ".join(map(str, sorted(indicators))) or "none"
        yield Fault(f"results: indicator {strange[0]} is not in the proposal; it has: {known}")
    if len(set(said)) != len(said):
        yield Fault("results: an indicator is reported on twice; say it once")
    left = sorted(indicators - set(said))
    if command.report_kind is ReportKind.FINAL and left:
        yield Fault(f"results: the final report says what was achieved by indicator {left[0]} (--result {left[0]}=...)")


def _paid(partnership: Partnership) -> Money | None:
    """Return what was paid and settled; None if nothing was."""
    out, settled = partnership.proposed.funds_out, partnership.settled_sum
    return Money(amount=settled, currency=out.currency) if out is not None and settled else None


def _is_unpaid(partnership: Partnership) -> bool:
    """Return whether payments are still to come; once the partnership has ended, none are."""
    return not partnership.ended and bool(partnership.unpaid)


def require_received(partnership: Partnership, number: int) -> FiledReport:
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
        raise IllegalTransition(f"report {number} is {report.state.value} already{by}")
    return report


def admit_acceptance(partnership: Partnership, command: c.AcceptReport) -> None:
    """Refuse to accept a final report before the last settlement, or with sums that do not add up (rules 3.9)."""
    report = require_received(partnership, command.report)
    if report.kind is not ReportKind.FINAL:
        return
    if partnership.in_flight or _is_unpaid(partnership):
        raise IllegalTransition(
            f"report {report.number} is the final one, and payments are still to come; it is accepted after the last "
            "one has settled, or returned: `accord return-report`"
        )
    paid = _paid(partnership)
    if paid is None:
        return
    fault = report.figures.fault(paid, partnership.came_back) if report.figures else Fault("figures: there are none")
    if fault:
        raise IllegalTransition(f"report {report.number} is not accepted: {fault}; return it: `accord return-report`")


def admit_plan(partnership: Partnership, after: Proposal) -> None:
    """Refuse an amendment that changes a planned report which was received already."""
    planned = {one.number: one for one in after.reports}
    answered = {one.planned for one in partnership.reporting.filed if one.counts and one.planned is not None}
    changed = (one.number for one in partnership.reporting.planned if planned.get(one.number) != one)
    if altered := [number for number in changed if number in answered]:
        raise IllegalTransition(f"reports: report {altered[0]} was received already and stays as it was planned")
