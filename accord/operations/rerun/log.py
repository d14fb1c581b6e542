"""The log of reruns."""

from __future__ import annotations

from datetime import datetime

from accord.operations.kept.report_log import KeptReport, ReportLog
from domain.rerun.line import RerunLine
from domain.rerun.report import RerunReport
from domain.rerun.verdicts import RerunVerdict
from ledger.proof.checkpoints import SUFFIX
from ledger.proof.notes import NoteRefused, SigningKey, open_note


class RerunLog(ReportLog[RerunLine]):
    """The reruns in a folder."""

    suffix = ".rerun"
    kind = RerunLine

    def keep(self, report: RerunReport, key: SigningKey, now: datetime) -> KeptReport[RerunLine]:
        """Keep a report under a signed line. The same report is kept once.

        Raises:
            NoteRefused: A line of the log does not hold: nothing is signed after it.
        """

        def line_after(number: int, before: str) -> RerunLine:
            return RerunLine(
                number=number, before=before, report_sha256=report.sha256, made_at=now, **_bound(report)
            )  # fmt: skip

        return self.keep_under(report.content, key, lambda line: line.report_sha256 == report.sha256, line_after)

    def report(self, line: RerunLine) -> RerunReport:
        """Return the report of a line.

        Raises:
            NoteRefused: It is gone, is other than was signed, does not say what its line says, or is of another ledger
            than the checkpoint of its position beside it.
        """
        content = self.content_of(line)
        try:
            report = RerunReport.model_validate_json(content)
        except ValueError as fault:
            raise NoteRefused(f"line {line.number}: {fault}") from None
        if _bound(report) != line.model_dump(include=set(_bound(report))):
            raise NoteRefused(f"line {line.number} says otherwise than its report {line.report_name}")
        if (root := self._signed_root(line.position)) is not None and root != line.root:
            raise NoteRefused(f"line {line.number}: the checkpoint of {line.position} events here has another root")
        return report

    def _signed_root(self, size: int) -> str | None:
        """Return the root of the checkpoint of a size that stands in the same folder, or None without one."""
        note = self.folder / f"{size:015}{SUFFIX}"
        return open_note(note.read_text("utf-8"), self._keys).checkpoint.root.hex() if note.is_file() else None

    def faults(self) -> list[str]:
        """Return the faults of the log, and of lines that say otherwise than their reports."""
        if faults := super().faults():
            return faults
        line_faults = []
        for line in self.lines():
            try:
                self.report(line)
            except NoteRefused as fault:
                line_faults.append(str(fault))
        return line_faults


def _bound(report: RerunReport) -> dict[str, object]:
    """Return a line's statement of its report."""
    return {
        "edition": report.edition.name, "edition_sha256": report.edition.sha256,
        "rules_sha256": report.edition.rules_sha256, "since": report.since, "until": report.until,
        "position": report.position, "root": report.root, "decisions": report.decisions,
        "waited": report.number(RerunVerdict.WAITED), "refused": report.number(RerunVerdict.REFUSED),
        "allowed": report.number(RerunVerdict.ALLOWED), "unknown": report.number(RerunVerdict.UNKNOWN),
    }  # fmt: skip
