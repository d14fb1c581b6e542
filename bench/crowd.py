"""Measure the console in a crowd: the pages of staff alone, and beside half-open and live connections."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

import httpx
from rich.console import Console
from rich.table import Table

from accord.console.serving.serving import serve
from accord.console.serving.settings import ConsoleSettings
from accord.web.sessions import COOKIE, Sessions
from bench.console.organisation import Writer, found_on_the_sample
from bench.office import open_office
from deploy.database import open_pool
from deploy.embedded.ports import free_port
from ledger.projections import Projector
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS

HALF_OPEN: Final = 300
"""Connections on which a request began and never comes whole."""
LIVE: Final = 200
"""Pages that follow the ledger."""
STAFF: Final = 5
"""People who open one page after another."""
THINKING: Final = 0.25
"""Seconds between two pages of one of them."""
SECONDS: Final = 20
A_SECOND: Final = 5
"""Events a second that are appended meanwhile."""
PAGES: Final = ("/?view=mine", "/partnerships", "/P-2026-000017", "/payments", "/obligations")

out = Console(highlight=False)


class Waits(NamedTuple):
    """The seconds that staff waited for pages, and how many pages failed."""

    seconds: Sequence[float]
    failures: int

    @property
    def late(self) -> float:
        """The wait that one page in twenty exceeds."""
        return sorted(self.seconds)[math.ceil(len(self.seconds) * 0.95) - 1]


def settings_of(ports: tuple[int, int]) -> ConsoleSettings:
    """Return the settings of a console at two ports."""
    return ConsoleSettings(
        origin=f"http://localhost:{ports[0]}", signing_origin=f"http://localhost:{ports[1]}",
        relying_party="localhost", issuer="http://localhost:1",
    )  # fmt: skip


async def serve_until_killed(url: str, ports: tuple[int, int]) -> None:
    """Serve the console in this process."""
    pool = await open_pool(url, 10)
    temporal = cast(Any, SimpleNamespace(namespace="default"))  # no page asks it for anything
    await serve(settings_of(ports), pool, temporal, ports, asyncio.Event())


@asynccontextmanager
async def console_process(url: str) -> AsyncIterator[tuple[int, int]]:
    """Run the console as a process of its own, and give its ports."""
    ports = free_port(), free_port()
    command = ("-m", "bench.crowd", "--serve", url, "--ports", *map(str, ports))
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        async with httpx.AsyncClient() as asking:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    await asking.get(f"http://localhost:{ports[0]}/welcome")
                    break
                await asyncio.sleep(0.1)
        yield ports
    finally:
        process.kill()
        await process.wait()


async def waits_of_staff(origin: str, headers: dict[str, str]) -> Waits:
    """Return how long staff wait for their pages, for some seconds."""
    until, seconds, failures = time.monotonic() + SECONDS, list[float](), 0

    async def work(place: int) -> None:
        nonlocal failures
        async with httpx.AsyncClient(headers=headers, timeout=60) as asking:
            while time.monotonic() < until:
                began = time.perf_counter()
                answer = await asking.get(origin + PAGES[place % len(PAGES)])
                seconds.append(time.perf_counter() - began)
                failures += answer.status_code != 200
                place += 1
                await asyncio.sleep(THINKING)

    await asyncio.gather(*map(work, range(STAFF)))
    return Waits(seconds, failures)


async def hold_half_open(port: int) -> None:
    """Begin a request that never comes whole, and begin another one whenever it is cut off."""
    while True:
        reader, writer = await asyncio.open_connection("localhost", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()


async def follow(origin: str, headers: dict[str, str]) -> None:
    """Follow the ledger, as a live page does."""
    asking = httpx.AsyncClient(headers=headers, timeout=httpx.Timeout(None))
    async with asking, asking.stream("GET", f"{origin}/live") as answer:
        async for _ in answer.aiter_lines():
            pass


async def append(writer: Writer) -> None:
    """Append events meanwhile."""
    async for _ in writer.appended(A_SECOND, SECONDS):
        pass


async def measure(count: int) -> bool:
    """Measure both, print them, and return True if no page failed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder)) as office:
            desk = office.desk
            writer = Writer(desk, await found_on_the_sample(desk), count)
            await writer.write(lambda _: None)
            await Projector(desk.ledger, PARTNERSHIPS, judge_of(desk.ledger)).rebuild(lambda _: None)
            headers = {"Cookie": f"{COOKIE}={await Sessions(desk.pool).begin('femi.ade')}"}
            async with console_process(office.stack.postgres.url) as ports:
                origin = settings_of(ports).origin
                alone = (await waits_of_staff(origin, headers), await waits_of_staff(origin, headers))[1]
                crowd = [asyncio.create_task(hold_half_open(ports[0])) for _ in range(HALF_OPEN)]
                crowd += [asyncio.create_task(follow(origin, headers)) for _ in range(LIVE)]
                await asyncio.sleep(3)
                beside, _ = await asyncio.gather(waits_of_staff(origin, headers), append(writer))
                there = sum(not task.done() for task in crowd)
                for task in crowd:
                    task.cancel()
                await asyncio.gather(*crowd, return_exceptions=True)
    _print(alone, beside, there)
    return alone.failures + beside.failures == 0 and there == len(crowd)


def _print(alone: Waits, beside: Waits, there: int) -> None:
    table = Table("", "Pages", "Failed", "95 of 100 within", title=f"{STAFF} people at their pages")
    for title, waits in (("alone", alone), (f"beside {there} connections", beside)):
        table.add_row(title, f"{len(waits.seconds):,}", str(waits.failures), f"{waits.late * 1000:.0f} ms")
    out.print(table)
    out.print(f"{HALF_OPEN} half-open and {LIVE} live connections: {beside.late / alone.late:.2f} times as long.")


def main() -> int:
    """Run the benchmark. Return 1 if a page failed or a connection of the crowd was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="partnerships in the ledger")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--ports", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve_until_killed(arguments.serve, tuple(arguments.ports)))
        return 0
    return 0 if asyncio.run(measure(arguments.count)) else 1


if __name__ == "__main__":
    sys.exit(main())
