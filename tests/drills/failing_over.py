"""The primary freezes, a standby takes over, and the primary comes back: judged by the answers that appenders got."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from deploy.embedded.postgres import Postgres
from tests.chaos.ledger.check import Findings, check
from tests.chaos.ledger.members import Crew
from tests.chaos.ledger.storm import ENOUGH, prepare
from tests.drills.course import Course
from tests.standbys import (
    Standby,
    add_standbys,
    execute,
    family_of,
    freeze,
    furthest,
    kill,
    thaw,
    until_followed,
    value,
)
from tests.standbys import waiting as waiting_on
from tests.waiting import until

NAMES: Final = ("one", "two")
IN_SILENCE: Final = 3.0
"""Seconds that whoever asks the server that came back is given to be answered, against every promise."""

AFTERWARDS: Final = 100
"""Answers of each appender by the server that took over."""

HEAD: Final = "SELECT coalesce(max(position), 0) FROM ledger.events"
LOCAL: Final = "ALTER SYSTEM SET synchronous_commit = local"


class Trio:
    """A primary and two standbys, one of which must have what it commits."""

    def __init__(self, folder: Path) -> None:
        self.primary = Postgres(folder / "primary")
        self.standbys = [Standby(self.primary, name) for name in NAMES]

    async def start(self) -> None:
        """Start all three."""
        await asyncio.to_thread(self.primary.start)
        await self.primary.create_database()
        await prepare(self.primary.url)
        await self.primary.make_logins()
        await add_standbys(self.primary, self.standbys)

    def stop(self) -> None:
        """Stop whoever still runs."""
        for server in (*self.standbys, self.primary):
            if server.alive():
                kill(server)


async def take_over(primary: Postgres, standbys: list[Standby]) -> Standby:
    """Let the standby that has most take the place of a primary, and the others follow it. Return it."""
    successor = await furthest(standbys)
    await successor.take_over()
    others = [standby for standby in standbys if standby is not successor]
    for other in others:
        await other.follow(successor)
    await until_followed(successor, len(others))
    return successor


async def drill_appenders(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Lose the primary under appenders, with a standby that must have everything and, to try the checker, without."""
    kept = await _failed_over(folder / "kept", seed, course, local=False)
    course.promise(
        f"none of {kept.acknowledged} acknowledged commands is lost, and each is there once, as it was answered",
        not kept.violations,
        kept.violations[:3],
    )
    course.promise("everybody was answered in the end", not kept.unanswered, kept.unanswered)
    lost = await _failed_over(folder / "lost", seed, course, local=True)
    missing = [violation for violation in lost.violations if violation.rule == "acknowledged is there"]
    course.promise(
        f"with `synchronous_commit = local` the checker finds a loss where there is one: {len(missing)} answers",
        bool(missing),
        "it found none",
    )


async def _failed_over(folder: Path, seed: int, course: Course, local: bool) -> Findings:
    trio, journals = Trio(folder), folder / "journals"
    journals.mkdir(parents=True)
    await trio.start()
    crew = Crew(trio.primary, journals, seed)
    try:
        if local:
            await execute(trio.primary, LOCAL, "SELECT pg_reload_conf()")
        for member in crew.members:
            member.start()
        await crew.until_answered(ENOUGH)
        successor = await _frozen(trio, course)
        await (_answered_alone(trio, crew) if local else _silent(trio, successor, crew, course))
        kill(trio.primary)
        crew.turn_to(successor)
        for member in crew.members:
            member.start()
        await crew.until_answered(AFTERWARDS)
        await asyncio.gather(*[asyncio.to_thread(appender.stop) for appender in crew.appenders])
        await crew.until_projected(await crew.head())
        return await check(journals, successor.url)
    finally:
        for member in crew.members:
            await asyncio.to_thread(member.stop)
        await asyncio.to_thread(trio.stop)


async def _frozen(trio: Trio, course: Course) -> Standby:
    """Freeze the primary while one of its standbys is behind, let the other take over, and let the primary go on."""
    behind, ahead = trio.standbys
    receiver = next(one for one in family_of(behind) if "walreceiver" in " ".join(one.cmdline()))
    receiver.suspend()
    had = await behind.received()
    await until(lambda: _has_more(ahead, had))
    freeze(trio.primary)
    receiver.resume()
    successor = await take_over(trio.primary, trio.standbys)
    course.say(
        f"the primary froze; standby {successor.name}, which has most, took over at event {await head(successor)}"
    )
    thaw(trio.primary)
    return successor


async def _has_more(standby: Standby, had: int) -> bool:
    return await standby.received() > had


async def head(server: Postgres) -> int:
    """Return the newest position that a server shows."""
    return int(await value(server, HEAD))


async def _answered_alone(trio: Trio, crew: Crew) -> None:
    """Whoever still asks the old primary is answered."""
    await crew.until_answered(AFTERWARDS)


async def _silent(trio: Trio, successor: Standby, crew: Crew, course: Course) -> None:
    """Whoever still asks the old primary is not answered, neither by it nor after its supervisor starts it again."""
    said = await _said_in(crew, trio.primary)
    course.promise("the primary that came back acknowledges nothing", said == 0, f"{said} answers")
    kill(trio.primary)
    await asyncio.to_thread(trio.primary.start)
    said = await _said_in(crew, trio.primary)
    alone = await head(trio.primary) - await head(successor)
    course.say(f"started again after a kill, it shows {alone} events that no standby has")
    course.promise("and acknowledges none of them, whoever asks again", alone > 0 and said == 0, f"{said} answers")


async def _said_in(crew: Crew, primary: Postgres) -> int:
    """Return how often somebody was answered once the server waits for a standby that never comes."""
    await until(lambda: waiting_on(primary))
    before = sum(appender.answers() for appender in crew.appenders)
    await asyncio.sleep(IN_SILENCE)
    return sum(appender.answers() for appender in crew.appenders) - before
