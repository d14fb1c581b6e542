"""The log of reports on another system: each report by its digest, and a signed line that names it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from accord.operations.signed_lines import write_line, write_once
from domain.shadow.line import ShadowLine, faults_of_chain
from domain.shadow.report import ShadowReport
from ledger.proof.notes import NoteRefused, SigningKey, VerifierKey, open_note

SUFFIX: Final = ".shadow"
_ATTEMPTS: Final = 20


class KeptReport(NamedTuple):
    """A line of the log, with the file of its report."""

    line: ShadowLine
    report: Path
    is_new: bool


class ShadowLog:
    """The reports and lines in a folder, read with the keys that are trusted."""

    def __init__(self, folder: Path, keys: tuple[VerifierKey, ...]) -> None:
        self.folder = folder
        self._keys = keys

    def lines(self) -> list[ShadowLine]:
        """Return the lines, the oldest first.

        Raises:
            NoteRefused: One cannot be read, was not signed by a trusted key, or does not follow the one before it.
        """
        lines = [self._read(file) for file in sorted(self.folder.glob(f"*{SUFFIX}"))]
        if faults := faults_of_chain(lines):
            raise NoteRefused(f"the reports in {self.folder}: {faults[0]}")
        return lines

    def report_of(self, line: ShadowLine) -> Path:
        """Return the file of a line's report."""
        return self.folder / f"{line.day}-{line.report_sha256[:16]}.json"

    def faults(self) -> list[str]:
        """Return the faults of the log: of its lines, or of reports that are gone or other than was signed."""
        try:
            lines = self.lines()
        except NoteRefused as fault:
            return [str(fault)]
        return [words for line in lines if (words := self._fault_of(line)) is not None]

    def keep(self, report: ShadowReport, key: SigningKey, now: datetime) -> KeptReport:
        """Keep a report and sign its line, unless the newest line of its day and source names the same report.

        Raises:
            NoteRefused: A line of the log does not hold: nothing is signed after it.
        """
        for _ in range(_ATTEMPTS):
            lines = self.lines()
            same = [line for line in lines if _is_about(line, report)]
            if same and same[-1].report_sha256 == report.sha256:
                self._write(same[-1], report)
                return KeptReport(same[-1], self.report_of(same[-1]), is_new=False)
            line = ShadowLine(
                number=len(lines) + 1, before=lines[-1].digest if lines else "", source=report.source,
                day=report.day, since=report.since, report_sha256=report.sha256, stopped=report.stopped,
                asked=report.asked, made_at=now,
            )  # fmt: skip
            self._write(line, report)
            if write_line(self.folder / f"{line.number:06}{SUFFIX}", line.text, key):
                return KeptReport(line, self.report_of(line), is_new=True)
        raise NoteRefused(f"{self.folder}: others wrote at every attempt; try again")

    def _write(self, line: ShadowLine, report: ShadowReport) -> None:
        path = self.report_of(line)
        if not write_once(path, report.content) and path.read_bytes() != report.content:
            raise NoteRefused(f"{path.name} stands there already and holds something else; move it away")

    def _read(self, file: Path) -> ShadowLine:
        try:
            return ShadowLine.parse(open_note(file.read_text("utf-8"), self._keys).text)
        except (OSError, ValueError) as fault:  # NoteRefused is one
            raise NoteRefused(f"{file.name}: {fault}") from None

    def _fault_of(self, line: ShadowLine) -> str | None:
        path = self.report_of(line)
        try:
            digest = sha256(path.read_bytes()).hexdigest()
        except OSError:
            return f"line {line.number}: its report {path.name} is not here"
        return None if digest == line.report_sha256 else f"line {line.number}: {path.name} is not the report it names"


def _is_about(line: ShadowLine, report: ShadowReport) -> bool:
    return (line.source, line.day, line.since) == (report.source, report.day, report.since)
