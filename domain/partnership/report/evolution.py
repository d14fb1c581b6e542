"""Evolve a partnership by the events on its reports."""

from __future__ import annotations

from domain.identity import ACCORD
from domain.partnership.acts import day_of
from domain.partnership.report import events as e
from domain.partnership.report.events import ReportEvent
from domain.partnership.report.reports import FiledReport, Reporting, ReportState
from domain.partnership.state import ChangedFields, Partnership


def reports_changed(partnership: Partnership, event: ReportEvent) -> ChangedFields:
    """Return the fields after a report was received, accepted or returned."""
    return with_reporting(partnership, _after(partnership.reporting, event))


def with_reporting(partnership: Partnership, reporting: Reporting) -> ChangedFields:
    """Return the fields with these reports, and with the responsibility that follows from them."""
    return {"reporting": reporting, "responsibility": partnership.responsibility.with_reports(reporting)}


def _after(reporting: Reporting, event: ReportEvent) -> Reporting:
    match event:
        case e.ReportReceived():
            return _received(reporting, event)
        case e.ReportAccepted(report=number, actor=actor, disallowed=disallowed, shortfall=shortfall):
            return reporting.with_accepted(number, actor, disallowed, shortfall)
        case e.ReportReturned(report=number, actor=actor):
            return reporting.with_returned(number, actor)


def _received(reporting: Reporting, event: e.ReportReceived) -> Reporting:
    report = FiledReport(
        kind=event.report_kind,
        received_on=event.submission.at.date() if event.submission is not None else day_of(event),
        actor=event.actor,
        planned=event.planned,
        figures=event.figures,
        results=event.results,
        milestones=event.milestones,
        other_report=event.other_report,
    )
    if event.accepted_at_once:
        report = report.model_copy(update={"state": ReportState.ACCEPTED, "judged_by": ACCORD})
    return reporting.with_received(report, event.corrects)
