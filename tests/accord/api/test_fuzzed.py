"""Every path fuzzed by its own description: no answer but those described, and nothing of an accident."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from contextlib import suppress
from typing import Final

import pytest

from accord.api.app import application
from accord.api.settings import ApiSettings
from accord.web.limits import RateLimits
from accord.web.serving import serve_apps
from deploy.embedded.ports import LOOPBACK, free_port
from tests.accord.api.conftest import Api
from tests.scribe import Scribe
from tests.waiting import LOOK_AGAIN

PROGRAM: Final = "from schemathesis.cli import schemathesis; schemathesis()"
NOT_ASKED: Final = "positive_data_acceptance"
"""A day that no calendar has, sizes in the wrong order, and a note that nobody signed have their form and are refused
nevertheless."""
EVERY_DAY: Final = "^/v1/(events|cosignatures)$"


async def fuzzed(api: Api, *options: str) -> tuple[int, str]:
    """Have a program ask an API that is served on loopback. Returns its exit code and its words."""
    port, stop, asked = free_port(), asyncio.Event(), itertools.count(0, 60)
    unlimited = RateLimits(lambda: float(next(asked)))  # a minute passes between any two requests
    app = application(api.pool, ApiSettings(f"http://localhost:{port}"), unlimited)
    serving = asyncio.create_task(serve_apps(((app, port),), stop, LOOPBACK))
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.close()
            break
        await asyncio.sleep(LOOK_AGAIN)
    address = f"http://{LOOPBACK}:{port}"
    command = [
        sys.executable, "-c", PROGRAM, "run", f"{address}/v1/openapi.json", "--url", address,
        "--header", f"Authorization: Bearer {api.secret}", "--checks", "all", "--exclude-checks", NOT_ASKED,
        "--seed", "1", "--generation-database", "none", "--no-color", *options,
    ]  # fmt: skip
    asking = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=dict(os.environ)
    )
    told, _ = await asking.communicate()
    stop.set()
    await serving
    return asking.returncode or 0, told.decode()


async def test_what_is_read_and_what_is_handed_in_is_answered_as_it_is_described(api: Api) -> None:
    """Given requests of each kind, well formed and not, then each answer is one that the description has."""
    code, told = await fuzzed(api, "--phases", "coverage", "--include-path-regex", EVERY_DAY)
    assert code == 0, told


@pytest.mark.slow
async def test_every_path_is_served_as_it_is_described(api: Api, kept: list[Scribe]) -> None:
    code, told = await fuzzed(api, "--phases", "examples,coverage,fuzzing", "--max-examples", "50")
    assert code == 0, told
