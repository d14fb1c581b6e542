"""The log of attestations: a signed note for each line, in a folder, each naming the line before it.

A line is a new file and is never written again. Two who write at the same time get two numbers, or the same line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from accord.operations.signed_lines import write_line
from domain.attestation.line import (
    AttestationLine,
    CheckpointNamed,
    Findings,
    chain_faults,
    newest_by_day,
    written_sums,
)
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey, VerifierKey, open_note

SUFFIX: Final = ".attestation"
USUAL_REASON: Final = "read again, and what it says is another"
_ATTEMPTS: Final = 20


class Attested(NamedTuple):
    """A line that stands in the log, with its file."""

    line: AttestationLine
    path: Path
    is_new: bool


class AttestationLog:
    """The lines in a folder, read with the keys that are trusted."""

    def __init__(self, folder: Path, keys: tuple[VerifierKey, ...]) -> None:
        self.folder = folder
        self._keys = keys

    def files(self) -> list[Path]:
        """Return the files, the oldest first."""
        return sorted(self.folder.glob(f"*{SUFFIX}"))

    def lines(self) -> list[AttestationLine]:
        """Return the lines, the oldest first.

        Raises:
            NoteRefused: One cannot be read, was not signed by a trusted key, or does not follow the one before it.
        """
        lines = [self.read(file) for file in self.files()]
        if faults := chain_faults(lines):
            raise NoteRefused(f"the log of attestations in {self.folder}: {faults[0]}")
        return lines

    def read(self, file: Path) -> AttestationLine:
        """Return the line in a file. Raises as `lines` does."""
        try:
            return AttestationLine.parse(open_note(file.read_text("utf-8"), self._keys).text)
        except (OSError, ValueError) as fault:  # NoteRefused is one
            raise NoteRefused(f"{file.name}: {fault}") from None

    def keep(
        self, findings: Findings, in_transit: Mapping[str, Any], checkpoint: Checkpoint, key: SigningKey,
        now: datetime, because: str = "",
    ) -> Attested:  # fmt: skip
        """Sign a line of a day, unless its newest line says the same, and return the line that stands.

        `because`: why the day is attested again, where it is.

        Raises:
            NoteRefused: A line of the log does not hold: nothing is signed after it.
        """
        for _ in range(_ATTEMPTS):
            lines = self.lines()
            earlier = newest_by_day(lines).get(findings.day)
            if earlier is not None and earlier.findings == findings:
                return Attested(earlier, self._path(earlier), is_new=False)
            line = AttestationLine(
                **findings.model_dump(), number=len(lines) + 1, before=lines[-1].digest if lines else "",
                checkpoint=CheckpointNamed(size=checkpoint.size, root=checkpoint.root.hex()), made_at=now,
                in_transit=written_sums(dict(in_transit)), supersedes=earlier.number if earlier else None,
                because=(because or USUAL_REASON) if earlier else "",
            )  # fmt: skip
            if write_line(self._path(line), line.text, key):
                return Attested(line, self._path(line), is_new=True)
        raise NoteRefused(f"{self.folder}: others wrote at every attempt; try again")

    def _path(self, line: AttestationLine) -> Path:
        return self.folder / f"{line.number:06}{SUFFIX}"


def faults_of_attestations(folder: Path, keys: tuple[VerifierKey, ...], roots: Mapping[int, bytes]) -> list[str]:
    """Return the faults of the lines in a folder. `roots`: of the signed checkpoints, by size."""
    log, lines, faults = AttestationLog(folder, keys), list[AttestationLine](), list[str]()
    for file in log.files():
        try:
            lines.append(log.read(file))
        except NoteRefused as fault:
            faults.append(f"attestation {fault}")
    faults += [f"attestations: {fault}" for fault in chain_faults(lines)] if not faults else []
    for line in lines:
        root = roots.get(line.checkpoint.size)
        if root is None or root.hex() != line.checkpoint.root:
            words = "is not here" if root is None else "has another root"
            faults.append(f"attestation {line.number}: its checkpoint of {line.checkpoint.size} events {words}")
    return faults
