"""The console ends when it is told to, also where its database is gone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from accord.web.sessions import COOKIE, Sessions
from deploy.database import open_pool
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Postgres
from deploy.embedded.stack import Stack
from deploy.migrate import migrate
from deploy.payloads.keys import FILE
from tests.conftest import ROOT
from tests.waiting import BACKSTOP


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Postgres]:
    """A migrated PostgreSQL of the test's own."""
    running = Postgres(tmp_path / "postgres")
    await asyncio.to_thread(running.start)
    await running.create_database()
    connection = await asyncpg.connect(running.url)
    await migrate(connection)
    await connection.close()
    await running.make_logins()
    yield running
    await asyncio.to_thread(running.stop)


async def a_console(server: Postgres, stack: Stack, provider: str, ports: tuple[int, int]) -> Process:
    """The process of a console on that server."""
    keys = server.secrets / FILE
    keys.write_bytes((stack.postgres.secrets / FILE).read_bytes())
    keys.chmod(0o600)
    settings = {
        "ACCORD_DATABASE_URL": server.address, "ACCORD_SECRETS": str(server.secrets),
        "TEMPORAL_ADDRESS": stack.state.temporal_address, "ACCORD_OIDC_ISSUER": provider,
        "ACCORD_CONSOLE_ORIGIN": f"http://localhost:{ports[0]}", "ACCORD_SIGNING_ORIGIN": f"http://localhost:{ports[1]}",
    }  # fmt: skip
    kept_environment = {name: one for name, one in os.environ.items() if not name.startswith(("ACCORD_", "TEMPORAL_"))}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "console", cwd=ROOT, env={**kept_environment, **settings}, stderr=PIPE
    )


async def until_serving(process: Process) -> None:
    assert process.stderr is not None
    async with asyncio.timeout(BACKSTOP):
        while line := await process.stderr.readline():
            if line.startswith(b"{") and json.loads(line)["event"] == "serving":
                return
    raise AssertionError("it does not serve")


async def killed(pid: int) -> None:
    """Kill a process and wait until it is no more: one that still dies is taken for one that runs."""
    process = psutil.Process(pid)
    process.kill()
    await asyncio.to_thread(process.wait, BACKSTOP)


@pytest.mark.parametrize(
    "gone",
    [
        "it goes on",
        pytest.param("it is gone", marks=pytest.mark.slow),
        pytest.param("it is frozen", marks=pytest.mark.slow),
    ],
)
async def test_a_console_ends_when_it_is_told_to(server: Postgres, stack: Stack, provider: str, gone: str) -> None:
    """Given open pages that follow the ledger, when its database is gone and the console is stopped, then it ends."""
    ports = free_port(), free_port()
    process = await a_console(server, stack, provider, ports)
    await until_serving(process)
    pool = await open_pool(server.url, 2)
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
        await asking.get(f"http://localhost:{ports[1]}/enrol/pia.berg")
        cookie = await Sessions(pool).begin("pia.berg")
        await asking.get(f"http://localhost:{ports[0]}/", headers={"Cookie": f"{COOKIE}={cookie}"})
        pool.terminate()
        pid = server.pid
        for _ in range(2 if gone == "it is gone" else 0):  # it was killed several times
            await killed(pid)
            await asyncio.to_thread(server.start)
            pid = server.pid
        if gone == "it is gone":
            await killed(pid)
        if gone == "it is frozen":
            os.kill(pid, signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(BACKSTOP):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
            if gone == "it is frozen":
                os.kill(pid, signal.SIGCONT)
            if gone == "it is gone":  # only what runs can be stopped
                await asyncio.to_thread(server.start)
