"""The counter's process serves with the secrets of its own folder, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import httpx
import pytest

from accord.counter.pages.site import LOGINS
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Postgres
from deploy.embedded.stack import Stack
from deploy.payloads.keys import FILE
from tests.accord.console.serving.test_stopping import server, until_serving
from tests.conftest import ROOT
from tests.waiting import BACKSTOP

__all__ = ["server"]


@pytest.mark.slow
async def test_a_counter_serves_with_its_four_secrets_and_ends_when_it_is_told_to(
    server: Postgres,
    stack: Stack,
    provider: str,
    tmp_path: Path,
) -> None:
    port, secrets = free_port(), tmp_path / "own"
    secrets.mkdir(mode=0o700)
    for source in (*(server.secrets / login for login in LOGINS), stack.postgres.secrets / FILE):
        (secrets / source.name).write_bytes(source.read_bytes())
        (secrets / source.name).chmod(0o600)
    settings = {
        "ACCORD_DATABASE_URL": server.address, "ACCORD_SECRETS": str(secrets),
        "TEMPORAL_ADDRESS": stack.state.temporal_address, "ACCORD_OIDC_ISSUER": provider,
        "ACCORD_COUNTER_ORIGIN": f"http://localhost:{port}", "ACCORD_CONSOLE_ORIGIN": "http://localhost:1",
        "ACCORD_SIGNING_ORIGIN": "http://localhost:2", "ACCORD_COUNTER_FOLDER": str(tmp_path / "payments-out"),
    }  # fmt: skip
    kept_environment = {name: one for name, one in os.environ.items() if not name.startswith(("ACCORD_", "TEMPORAL_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "counter", cwd=ROOT, env={**kept_environment, **settings}, stderr=PIPE
    )
    try:
        await until_serving(process)
        async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
            while True:
                try:
                    answer = await asking.get(f"http://localhost:{port}/welcome")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
        assert "Sign in" in answer.text
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(BACKSTOP):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
