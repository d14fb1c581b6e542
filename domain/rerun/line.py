"""The kept line of a rerun: it binds the report to the place in the ledger and to the edition that was run."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.kept.line import ReportLine
from domain.values import Sha256


class RerunLine(ReportLine):
    """A rerun that was kept: the edition, the days, the ledger's position and root, and what it counted."""

    head: ClassVar[str] = "accord rerun 1"
    subject: ClassVar[str] = "a rerun"

    edition: str
    edition_sha256: Sha256
    rules_sha256: Sha256
    since: date
    until: date
    position: int
    root: Sha256
    decisions: int
    waited: int
    refused: int
    allowed: int
    unknown: int

    @property
    def report_name(self) -> str:
        """The name of the file of its report."""
        return f"rerun-{self.edition}-{self.report_sha256[:16]}.json"
