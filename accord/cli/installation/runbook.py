"""`accord runbook` and `accord monitoring`: what an alert means and what to do, and the files of those who watch."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.printing.output import out, rows_table
from accord.presentation.faults import BadInput
from deploy.monitoring.files import ALERTS, DASHBOARDS, runbooks, title_of


def runbook(
    name: Annotated[
        str | None, typer.Argument(help="As an alert or a message names it; all are listed without.")
    ] = None,
) -> None:
    """Print a runbook: how a fault shows, what it means, and what to do.

    Example: accord runbook worker-stuck
    """
    files = runbooks()
    if name is None:
        return out.print(rows_table(("Runbook", "About"), ((title, title_of(file)) for title, file in files.items())))
    if name not in files:
        raise BadInput(f"NAME: there is no runbook {name!r}; there are {', '.join(files)}")
    return out.print(files[name].read_text("utf-8"), markup=False, highlight=False, soft_wrap=True, end="")


def monitoring(
    folder: Annotated[Path, typer.Argument(help="A new or an empty folder.")],
) -> None:
    """Write the alerts for Prometheus and the dashboards for Grafana of this release into a folder.

    Example: accord monitoring /etc/prometheus/accord
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BadInput(f"FOLDER: {folder} holds files already; name a new folder")
        shutil.copy(ALERTS, folder)
        shutil.copytree(DASHBOARDS, folder / "dashboards")
    except OSError as fault:
        raise BadInput(f"FOLDER: {folder} cannot be written ({fault.strerror})") from fault
    out.print(f"{folder}: {ALERTS.name}, and dashboards. An alert's runbook: accord runbook NAME", soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(runbook)
    app.command()(monitoring)
