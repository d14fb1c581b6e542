"""The line by which a report is kept: canonical JSON that names the report and the line before it, to be signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import ClassVar, Self

from pydantic import ValidationError

from domain.canonical_json import canonical_json
from domain.values import Moment, Sha256, Value


class ReportLine(Value):
    """A report that was kept: its number, its digest, and the line before. Each kind of report says more of its own."""

    head: ClassVar[str]
    """The first line of the text that is signed."""
    subject: ClassVar[str]
    """The subject of the report, as a message names it."""

    number: int
    before: str
    """The digest of the line before, or '' of the first."""
    report_sha256: Sha256
    made_at: Moment

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.head}\n{canonical_json(self.model_dump(mode='json')).decode()}\n"

    @property
    def digest(self) -> str:
        """The digest by which the next line names it."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def report_name(self) -> str:
        """The name of the file of its report."""
        return f"{self.report_sha256[:16]}.json"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the line in a text that was signed.

        Raises:
            ValueError: It is no such line, or it is not written as this one writes it.
        """
        head, _, content = text.partition("\n")
        try:
            line = cls.model_validate(json.loads(content))
        except ValidationError as fault:
            raise ValueError(f"not a line on {cls.subject}: {fault.errors()[0]['msg']}") from None
        if head != cls.head or line.text != text:
            raise ValueError(f"not a line on {cls.subject}, or not in its canonical form")
        return line


def faults_of_chain(lines: Sequence[ReportLine]) -> list[str]:
    """Return the faults of lines as a chain: each has the next number and names the one before it."""
    faults = []
    for place, line in enumerate(lines):
        if line.number != place + 1:
            faults.append(f"line {place + 1} has the number {line.number}: one is missing")
        if line.before != (lines[place - 1].digest if place else ""):
            faults.append(f"line {line.number} does not name the line before it")
    return faults
