"""The reports in the inbox that a report of staff may repeat without naming them."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy

from domain.fault import Fault
from domain.partnership.commands import Report
from domain.partnership.state import Partnership
from domain.partnership.submission.invitations import Fate
from domain.plans import ReportKind

_REPORTS: Final = """
SELECT s.number, s.form, encode(s.sha256, 'hex'), s.at, f.about
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form
 WHERE f.subject = $1 AND s.kind = 'REPORT' AND f.erased_at IS NULL ORDER BY s.number
"""
_BESIDE_THE_PLAN: Final = {ReportKind.FINAL: "FINAL", ReportKind.PROGRESS: "YEARLY"}
"""By kind of a report that is not of the plan: the subject of the form by which it is handed in."""


class WaitingReport(NamedTuple):
    """A report that was handed in and that nobody judged yet."""

    number: int
    form: UUID
    sha256: str
    at: datetime
    about: str
    """The number of the planned report, or what else it is about, or ''."""


async def waiting_reports(connection: PoolConnectionProxy, partnership: Partnership) -> list[WaitingReport]:
    """Return the reports of a partnership that wait in the inbox, the oldest first.

    Once a later one of the same form was taken over, the one before waits no more.
    """
    rows = await connection.fetch(_REPORTS, partnership.partnership_id)
    fates = {judged.sha256: judged.fate for judged in partnership.judged_submissions}
    reports = [WaitingReport(*row) for row in rows]
    taken_over = {report.form: report.number for report in reports if fates.get(report.sha256) is Fate.TAKEN_OVER}
    return [
        report for report in reports if report.sha256 not in fates and report.number > taken_over.get(report.form, 0)
    ]


async def repeated_fault(connection: PoolConnectionProxy, partnership: Partnership, command: Report) -> Fault | None:
    """Return the report in the inbox that a report without its name may repeat, with what to do, or None."""
    if command.submission is not None or command.beside_inbox is not None:
        return None
    subjects = _subjects_of(command)
    for report in await waiting_reports(connection, partnership):
        if report.about in subjects:
            return Fault(
                f"beside_inbox: the grantee handed a report for the same in on {report.at:%Y-%m-%d %H:%M} (submission "
                f"{report.number}), and it waits in the inbox; take it over or, where this is another, say why"
            )
    return None


def _subjects_of(command: Report) -> frozenset[str]:
    """Return the subjects of the forms by which the same may have been handed in. '' is a form about no report."""
    planned = str(command.planned) if command.planned is not None else _BESIDE_THE_PLAN.get(command.report_kind, "")
    correction = f"CORRECTION_{command.corrects}" if command.corrects is not None else ""
    return frozenset({planned, correction, ""})
