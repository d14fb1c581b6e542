"""What people are told before they sign, where an act that is allowed closes the way of another."""

from __future__ import annotations

from domain.partnership import commands as c
from domain.partnership.report.admission import fault_of_acceptance
from domain.partnership.report.reports import FiledReport, ReportState
from domain.partnership.state import Partnership
from domain.plans import ReportKind


def cautions(partnership: Partnership, command: type[c.StaffCommand]) -> tuple[str, ...]:
    """Return what somebody should know before they sign an act in a partnership, with what to do instead."""
    waiting_reports = [report for report in partnership.reporting.filed if report.state is ReportState.RECEIVED]
    if command is c.AcceptReport:
        faults = (fault_of_acceptance(partnership, report) for report in waiting_reports)
        return tuple(str(fault) for fault in faults if fault)
    if command is c.RecordRefund:
        return tuple(_spoilt(report) for report in waiting_reports if _knows_all(report, partnership))
    return ()


def _knows_all(report: FiledReport, partnership: Partnership) -> bool:
    """True if a final report tells all that came back so far."""
    figures = report.figures if report.kind is ReportKind.FINAL else None
    return figures is not None and figures.returned == partnership.came_back


def _spoilt(report: FiledReport) -> str:
    return (
        f"Report {report.number}, the final one, waits to be accepted and does not tell of this refund. Once the refund"
        f" is recorded, it cannot be accepted as it is. If its figures are right, accept report {report.number} first,"
        f" and record the refund after that. Else record the refund now, return report {report.number}, and have it"
        " corrected with the sum returned."
    )
