"""One storm: a server of its own, callers and a projector under a monkey, and the judgement afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg

from deploy.embedded.postgres import Postgres
from deploy.migrate import migrate
from tests.chaos.ledger.check import Findings, check
from tests.chaos.ledger.judge import Violation
from tests.chaos.ledger.members import Crew, EndedByItself, Stuck
from tests.chaos.ledger.victims import victims_of
from tests.chaos.monkey import Bounds, Monkey

LOAD: Final[Bounds] = (0.1, 0.5)
"""Of undisturbed load before a fault."""

ENOUGH: Final = 200
"""Answers before the first fault: among so many, some are replays and conflicts, however slow the machine is."""

DURABLE: Final = ("fsync", "synchronous_commit", "full_page_writes")


class Report(NamedTuple):
    """The results of a storm."""

    seed: int
    cycles: int
    faults: dict[str, int]
    findings: Findings
    seconds: float


def silent(_: int) -> None:
    """Show no progress."""


async def storm(folder: Path, seed: int, cycles: int, progress: Callable[[int], Any] = silent) -> Report:
    """Run one storm in a folder and return what it showed."""
    started = time.monotonic()
    postgres = Postgres(folder / "postgres")
    await asyncio.to_thread(postgres.start)
    try:
        await postgres.create_database()
        await prepare(postgres.url)
        await postgres.make_logins()
        journals = folder / "journals"
        journals.mkdir()
        crew = Crew(postgres, journals, seed)
        monkey = Monkey(victims_of(crew, seed), seed, cycles, LOAD)
        broken = await run(crew, monkey, progress)
        found = await check(journals, postgres.url)
        if found.unanswered:
            broken.append(Violation("every request is answered", f"{found.unanswered} commands were not"))
        found = found._replace(violations=(*broken, *found.violations))
        return Report(seed, sum(monkey.done.values()), dict(monkey.done), found, time.monotonic() - started)
    finally:
        await asyncio.to_thread(postgres.stop)


async def prepare(url: str) -> None:
    """Migrate, and see that the server keeps what it acknowledges. Raises RuntimeError if it would not."""
    connection = await asyncpg.connect(url)
    try:
        await migrate(connection)
        for setting in DURABLE:
            if await connection.fetchval("SELECT current_setting($1)", setting) != "on":
                raise RuntimeError(f"{setting} is off: a storm over this server would prove nothing")
    finally:
        await connection.close()


async def run(crew: Crew, monkey: Monkey, progress: Callable[[int], Any]) -> list[Violation]:
    """Let the monkey rage, then let everybody finish. Return those that did not come back to life."""

    async def recover() -> None:
        await crew.until_answered()
        progress(monkey.done.total())

    try:
        for member in crew.members:
            member.start()
        await crew.until_answered(ENOUGH)
        await monkey.rage(recover)
        await asyncio.gather(*[asyncio.to_thread(appender.stop) for appender in crew.appenders])
        await crew.until_projected(await crew.head())
    except (Stuck, EndedByItself) as fault:
        return [Violation("everything comes back", str(fault))]
    finally:
        for member in crew.members:
            await asyncio.to_thread(member.stop)
    return []
