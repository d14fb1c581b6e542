"""`accord api`: answers programs that read with a token, and has tokens enrolled and revoked by guardians."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import typer

from accord.cli.organisation.tokens import app as tokens
from accord.operations.processes.standing import StandingProcess, stand
from deploy.logins import Login
from deploy.loop import work_through
from deploy.settings import database_url

CONNECTIONS: Final = 4
"""The most connections to the database, where programs that read take so many shares of it and not more."""

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)
app.add_typer(tokens, name="token")


@app.callback()
def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option("--port", help="To listen at; else that of its origin.")] = None,
) -> None:
    """Serve the HTTP API until stopped: lists, events, proofs, for programs with a token. It decides nothing.

    In the environment: ACCORD_API_ORIGIN, as programs reach it (https, by a proxy; or http://localhost:PORT);
    ACCORD_LISTEN, as of the console; ACCORD_CHECKPOINTS, the folder of signed checkpoints. Its folder of secrets holds
    that of its login alone, which reads and may do nothing else. It reaches no Temporal.
    Example: ACCORD_API_ORIGIN=https://api.example.org ACCORD_CHECKPOINTS=/srv/checkpoints accord api
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(stand("api", lambda process: _work(process, port), work_through))


async def _work(process: StandingProcess, port: int | None) -> None:
    from accord.api.app import application
    from accord.api.settings import ApiSettings
    from accord.web.serving import port_of, serve_apps

    settings = ApiSettings.from_environment()
    pool = await process.database(database_url(Login.API), CONNECTIONS)
    begun = partial(process.works, "serving", origin=settings.origin)
    app_of_the_api = application(pool, settings)
    await serve_apps(((app_of_the_api, port or port_of(settings.origin)),), process.stop, settings.host, begun)


def register(root: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    root.add_typer(app, name="api")
