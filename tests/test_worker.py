"""The worker as a process: it says why it does not start, works, drains on SIGTERM, and logs JSON without secrets."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process

import asyncpg

from commands.desk import Desk
from deploy.embedded.stack import Stack
from deploy.logins import Login
from domain.partnership import Stage
from tests.builders import proposal
from tests.lives import Life
from tests.waiting import BACKSTOP


async def start(**environment: str) -> Process:
    """A worker process with nothing but these variables."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", env={"PATH": "/usr/bin:/bin", **environment}, stderr=PIPE, stdout=PIPE
    )


def settings(stack: Stack) -> dict[str, str]:
    """Where the run's servers are."""
    return {
        "ACCORD_DATABASE_URL": stack.postgres.url_of(Login.WORKER),
        "TEMPORAL_ADDRESS": stack.state.temporal_address,
    }


async def lines_until(process: Process, event: str) -> list[dict[str, str]]:
    """Every log line up to an event, each of them JSON."""
    assert process.stderr is not None
    lines: list[dict[str, str]] = []
    async with asyncio.timeout(BACKSTOP):
        while not lines or lines[-1]["event"] != event:
            lines.append(json.loads(await process.stderr.readline()))
    return lines


async def test_a_worker_works_and_drains_on_sigterm(stack: Stack, desk: Desk, reference: str) -> None:
    process = await start(**settings(stack))
    await lines_until(process, "working")
    life = Life(desk, reference)
    await life.propose(proposal(reference))
    await life.until_stage(Stage.APPROVAL)
    process.send_signal(signal.SIGTERM)
    said = [line["event"] for line in await lines_until(process, "stopped")]
    assert "draining" in said
    assert await process.wait() == 0


async def test_without_a_database_address_it_says_which_variable_to_set(stack: Stack) -> None:
    process = await start(TEMPORAL_ADDRESS=stack.state.temporal_address)
    [line] = await lines_until(process, "not configured")
    assert line["reason"] == "set ACCORD_DATABASE_URL"
    assert await process.wait() == 3


async def test_on_a_database_that_is_not_migrated_it_names_the_remedy(stack: Stack, template: str) -> None:
    server = await asyncpg.connect(template)
    await server.execute("CREATE DATABASE unmigrated")
    await server.close()
    address = template.replace("/postgres?", "/unmigrated?")
    process = await start(ACCORD_DATABASE_URL=address, TEMPORAL_ADDRESS=stack.state.temporal_address)
    line = (await lines_until(process, "database is not migrated"))[-1]
    assert line["remedy"] == "run `accord migrate`"
    assert await process.wait() == 3


async def test_an_absent_service_is_waited_for_in_a_line_without_a_trace(stack: Stack) -> None:
    process = await start(**{**settings(stack), "TEMPORAL_ADDRESS": "127.0.0.1:9"})
    line = (await lines_until(process, "waiting"))[-1]
    assert (line["service"], "Traceback" in json.dumps(line)) == ("temporal", False)
    process.kill()
    await process.wait()
