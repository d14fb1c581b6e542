"""A namespace that vanishes under a process that polls there: it waits, says what to do, and goes on by itself."""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncIterator

import pytest
from temporalio.api.operatorservice.v1 import DeleteNamespaceRequest
from temporalio.client import Client

from accord.runs.preparing import ensure_namespace
from deploy.embedded.stack import Stack
from deploy.logins import Login
from tests.conftest import Office
from tests.servers import temporal_apart
from tests.test_worker import beside_others, lines_until, start

NAMESPACE = "vanishing"
PROCESSES = {
    "worker": (("-m", "worker"), Login.WORKER, "working"),
    "loader": (("-m", "accord", "loader"), Login.LOADER, "refreshing"),
}
"""The processes that poll: the command of each, its login, and what it logs once it does."""

SOON = 'matching.longPollExpirationInterval="2s"'
"""A poll that waits for work ends in two seconds, not in a minute: only then does a process hear that it is lost."""


@pytest.fixture
async def server() -> AsyncIterator[Client]:
    """A server of its own with a namespace that vanishes."""
    async with temporal_apart("", SOON) as client:
        await ensure_namespace(client, NAMESPACE)
        yield client


@pytest.mark.early
@pytest.mark.slow
@pytest.mark.parametrize("name", PROCESSES)
async def test_a_namespace_that_vanishes_is_waited_for_with_its_remedy(
    stack: Stack, office: Office, server: Client, name: str
) -> None:
    """Given a process that polls, when its namespace is deleted and made anew, then it waits in a line and goes on."""
    command, login, works = PROCESSES[name]
    addresses = {"TEMPORAL_ADDRESS": server.service_client.config.target_host, "TEMPORAL_NAMESPACE": NAMESPACE}
    settings = {**beside_others(stack), "ACCORD_DATABASE_URL": office.url_of(login), **addresses}
    process = await start(*command, **settings)
    await lines_until(process, works)
    await server.operator_service.delete_namespace(DeleteNamespaceRequest(namespace=NAMESPACE))
    lines = await lines_until(process, "waiting")
    assert "`accord setup` makes it" in lines[-1]["reason"], lines
    assert "Traceback" not in json.dumps(lines)
    await ensure_namespace(server, NAMESPACE)
    await lines_until(process, works)
    process.send_signal(signal.SIGTERM)
    await lines_until(process, "stopped")
    assert await process.wait() == 0
