"""`accord projector`: keeps the read models up to date with the ledger, under a login that can do nothing else."""

from __future__ import annotations

import asyncio
import logging

import structlog
import typer

from deploy.connections import stop_signals, wait_for
from deploy.database import closing, open_pool
from deploy.logins import Login, SecretUnusable
from deploy.logs import configure_logs
from deploy.loop import work_through
from deploy.settings import database_url
from deploy.variables import NotConfigured
from records.opening import open_ledger
from records.read_models.projectors import project

log = structlog.get_logger("accord.projector")


def projector() -> None:
    """Keep the read models, which `accord list` and the reports show, up to date with the ledger until stopped.

    One process is enough; if there are several, one works and the others wait. `accord up` starts this process as well.
    Example: ACCORD_DATABASE_URL=postgresql://db.example.org/accord ACCORD_SECRETS=/run/secrets accord projector
    """
    logging.disable(logging.NOTSET)  # `main` turned logging off for the shell; this process logs
    configure_logs()
    raise typer.Exit(work_through(_work()))


async def _work() -> int:
    try:
        url = database_url(Login.PROJECTOR)
    except (NotConfigured, SecretUnusable) as fault:
        log.error("not configured", reason=str(fault))
        return 3
    stop = stop_signals()
    pool = await wait_for("database", lambda: open_pool(url), stop)
    if pool is None:
        return 0
    async with closing(pool):
        projecting = asyncio.create_task(project(open_ledger(pool)))
        log.info("projecting")
        await stop.wait()
        projecting.cancel()
    log.info("stopped")
    return 0


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(projector)
