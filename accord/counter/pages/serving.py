"""Serve the counter's pages from a process of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import asyncpg
from temporalio.client import Client

from accord.client.sending import Sending
from accord.counter.courier import try_folder
from accord.counter.pages.app import counter_app
from accord.counter.pages.settings import CounterSettings
from accord.counter.pages.site import CounterSite
from accord.web.login import provider_of
from accord.web.serving import serve_apps
from deploy.logins import Login


async def serve(
    settings: CounterSettings,
    pools: Mapping[Login, asyncpg.Pool],
    client: Client,
    port: int,
    stop: asyncio.Event,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Serve the counter, until `stop` is set. `begun`: called once it listens.

    Raises:
        BadInput: The folder of payment files cannot be written to.
    """
    try_folder(settings.folder)
    desk = Sending(pools[Login.EXPORTER], client=client)
    site = CounterSite(settings, desk, provider_of(settings), pools=pools, client=client)
    await serve_apps(((counter_app(site), port),), stop, settings.host, begun)
