"""`accord console`: serves the pages on which staff read and decide, under a login that appends nothing."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from accord.operations.processes.standing import StandingProcess, stand
from deploy.connections import connect_temporal, payload_keys
from deploy.logins import Login
from deploy.settings import database_url, embedded_temporal_address


def console(
    port: Annotated[int | None, typer.Option("--port", help="For the pages; else that of their origin.")] = None,
    signing_port: Annotated[
        int | None, typer.Option("--signing-port", help="For the page that signs; else that of its origin.")
    ] = None,
) -> None:
    """Serve the console until stopped: its pages, and on an origin of its own the page that signs.

    In the environment: ACCORD_CONSOLE_ORIGIN and ACCORD_SIGNING_ORIGIN, as browsers reach them (https, by a proxy; or
    http://localhost:PORT); ACCORD_LISTEN, the address of this machine (else 127.0.0.1); ACCORD_OIDC_ISSUER, with
    ACCORD_OIDC_CLIENT and ACCORD_OIDC_SECRET_FILE; ACCORD_OIDC_CLAIM, the claim that holds a person's identifier here
    (else sub); ACCORD_RELYING_PARTY, for which passkeys are made (else the host of the page that signs);
    ACCORD_CHECKPOINTS and ACCORD_LOG, the folder of signed checkpoints and the ledger's public key, with which it hands
    out receipts. The console holds no key, and its login records nothing: staff sign with their own passkeys, which
    `accord staff passkey` enters. `accord up` starts a console as well.
    Example: ACCORD_CONSOLE_ORIGIN=https://accord.example.org ACCORD_SIGNING_ORIGIN=https://sign.example.org
    ACCORD_OIDC_ISSUER=https://login.example.org accord console --port 8080 --signing-port 8090
    """
    raise typer.Exit(stand("console", lambda process: _work(process, port, signing_port)))


async def _work(process: StandingProcess, port: int | None, signing_port: int | None) -> None:
    from accord.console.serving.serving import serve
    from accord.console.serving.settings import ConsoleSettings
    from accord.web.serving import port_of

    settings, url = ConsoleSettings.from_environment(), database_url(Login.CONSOLE)
    payload_keys()
    pool = await process.database(url)
    client = await process.temporal(lambda: connect_temporal(embedded_temporal_address(), process.metrics))
    ports = (port or port_of(settings.origin), signing_port or port_of(settings.signing_origin))
    begun = partial(process.works, "serving", origin=settings.origin, signing_origin=settings.signing_origin)
    await serve(settings, pool, client, ports, process.stop, begun)


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(console)
