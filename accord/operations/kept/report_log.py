"""A log of reports: each report by its digest in a folder, and a signed line that names it and the line before."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar

from accord.operations.signed_lines import write_line, write_once
from domain.kept.line import ReportLine, faults_of_chain
from ledger.proof.notes import NoteRefused, SigningKey, VerifierKey, open_note

_ATTEMPTS: Final = 20

Line = TypeVar("Line", bound=ReportLine)


class KeptReport(NamedTuple, Generic[Line]):
    """A line of the log, with the file of its report."""

    line: Line
    report: Path
    is_new: bool


class ReportLog(Generic[Line]):
    """The reports and lines in a folder, read with the keys that are trusted. Each kind of report has a suffix."""

    suffix: ClassVar[str]
    kind: type[Line]

    def __init__(self, folder: Path, keys: tuple[VerifierKey, ...]) -> None:
        self.folder = folder
        self._keys = keys

    def lines(self) -> list[Line]:
        """Return the lines, the oldest first.

        Raises:
            NoteRefused: One cannot be read, was not signed by a trusted key, or does not follow the one before it.
        """
        lines = [self._read(file) for file in sorted(self.folder.glob(f"*{self.suffix}"))]
        if faults := faults_of_chain(lines):
            raise NoteRefused(f"the reports in {self.folder}: {faults[0]}")
        return lines

    def report_of(self, line: Line) -> Path:
        """Return the file of a line's report."""
        return self.folder / line.report_name

    def content_of(self, line: Line) -> bytes:
        """Return the bytes of a line's report.

        Raises:
            NoteRefused: They are gone, or other than the line names.
        """
        if fault := self._fault_of(line):
            raise NoteRefused(fault)
        return self.report_of(line).read_bytes()

    def faults(self) -> list[str]:
        """Return the faults of the log: of its lines, or of reports that are gone or other than was signed."""
        try:
            lines = self.lines()
        except NoteRefused as fault:
            return [str(fault)]
        return [words for line in lines if (words := self._fault_of(line)) is not None]

    def keep_under(
        self, content: bytes, key: SigningKey, is_about: Callable[[Line], bool], line_after: Callable[[int, str], Line]
    ) -> KeptReport[Line]:
        """Keep a report and sign its line, unless the newest line that is about the same names the same report.

        `line_after`: makes the line of a number, after a line with a digest.

        Raises:
            NoteRefused: A line of the log does not hold: nothing is signed after it.
        """
        for _ in range(_ATTEMPTS):
            lines = self.lines()
            same = [line for line in lines if is_about(line)]
            line = line_after(len(lines) + 1, lines[-1].digest if lines else "")
            if same and same[-1].report_sha256 == line.report_sha256:
                self._write(same[-1], content)
                return KeptReport(same[-1], self.report_of(same[-1]), is_new=False)
            self._write(line, content)
            if write_line(self.folder / f"{line.number:06}{self.suffix}", line.text, key):
                return KeptReport(line, self.report_of(line), is_new=True)
        raise NoteRefused(f"{self.folder}: others wrote at every attempt; try again")

    def _write(self, line: Line, content: bytes) -> None:
        path = self.report_of(line)
        if not write_once(path, content) and path.read_bytes() != content:
            raise NoteRefused(f"{path.name} stands there already and holds something else; move it away")

    def _read(self, file: Path) -> Line:
        try:
            return self.kind.parse(open_note(file.read_text("utf-8"), self._keys).text)
        except (OSError, ValueError) as fault:  # NoteRefused is one
            raise NoteRefused(f"{file.name}: {fault}") from None

    def _fault_of(self, line: Line) -> str | None:
        path = self.report_of(line)
        try:
            digest = sha256(path.read_bytes()).hexdigest()
        except OSError:
            return f"line {line.number}: its report {path.name} is not here"
        return None if digest == line.report_sha256 else f"line {line.number}: {path.name} is not the report it names"
