"""What is installed for operators beside the code: runbooks, alerts and dashboards."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent
ALERTS: Final = _FOLDER / "alerts.yaml"
DASHBOARDS: Final = _FOLDER / "dashboards"
RUNBOOKS: Final = _FOLDER / "runbooks"
"""In the repository a link to docs/runbooks."""


def runbooks() -> dict[str, Path]:
    """Return the runbooks by name."""
    return {file.stem: file for file in sorted(RUNBOOKS.glob("*.md"))}


def title_of(runbook: Path) -> str:
    """Return the title of a runbook, its first line."""
    return runbook.read_text("utf-8").splitlines()[0].removeprefix("# ")
