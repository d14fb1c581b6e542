"""`accord counter`: serves the pages on which finance makes files, brings in answers and records accounts."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import typer

from accord.operations.processes.standing import StandingProcess, stand
from accord.presentation.faults import BadInput
from deploy.connections import connect_temporal, payload_keys
from deploy.settings import database_url, embedded_temporal_address
from deploy.variables import NotConfigured

CONNECTIONS: Final = 5
"""The most connections to the database under each of its logins."""


def counter(
    port: Annotated[int | None, typer.Option("--port", help="For its pages; else that of their origin.")] = None,
) -> None:
    """Serve the counter until stopped: payment files, the bank's answers, and bank accounts, by browser.

    In the environment: ACCORD_COUNTER_ORIGIN, as browsers reach it (https, by a proxy; or http://localhost:PORT);
    ACCORD_CONSOLE_ORIGIN and ACCORD_SIGNING_ORIGIN, those of the console, on whose page people sign; ACCORD_LISTEN, as
    of the console; ACCORD_COUNTER_FOLDER, to which payment files are written; ACCORD_OIDC_ISSUER, with
    ACCORD_OIDC_CLIENT (else accord-counter) and ACCORD_OIDC_SECRET_FILE; ACCORD_OIDC_CLAIM (else sub). Its folder of
    secrets holds those of the counter, exporter, importer and staff. It holds no key: what it does, somebody signed
    with their own passkey.
    Example: ACCORD_COUNTER_ORIGIN=https://counter.example.org ACCORD_COUNTER_FOLDER=/srv/payments accord counter
    """
    raise typer.Exit(stand("counter", lambda process: _work(process, port)))


async def _work(process: StandingProcess, port: int | None) -> None:
    from accord.counter.pages.serving import serve
    from accord.counter.pages.settings import CounterSettings
    from accord.counter.pages.site import LOGINS
    from accord.web.serving import port_of

    settings = CounterSettings.from_environment()
    urls = {login: database_url(login) for login in LOGINS}
    payload_keys()
    pools = {login: await process.database(url, CONNECTIONS, f"database as {login}") for login, url in urls.items()}
    client = await process.temporal(lambda: connect_temporal(embedded_temporal_address(), process.metrics))
    begun = partial(process.works, "serving", origin=settings.origin)
    try:
        await serve(settings, pools, client, port or port_of(settings.origin), process.stop, begun)
    except BadInput as fault:
        raise NotConfigured(str(fault)) from fault


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(counter)
