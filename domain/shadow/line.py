"""The kept line of a report on another system."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.kept.line import ReportLine
from domain.values import is_none


class ShadowLine(ReportLine):
    """A report on another system that was kept: its day, and how many decisions it names."""

    head: ClassVar[str] = "accord shadow 1"
    subject: ClassVar[str] = "another system"

    source: str
    day: date
    since: date | None = Field(default=None, exclude_if=is_none)
    stopped: int
    asked: int

    @property
    def report_name(self) -> str:
        """The name of the file of its report."""
        return f"{self.day}-{self.report_sha256[:16]}.json"
