"""The kept line of a report on another system: canonical JSON that names the report and the line before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Final, Self

from pydantic import Field, ValidationError

from domain.canonical_json import canonical_json
from domain.values import Moment, Sha256, Value, is_none

HEAD: Final = "accord shadow 1"
"""The first line of the text that is signed."""


class ShadowLine(Value):
    """A report that was kept: its digest, its day, and how many decisions it names."""

    number: int
    before: str
    """The digest of the line before, or '' of the first."""
    source: str
    day: date
    since: date | None = Field(default=None, exclude_if=is_none)
    report_sha256: Sha256
    stopped: int
    asked: int
    made_at: Moment

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{HEAD}\n{canonical_json(self.model_dump(mode='json')).decode()}\n"

    @property
    def digest(self) -> str:
        """The digest by which the next line names it."""
        return sha256(self.text.encode()).hexdigest()

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
            raise ValueError(f"not a line on another system: {fault.errors()[0]['msg']}") from None
        if head != HEAD or line.text != text:
            raise ValueError("not a line on another system, or not in its canonical form")
        return line


def faults_of_chain(lines: Sequence[ShadowLine]) -> list[str]:
    """Return the faults of lines as a chain: each has the next number and names the one before it."""
    faults = []
    for place, line in enumerate(lines):
        if line.number != place + 1:
            faults.append(f"line {place + 1} has the number {line.number}: one is missing")
        if line.before != (lines[place - 1].digest if place else ""):
            faults.append(f"line {line.number} does not name the line before it")
    return faults
