"""Obligations of reports: by the grantee, and by whoever judges them (rules 3.9, R41)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.partnership import commands as c
from domain.partnership.report.reports import FINAL_AFTER, FiledReport, ReportState
from domain.partnership.state import Partnership
from domain.partnership.waiting.owing import JUDGED_WITHIN, Obligation, ObligationKind, owes
from domain.plans import PlannedReport, ReportKind
from domain.values import Money


def reports(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the reports that the grantee owes by a day: as planned, each year, and at the end."""
    reporting, kind = partnership.reporting, ObligationKind.REPORT
    for plan, due in reporting.owed():
        words = f"report {plan.number} of the grantee ({plan.kind.value})"
        yield owes(kind, str(plan.number), words, due, _since(partnership, plan), c.Report, _report(plan))
    if (due_on := partnership.responsibility.report_due) is not None:
        words = "the grantee's yearly report under expenditure responsibility"
        since = due_on.replace(year=due_on.year - 1, day=min(due_on.day, 28))
        command = "report {id} --kind PROGRESS --summary SUMMARY --as STAFF"
        yield owes(ObligationKind.YEARLY_REPORT, "yearly", words, due_on, since, c.Report, command)
    if (last := _final_due(partnership)) is not None:
        command = "report {id} --kind FINAL --summary SUMMARY --spent SUM --as STAFF"
        yield owes(kind, "final", "the final report of the grantee", *last, c.Report, command)


def _report(plan: PlannedReport) -> str:
    figures = " --spent SUM" if plan.kind is not ReportKind.PROGRESS else ""
    return f"report {{id}} --planned {plan.number} --summary SUMMARY{figures} --as STAFF"


def _since(partnership: Partnership, plan: PlannedReport) -> date:
    settled_days = dict(partnership.reporting.settled)
    return settled_days.get(plan.after_tranche or 0) or partnership.agreed_on or date.min


def _final_due(partnership: Partnership) -> tuple[date, date] | None:
    """Return the final report's due day and its first day, or None if it is planned, received, or not owed yet."""
    has_plan = any(report.kind is ReportKind.FINAL for report in partnership.reporting.planned)
    if has_plan or partnership.reporting.open_final is not None or not partnership.owes_a_final_report:
        return None
    since = _work_done_on(partnership)
    return None if since is None else (since + FINAL_AFTER, since)


def _work_done_on(partnership: Partnership) -> date | None:
    """Return the day on which the work, or the paying for it, was over, or None before."""
    settled_days, period = dict(partnership.reporting.settled), partnership.proposed.period
    if partnership.proposed.funds_out is not None and not settled_days:
        return None
    if partnership.ended_on is not None:
        return partnership.ended_on
    if any(progress.number not in settled_days for progress in partnership.unpaid):
        return None
    ends = [period.ends] if period is not None else []
    if ends or settled_days:
        return max([*ends, *settled_days.values()])
    day = partnership.agreed_on
    return None if day is None else day + timedelta(days=365)  # without money and period: after a year


def judgements(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the acceptance or return of each report that waits for it."""
    for report in partnership.reporting.filed:
        if report.state is ReportState.RECEIVED:
            words = (
                f"accept report {report.number} ({report.kind.value}), or return it with the reasons{_short(report)}"
            )
            due = report.received_on + JUDGED_WITHIN
            command = f"accept-report {{id}} --report {report.number} --reason REASON --as STAFF"
            yield owes(
                ObligationKind.JUDGEMENT, str(report.number), words, due, report.received_on, c.AcceptReport, command
            )


def _short(report: FiledReport) -> str:
    """Return the grantee's word that less arrived, to be answered with the report."""
    if report.figures is None or not report.not_arrived:
        return ""
    return f"; {report.figures.currency} {report.not_arrived:,} did not arrive, it says"


def correction(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the correction of an accepted report that accounts for more than was paid, once nothing is paid again."""
    final, since, out = partnership.reporting.final, partnership.ended_on, partnership.proposed.funds_out
    if final is None or final.figures is None or out is None or since is None or partnership.came_back_since:
        return
    if final.figures.whole == partnership.settled_sum:
        return
    money = Money(amount=final.figures.whole, currency=out.currency)
    payment = f"{partnership.settled_sum:,} was paid"
    words = f"report {final.number} accounts for {money}, and {payment}: let the grantee correct it"
    plan = f" --planned {final.planned}" if final.planned is not None else ""
    command = f"report {{id}} --kind FINAL --corrects {final.number}{plan} --spent SUM --summary SUMMARY --as STAFF"
    yield owes(ObligationKind.CORRECTION, str(final.number), words, since + JUDGED_WITHIN, since, c.Report, command)
