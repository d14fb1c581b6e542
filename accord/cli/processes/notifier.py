"""`accord notifier`: tells what waits for whom to a command or an HTTPS address, under a login that only reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.options import run
from accord.cli.printing.output import out
from accord.operations.notifying import (
    Channel,
    NoChannel,
    NotDelivered,
    NoticeLog,
    Notifier,
    channel_of,
    make_signing_secret,
)
from accord.operations.processes.standing import StandingProcess, stand
from accord.presentation.faults import BadInput, Unreachable
from deploy.database import open_pool
from deploy.logins import Login, SecretUnusable
from deploy.settings import NOTICES_VARIABLE, data_folder, database_url
from deploy.variables import NotConfigured


def notifier(
    to: Annotated[
        str,
        typer.Option("--to", metavar="CHANNEL", envvar=NOTICES_VARIABLE, help="An HTTPS address, or a command."),
    ],
    state: Annotated[
        Path | None, typer.Option("--state", metavar="FILE", help="What was told; else notices.db in the data folder.")
    ] = None,
    secret: Annotated[
        Path | None,
        typer.Option("--secret", metavar="FILE", help="What posts are signed with; else notices.secret beside it."),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Tell what stands now, and end.")] = False,
) -> None:
    """Tell people of each step that waits for them, each reminder and each delay, at least once, until stopped.

    A notice is a line of JSON: id, subject, kind, what, role, due and the command. It names no person and no party. A
    command gets it on its standard input; an address gets it as a POST, signed as standardwebhooks.com has it: give the
    receiver the secret, which is made at first. What nobody took is tried again.
    Example: accord notifier --to https://hooks.example.org/accord, or: accord notifier --to "page-me --team"
    """
    file = state or data_folder() / "notices.db"
    try:
        channel = channel_of(to, lambda: make_signing_secret(secret or file.with_suffix(".secret")))
    except NoChannel as fault:
        raise BadInput(f"--to: {fault}") from None
    except SecretUnusable as fault:
        raise BadInput(f"--secret: {fault}") from None
    if once:
        return out.print(f"{run(_once(channel, file))} told.")
    raise typer.Exit(stand("notifier", lambda process: _work(process, channel, file)))


async def _once(channel: Channel, file: Path) -> int:
    try:
        async with await open_pool(database_url(Login.READER)) as pool:
            return await Notifier(pool, NoticeLog(file), channel).tell()
    except (NotConfigured, SecretUnusable) as fault:
        raise Unreachable(str(fault)) from fault
    except NotDelivered as fault:
        raise Unreachable(f"not told: {fault}; what was told before is not told again") from fault


async def _work(process: StandingProcess, channel: Channel, file: Path) -> None:
    pool = await process.database(database_url(Login.READER), 2)
    process.beside(Notifier(pool, NoticeLog(file), channel).forever())
    process.works("telling")
    await process.until_stopped()


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(notifier)
