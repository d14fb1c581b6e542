"""`accord projector`: keeps the read models up to date with the ledger, under a login that can do nothing else."""

from __future__ import annotations

import typer

from accord.operations.processes.standing import StandingProcess, stand
from deploy.logins import Login
from deploy.loop import work_through
from deploy.settings import database_url
from records.opening import open_ledger
from records.read_models.projectors import project


def projector() -> None:
    """Keep the read models, which `accord list` and the reports show, up to date with the ledger until stopped.

    One process is enough; if there are several, one works and the others wait. `accord up` starts this process as well.
    Example: ACCORD_DATABASE_URL=postgresql://db.example.org/accord ACCORD_SECRETS=/run/secrets accord projector
    """
    raise typer.Exit(stand("projector", _work, work_through))


async def _work(process: StandingProcess) -> None:
    pool = await process.database(database_url(Login.PROJECTOR))
    process.beside(project(open_ledger(pool)))
    process.works("projecting")
    await process.until_stopped()


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(projector)
