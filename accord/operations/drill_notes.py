"""Certificates of drills: a signed note beside the checkpoints says when which drill ran, and what it showed.

An auditor asks when a restore was tried last, and whether it held. The key of the log signs the answer, so that nobody
without it can claim a drill.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from ledger.proof.notes import NoteRefused, SigningKey, VerifierKey, open_note

SUFFIX: Final = ".drill"
_FORM: Final = "accord drill 1"
_NAME: Final = re.compile(r"[a-z][a-z-]{0,39}")


@dataclass(frozen=True, slots=True)
class DrillCertificate:
    """The outcome of a drill."""

    drill: str
    """The name of the drill, such as restore."""
    at: datetime
    lost: int
    """How many events were lost, on purpose."""
    noticed: float
    """Seconds after which the loss was noticed."""
    broken: int
    """How many promises broke. 0 is a drill that held."""

    @property
    def held(self) -> bool:
        """True if no promise broke."""
        return not self.broken

    @property
    def text(self) -> str:
        """The text that is signed."""
        return (
            f"{_FORM}\n{self.drill}\n{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n"
            f"lost {self.lost}\nnoticed {self.noticed:.1f}\nbroken {self.broken}\n"
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of a note as a certificate.

        Raises:
            NoteRefused: It is none.
        """
        lines = text.split("\n")
        try:
            form, drill, at, lost, noticed, broken, _ = lines
            at_time = datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            numbers = int(_after("lost", lost)), float(_after("noticed", noticed)), int(_after("broken", broken))
        except ValueError as fault:
            raise NoteRefused(f"not the certificate of a drill: {fault}") from fault
        if form != _FORM or not _NAME.fullmatch(drill):
            raise NoteRefused(f"not the certificate of a drill: it begins {form[:40]!r}")
        return cls(drill, at_time, *numbers)


def _after(word: str, line: str) -> str:
    name, _, value = line.partition(" ")
    if name != word:
        raise ValueError(f"{word} was expected, and not {name[:40]!r}")
    return value


def keep_certificate(folder: Path, certificate: DrillCertificate, key: SigningKey) -> Path:
    """Sign a certificate into the folder of checkpoints, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{certificate.at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{certificate.drill}{SUFFIX}"
    part = path.with_suffix(".part")
    part.write_text(f"{certificate.text}\n{key.line(certificate.text)}", "utf-8")
    part.replace(path)
    return path


def newest_of_each(folder: Path, keys: tuple[VerifierKey, ...]) -> list[DrillCertificate]:
    """Return the newest certificate of each drill in a folder, by name. One that no known key signed is left out."""
    newest: dict[str, DrillCertificate] = {}
    for certificate in _readable(folder, keys):
        newest[certificate.drill] = certificate
    return [newest[name] for name in sorted(newest)]


def _readable(folder: Path, keys: tuple[VerifierKey, ...]) -> Iterator[DrillCertificate]:
    """Yield the certificates, the oldest first: their names begin with the time."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            yield DrillCertificate.parse(open_note(path.read_text("utf-8"), keys).text)
        except (NoteRefused, OSError, UnicodeDecodeError):
            continue
