"""Print the files that were used, and each target with the figure reached, or all of it as JSON."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

out = Console(highlight=False, width=150)

NOTES = (
    "Load beside COPY: in turn on one server, rates are medians of rounds, the ratio is the median of each round's; "
    "COPY's rows are ready before the clock starts, the load's are read, judged, archived and indexed within it.",
    "Peak memory: of the resident set of a process that does nothing but load.",
    "Look-ups and verifications: one caller, one after the other; the figure is the median over rounds.",
    "A switch: the clock starts when the new version is in force and ends when the ledger shows the last hold.",
)


class Stock(NamedTuple):
    """The files of one register."""

    register: str
    files: int
    rows: int
    """Lines, or entries if the file does not consist of lines."""
    size: int
    """Bytes."""
    true_of: str
    """The age that the files themselves state."""


class Finding(NamedTuple):
    """One figure that was measured."""

    what: str
    reached: float
    unit: str
    target: float | None = None
    """None for a figure that is only reported."""
    at_most: bool = True
    """Whether the target is a ceiling; otherwise it is a floor."""
    beside: str = ""
    """Further facts about the figure."""

    @property
    def met(self) -> bool | None:
        """True if the target was reached, or None where there is none."""
        if self.target is None:
            return None
        return self.reached <= self.target if self.at_most else self.reached >= self.target


class Findings(NamedTuple):
    """All figures, with the files, versions and settings that they were measured with."""

    quick: bool
    versions: dict[str, str]
    settings: dict[str, str]
    stocks: Sequence[Stock]
    found: Sequence[Finding]
    taken_as: date
    """The day on which the files count as published."""

    @property
    def met(self) -> bool:
        """True if every target was reached."""
        return all(one.met is not False for one in self.found)


def as_json(findings: Findings) -> dict[str, Any]:
    """Return everything that was measured, for machines."""
    return {
        "quick": findings.quick,
        "versions": findings.versions,
        "settings": findings.settings,
        "cores": os.cpu_count(),
        "data": [one._asdict() for one in findings.stocks],
        "taken_as": findings.taken_as.isoformat(),
        "found": [{**one._asdict(), "met": one.met} for one in findings.found],
        "met": findings.met,
    }


def show(findings: Findings) -> None:
    """Print everything for people."""
    for facts in (findings.versions, findings.settings):
        out.print(", ".join(f"{name} {value}" for name, value in facts.items()))
    out.print(_stocks(findings.stocks))
    out.print(f"Loaded as if published on {findings.taken_as}.")
    out.print(_works(findings.found))
    for note in NOTES:
        out.print(note)
    if findings.quick:
        out.print("A quick run: parts of the files, small counts; its figures say little, and it is judged by none.")


def _stocks(stocks: Sequence[Stock]) -> Table:
    table = Table("Register", "Files", "Rows", "MB", "True of", title="Measured with")
    for one in stocks:
        table.add_row(one.register, str(one.files), f"{one.rows:,}", f"{one.size / 1e6:,.1f}", one.true_of)
    return table


def _works(found: Sequence[Finding]) -> Table:
    table = Table("Work", "Reached", "Target", "Met", "Beside", show_lines=True)
    for one in found:
        met = {None: "", True: "yes", False: "no"}[one.met]
        table.add_row(one.what, f"{_figure(one.reached)} {one.unit}".strip(), _target(one), met, one.beside)
    return table


def _target(finding: Finding) -> str:
    if finding.target is None:
        return ""
    return f"{'<=' if finding.at_most else '>='} {_figure(finding.target)}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
