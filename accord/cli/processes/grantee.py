"""`accord grantee`: serves the pages that grantees fill by link."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import typer

from accord.operations.processes.standing import StandingProcess, stand
from deploy.logins import Login
from deploy.loop import work_through
from deploy.settings import database_url
from deploy.variables import NotConfigured

CONNECTIONS: Final = 4
"""The most connections to the database, where a crowd takes so many shares of its processors and not more."""


def grantee(
    port: Annotated[int | None, typer.Option("--port", help="For its pages; else that of their origin.")] = None,
) -> None:
    """Serve the grantee's door until stopped: forms that are filled by link, without an account.

    In the environment: ACCORD_GRANTEE_ORIGIN, as browsers reach it (https, by a proxy; or http://localhost:PORT);
    ACCORD_LISTEN and ACCORD_FONTS, as of the console; ACCORD_QUARANTINE, into which papers are laid until `accord
    examiner` looked. Its folder of secrets holds that of its login alone, which may call a few functions and read no
    table. It reaches neither Temporal nor the ledger.
    Example: ACCORD_GRANTEE_ORIGIN=https://forms.example.org ACCORD_QUARANTINE=/srv/quarantine accord grantee
    """
    raise typer.Exit(stand("grantee", lambda process: _work(process, port), work_through))


async def _work(process: StandingProcess, port: int | None) -> None:
    from accord.grantee.app import application
    from accord.grantee.settings import DoorSettings
    from accord.web.serving import port_of, serve_apps
    from papers.examination.child import forbid_reading
    from papers.store import StoreUnavailable

    forbid_reading()  # children of this user read workbooks and set PDFs here: none of them reads the login's secret
    settings = DoorSettings.from_environment()
    pool = await process.database(database_url(Login.GRANTEE), CONNECTIONS, sees_migrations=False)
    try:
        door = application(pool, settings)
    except StoreUnavailable as fault:
        raise NotConfigured(str(fault)) from fault
    begun = partial(process.works, "serving", origin=settings.origin)
    await serve_apps(((door, port or port_of(settings.origin)),), process.stop, settings.host, begun)


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(grantee)
