"""`accord loader`: refreshes each public register from its publisher once a day, under a login of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import asyncpg
import typer
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from accord.operations.processes.standing import StandingProcess, stand
from accord.runs.polling import FatalFault, poll
from accord.runs.watching import watch
from activities.registers.refreshing import Refreshing
from deploy.connections import connect_temporal, temporal_answer
from deploy.database import ServiceUnavailable
from deploy.logins import Login
from deploy.schedules import ensure_refreshing
from deploy.settings import archive_folder, database_url, list_token, user_agent
from registers.loading.download.request import AGENT
from registers.loading.refreshing import fetchable_registers
from workflows.options import REGISTERS_QUEUE
from workflows.refreshing import RegisterRefreshWorkflow

LOOKED_AT: Final = timedelta(minutes=1)
"""The pause between looks whether the schedules are there."""


def loader(
    mirror: Annotated[
        str, typer.Option("--mirror", help="Fetch the files by name below this address, not from the publishers.")
    ] = "",
    minimum_rows: Annotated[
        int | None, typer.Option("--minimum-rows", help="Accept a first load of fewer rows: for samples.")
    ] = None,
) -> None:
    """Refresh every register from its publisher once a day, until stopped.

    One process is enough. Each register has a schedule of its own in Temporal, which shows why a run failed.
    `accord status` warns ten days before a register becomes too old to be used. `accord up --refresh` starts this
    process as well.
    Example: ACCORD_DATABASE_URL=postgresql://db.example.org/accord ACCORD_SECRETS=/run/secrets accord loader
    """
    raise typer.Exit(stand("loader", lambda process: _work(process, mirror, minimum_rows)))


async def _work(process: StandingProcess, mirror: str, minimum_rows: int | None) -> None:
    agent, token = user_agent(), list_token()
    registers = fetchable_registers(token, mirror)
    pool = await process.database(database_url(Login.LOADER), 4)

    async def serve(client: Client, on_fault: FatalFault) -> None:
        async with make_loader(client, pool, archive_folder(), mirror, minimum_rows, agent, on_fault, token):
            process.works("refreshing", registers=list(registers))
            # Again and again: another server, or one whose database was lost, holds no schedule.
            looking = asyncio.create_task(watch("schedules", lambda: ensure_refreshing(client, registers), LOOKED_AT))
            try:
                await process.until_stopped()
            finally:
                looking.cancel()

    await poll(lambda: process.temporal(lambda: _prepared(process.metrics, registers)), serve, process.stop)


async def _prepared(metrics: str, registers: Sequence[str]) -> Client:
    client = await connect_temporal(metrics=metrics)
    try:
        await ensure_refreshing(client, registers)
    except RPCError as fault:
        raise ServiceUnavailable(temporal_answer(fault)) from fault
    return client


def make_loader(
    client: Client,
    pool: asyncpg.Pool,
    archive: Path,
    mirror: str = "",
    minimum_rows: int | None = None,
    agent: str = AGENT,
    on_fault: FatalFault | None = None,
    token: str = "",
) -> Worker:
    """Return the worker that refreshes registers one at a time, on a task queue of its own."""
    refreshing = Refreshing(pool, archive, mirror, minimum_rows, agent, token)
    return Worker(
        client,
        task_queue=REGISTERS_QUEUE,
        workflows=[RegisterRefreshWorkflow],
        activities=[refreshing.refresh_register],
        max_concurrent_activities=1,
        on_fatal_error=on_fault,
    )


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(loader)
