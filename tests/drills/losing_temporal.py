"""Lose Temporal's database: every open partnership is started again from the ledger, and nothing else is touched."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Final

from accord.operations.health import installation_status
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from tests.builders import proposal
from tests.chaos.partnerships.drive import persist
from tests.chaos.partnerships.restoring import Office
from tests.chaos.partnerships.teller import Teller
from tests.drills.course import Course
from tests.drills.shell import accord
from tests.lives import Life
from tests.waiting import until

AT_ONCE: Final = 10


class QuietOffice(Office):
    """An office where partnerships wait for approval, and nobody acts."""

    def _begin(self, known: Teller | None = None) -> None:
        self.references = [f"P-2026-{7000 + place}" for place in range(1, self._count + 1)]
        self._tasks = []

    async def propose(self) -> None:
        """Propose every partnership, and wait until each waits for approval."""
        at_once = asyncio.Semaphore(AT_ONCE)

        async def awaiting(reference: str) -> None:
            async with at_once:
                await Life(self.desk, reference).awaiting_approval(proposal(reference))

        await asyncio.gather(*map(awaiting, self.references))

    async def lose_temporal(self) -> None:
        """Stop Temporal, delete its database, and start it again."""
        await asyncio.to_thread(self.stack.temporal.stop)
        for file in self.stack.folder.glob("temporal.sqlite*"):
            file.unlink()
        self.stack.temporal.start()


async def drill_temporal(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Lose Temporal's database while partnerships wait for approval, and start them again."""
    office = QuietOffice(folder, seed, partnerships)
    await office.open()
    try:
        await office.propose()
        workers, events = [worker.pid for worker in office.stack.workers], await office.desk.ledger.head()
        course.say(f"{partnerships} partnerships wait for approval, in {events} events")
        start = time.monotonic()
        await office.lose_temporal()
        missing = await until(lambda: _missing(office))
        course.forgot(0, time.monotonic() - start, f"`accord status`: {len(missing)} partnerships run nowhere")
        start = time.monotonic()
        revived = json.loads((await accord(office, "revive", "--all", "--json")).words)
        seconds = time.monotonic() - start
        a_hundred = 100 * seconds / partnerships
        course.say(f"{len(revived['started'])} started again in {seconds:.1f} s: {a_hundred:.1f} s a hundred")
        await _go_on(office, course)
        course.promise("no process had to be started anew", workers == [one.pid for one in office.stack.workers])
    finally:
        await office.close()


async def _missing(office: Office) -> list[str]:
    missing = (await persist(lambda: installation_status(office.desk))).missing
    return missing if len(missing) == len(office.references) else []


async def _go_on(office: QuietOffice, course: Course) -> None:
    """Every partnership runs, and takes a decision."""
    await until(lambda: _all_run(office))
    course.promise("every open partnership runs", True)
    before = await office.desk.ledger.head()
    at_once = asyncio.Semaphore(AT_ONCE)

    async def approve(reference: str) -> Stage:
        async with at_once:
            life = Life(office.desk, reference)
            await persist(lambda: life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme"))
            return (await life.state()).stage

    stages = await asyncio.gather(*map(approve, office.references))
    course.promise("each took a decision afterwards", set(stages) == {Stage.APPROVAL}, stages)
    added = await office.desk.ledger.head() - before
    course.promise("the ledger holds each decision once", added == len(office.references), f"{added} events")


async def _all_run(office: Office) -> bool:
    return not (await persist(lambda: installation_status(office.desk))).missing
