"""`accord counter`: serves the pages on which finance makes files, brings in answers and records accounts."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated, Final

import asyncpg
import structlog
import typer

from deploy.connections import connect_temporal, payload_keys, stop_signals, wait_for
from deploy.database import closing, open_pool
from deploy.logins import Login, SecretUnusable
from deploy.logs import configure_logs
from deploy.settings import database_url, embedded_temporal_address
from deploy.variables import NotConfigured

if TYPE_CHECKING:
    from accord.counter.pages.settings import CounterSettings

CONNECTIONS: Final = 5
"""The most connections to the database under each of its logins."""

log = structlog.get_logger("accord.counter")


def counter(
    port: Annotated[int | None, typer.Option("--port", help="For its pages; else that of their origin.")] = None,
) -> None:
    """Serve the counter on loopback until stopped: payment files, the bank's answers, and bank accounts, by browser.

    In the environment: ACCORD_COUNTER_ORIGIN, as browsers reach it (https, by a proxy; or http://localhost:PORT);
    ACCORD_CONSOLE_ORIGIN and ACCORD_SIGNING_ORIGIN, those of the console, on whose page people sign;
    ACCORD_COUNTER_FOLDER, to which payment files are written; ACCORD_OIDC_ISSUER, with ACCORD_OIDC_CLIENT (else
    accord-counter) and ACCORD_OIDC_SECRET_FILE; ACCORD_OIDC_CLAIM (else sub). Its folder of secrets holds those of the
    counter, exporter, importer and staff. It holds no key: what it does, somebody signed with their own passkey.
    Example: ACCORD_COUNTER_ORIGIN=https://counter.example.org ACCORD_COUNTER_FOLDER=/srv/payments accord counter
    """
    logging.disable(logging.NOTSET)  # `main` turned logging off for the shell; this process logs
    configure_logs()
    raise typer.Exit(asyncio.run(_work(port)))


async def _work(port: int | None) -> int:
    from accord.counter.pages.settings import CounterSettings
    from accord.counter.pages.site import LOGINS
    from accord.presentation.faults import BadInput

    try:
        settings = CounterSettings.from_environment()
        urls = {login: database_url(login) for login in LOGINS}
        payload_keys()
        return await _served(settings, urls, port)
    except (NotConfigured, SecretUnusable, BadInput) as fault:
        log.error("not configured", reason=str(fault))
        return 3


async def _served(settings: CounterSettings, urls: dict[Login, str], port: int | None) -> int:
    from accord.counter.pages.serving import serve
    from accord.web.serving import port_of

    stop = stop_signals()
    async with AsyncExitStack() as closed_at_the_end:
        pools = dict[Login, asyncpg.Pool]()
        for login, url in urls.items():
            pool = await wait_for("database", lambda url=url: open_pool(url, CONNECTIONS), stop)  # type: ignore[misc]
            if pool is None:
                return 0
            pools[login] = await closed_at_the_end.enter_async_context(closing(pool))
        client = await wait_for("Temporal", lambda: connect_temporal(embedded_temporal_address()), stop)
        if client is None:
            return 0
        log.info("serving", origin=settings.origin)
        await serve(settings, pools, client, port or port_of(settings.origin), stop)
    log.info("stopped")
    return 0


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(counter)
