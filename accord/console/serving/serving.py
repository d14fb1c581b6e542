"""Serve the console's two applications from one process, each on a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import asyncpg
from temporalio.client import Client

from accord.client.sending import Sending
from accord.console.serving.app import console_app, signing_app
from accord.console.serving.desk import Console
from accord.console.serving.settings import ConsoleSettings
from accord.web.login import provider_of
from accord.web.serving import serve_apps

PATIENCE: Final = 20.0
"""The seconds for which a page waits for a decision's receipt before it says that nobody answered."""


async def serve(
    settings: ConsoleSettings,
    pool: asyncpg.Pool,
    client: Client,
    ports: tuple[int, int],
    stop: asyncio.Event,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Serve pages and the page that signs, until `stop` is set. `begun`: called once both listen."""
    settings = replace(settings, namespace=client.namespace)
    desk = Sending(pool, client=client, patience=PATIENCE)
    pages = Console(settings, desk, provider_of(settings))
    apps = (console_app(pages), signing_app(Console(settings, desk, acts=pages.acts)))
    await serve_apps(tuple(zip(apps, ports, strict=True)), stop, settings.host, begun)
