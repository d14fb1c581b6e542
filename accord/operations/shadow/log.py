"""The log of reports on another system."""

from __future__ import annotations

from datetime import datetime

from accord.operations.kept.report_log import KeptReport, ReportLog
from domain.shadow.line import ShadowLine
from domain.shadow.report import ShadowReport
from ledger.proof.notes import SigningKey


class ShadowLog(ReportLog[ShadowLine]):
    """The reports on another system in a folder."""

    suffix = ".shadow"
    kind = ShadowLine

    def keep(self, report: ShadowReport, key: SigningKey, now: datetime) -> KeptReport[ShadowLine]:
        """Keep a report under a signed line. The same report of a day and source is kept once.

        Raises:
            NoteRefused: A line of the log does not hold: nothing is signed after it.
        """

        def line_after(number: int, before: str) -> ShadowLine:
            return ShadowLine(
                number=number, before=before, source=report.source, day=report.day, since=report.since,
                report_sha256=report.sha256, stopped=report.stopped, asked=report.asked, made_at=now,
            )  # fmt: skip

        return self.keep_under(report.content, key, lambda line: _is_about(line, report), line_after)


def _is_about(line: ShadowLine, report: ShadowReport) -> bool:
    return (line.source, line.day, line.since) == (report.source, report.day, report.since)
