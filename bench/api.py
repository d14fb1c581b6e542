"""`make bench-api`: the ledger's events read over HTTP beside reading the table, as a ratio, in one run."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from accord.organisation.governance import change_directory, confirm_change
from bench.ledger.rows import fill
from bench.office import Office, open_office
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.logins import new_secret
from deploy.loop import work_through
from domain.directory.people import ApiTokenEnrolled
from domain.organisation.tokens import PREFIX, ApiToken, Scope, digest_of_secret, token_id_of
from ledger import clock

EVENTS: Final = 50_000
ROUNDS: Final = 5
TARGET: Final = 0.10
"""The least share of the table's rate that reading over HTTP must have."""
_LOOK_AGAIN: Final = 0.1

out = Console(highlight=False)


async def enrolled(office: Office) -> str:
    """Have two guardians of the sample enrol a token for events, and return its secret."""
    secret = PREFIX + new_secret()
    digest = digest_of_secret(secret)
    token = ApiToken(
        token_id=token_id_of(digest), holder="bench", scopes=(Scope.EVENTS,), sha256=digest, last_day=clock.today()
    )
    change = await change_directory(office.desk, (ApiTokenEnrolled(token=token),), "dora.kim")
    assert change.change_id is not None
    await confirm_change(office.desk, change.change_id, "otto.audit")
    return secret


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """Run `accord api` as operators do, and give its address once it answers."""
    origin = f"http://localhost:{free_port()}"
    environment = {**os.environ, "ACCORD_DATA": str(folder), "ACCORD_API_ORIGIN": origin}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "api", env=environment, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    address = origin.replace("localhost", LOOPBACK)
    async with httpx.AsyncClient(base_url=address, trust_env=False) as asking:
        while not await _answers(asking):
            assert process.returncode is None, "the process ended"
            await asyncio.sleep(_LOOK_AGAIN)
    try:
        yield address
    finally:
        process.terminate()
        await process.wait()


async def _answers(asking: httpx.AsyncClient) -> bool:
    try:
        return (await asking.get("/health")).is_success
    except httpx.TransportError:
        return False


async def over_http(origin: str, secret: str) -> int:
    """Read every event page by page, as a follower does, and return how many there were."""
    count = after = 0
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=origin, headers=headers, trust_env=False) as asking:
        while True:
            page = (await asking.get("/v1/events", params={"after": after})).raise_for_status().json()
            count, after = count + len(page["events"]), page["next"]
            if after >= page["head"]["size"]:
                return count


async def of_the_table(office: Office) -> int:
    """Read every event from the table, and return how many there were."""
    ledger = office.desk.ledger
    return sum([1 async for _ in ledger.read_between(0, await ledger.head())])


async def rate(read: Callable[[], Awaitable[int]]) -> float:
    """Return the events that are read in a second."""
    began = time.perf_counter()
    return await read() / (time.perf_counter() - began)


async def run(events: int) -> bool:
    """Measure and print. Return True if the target was reached."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with open_office(folder, sample_registers=False) as office:
            secret = await enrolled(office)
            await fill(office.desk.ledger, events)
            async with served(folder) as origin:
                turns = [
                    (await rate(lambda: over_http(origin, secret)), await rate(lambda: of_the_table(office)))
                    for _ in range(ROUNDS)
                ]
    share = median(http / table for http, table in turns)
    table = Table("Events", "Over HTTP, a second", "Of the table, a second", "Share (median)", "Target")
    rates = [f"{median(column):,.0f}" for column in zip(*turns, strict=True)]
    table.add_row(f"{events:,}", *rates, f"{share:.2f}", f">= {TARGET:.2f}")
    out.print(table)
    return share >= TARGET


def main() -> int:
    """Read the command line and measure. Return 1 if the target was not reached."""
    parser = argparse.ArgumentParser(prog="python -m bench.api", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, help="events in the ledger")
    return 0 if work_through(run(parser.parse_args().events)) else 1


if __name__ == "__main__":
    sys.exit(main())
