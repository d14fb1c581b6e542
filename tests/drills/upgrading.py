"""From release 0.3.0 to this one while people work and pay, and back, until somebody opens the new forms of events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg

from accord.demo.sample import sample_iban
from deploy.database import open_pool
from deploy.embedded.bank import Bank
from deploy.embedded.processes import ChildProcess
from domain.streams import StreamId
from ledger.proof.verification import verify
from records.opening import open_ledger
from tests.chaos.partnerships.restoring import paid_once
from tests.drills.course import Course
from tests.drills.failing_over import HEAD
from tests.drills.office_failing_over import THERE
from tests.drills.releases import PEOPLE, THIS, Answer, HistoryMissing, Release, Servers, as_released
from tests.standbys import value
from tests.waiting import until

Found = TypeVar("Found")

PAID, DECIDED, LAST = 7001, 8001, 8003
"""The first partnership that is paid, and the first and last of those that are decided on before they are."""

FURTHER: Final = 100
"""The distance from the first partnership that is paid under one version to that under the next."""

MOVES: Final = 4
"""The times at which people of 0.3.0 begin to pay further partnerships after the first."""

MORE: Final = 12
"""Events that are recorded under each version: work goes on."""

TRANCHES: Final = 2
NEW_FORM: Final = """
SELECT EXISTS (SELECT FROM ledger.events WHERE event_type = 'TrancheReleasedForPayment' AND schema_version = 2)
"""

ORDERS: Final = "SELECT count(*) FROM ledger.events WHERE event_type = 'TrancheReleasedForPayment'"


class Installation:
    """An installation between two releases, and the people who work there."""

    def __init__(self, folder: Path, old: Release) -> None:
        self.folder, self.old = folder, old
        self.servers, self.bank = Servers(folder / "stack", workers=0), Bank(folder / "bank")
        self.running: list[ChildProcess] = []

    def start(self, release: Release, name: str, *words: str, address: str = "") -> ChildProcess:
        """Start a process of a release."""
        process = self.servers.process(release, name, *words, address=address)
        self.running.append(process)
        return process

    def worker(self, release: Release, name: str) -> ChildProcess:
        """Start a worker under its own version."""
        return self.start(release, name, "-m", "worker", "--build-id", "auto")

    def people(self, release: Release, name: str, first: int, last: int = 0, furnished: bool = True) -> ChildProcess:
        """Let people work with a release's code."""
        words = [str(PEOPLE), str(self.folder), str(self.bank._port), str(first), str(last)]
        named = ["--furnished"] if furnished else []
        return self.start(release, name, *words, *named, address=self.servers.postgres.url)

    async def until(self, look: Callable[[], Awaitable[Found]]) -> Found:
        """Wait for something, and for nothing if a process ended by itself."""

        async def seen() -> Found:
            for process in self.running:
                if not process.alive():
                    raise RuntimeError(f"{process.name} ended by itself: {process.last_lines(20)}")
            return await look()

        return await until(seen)

    async def more(self, events: int = MORE) -> None:
        """Wait until so many more events are recorded."""
        before = await self.head()

        async def recorded() -> bool:
            return await self.head() >= before + events

        await self.until(recorded)

    async def head(self) -> int:
        """Return the newest position."""
        return int(await value(self.servers.postgres, HEAD))

    async def end(self, process: ChildProcess) -> None:
        """End a process as a supervisor does."""
        self.running.remove(process)
        await asyncio.to_thread(process.stop)

    async def close(self) -> None:
        """End everything."""
        for process in self.running:
            await asyncio.to_thread(process.stop)
        await asyncio.to_thread(self.bank.stop)
        await asyncio.to_thread(self.servers.stop)


async def drill_rolling(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Upgrade under load, go back, go forward again, lose the old workers, stay, and try to go back once more."""
    try:
        old = await asyncio.to_thread(as_released, "0.3.0", folder / "0.3.0")
    except HistoryMissing as fault:
        return course.say(f"not tried: {fault}")
    place = Installation(folder, old)
    await place.servers.start()
    try:
        await _as_before(place, partnerships, course)
        await _to_and_fro(place, partnerships, course)
        await _without_old_workers(place, course)
        await _for_good(place, partnerships, course)
        await _nothing_lost(place, partnerships, course)
    finally:
        await place.close()
    return None


async def _as_before(place: Installation, partnerships: int, course: Course) -> None:
    """Work as 0.3.0 did: its schema, its worker, its people, its payments."""
    await asyncio.to_thread(place.bank.start)
    place.bank.open_account("ISOC", sample_iban("isoc"), balance=10**12)
    secrets = str(place.servers.postgres.secrets)
    made = await place.servers.accord(place.old, "migrate", "--logins", secrets)
    if made.code:
        raise RuntimeError(made.words)
    place.worker(place.old, "worker-before")
    first = await place.servers.build_of(place.old)
    await place.until(lambda: _goes_to(place, first))
    place.start(place.old, "projector", "-m", "accord", "projector")
    people = place.people(place.old, "payers", PAID, PAID + partnerships - 1, furnished=False)
    await place.until(lambda: _answers(place))
    await place.more()
    await place.end(people)
    course.say(f"0.3.0 recorded {await place.head()} events, and the bank has answered")


async def _answers(place: Installation) -> list[Path]:
    return list((place.folder / "answers").glob("*.xml"))


async def _to_and_fro(place: Installation, partnerships: int, course: Course) -> None:
    """Roll forward, back and forward while people propose, approve and pay."""
    servers, old = place.servers, place.old
    before, after = await servers.build_of(old), await servers.build_of(THIS)
    people = place.people(old, "deciders", DECIDED)
    await place.more()
    migrated = await servers.accord(THIS, "migrate", "--logins", str(servers.postgres.secrets))
    course.promise("the database is migrated while 0.3.0 works", not migrated.code, migrated.words)
    await place.more()
    course.promise("0.3.0 works on, on the migrated database", True)
    place.worker(THIS, "worker-after")
    await place.until(lambda: _is_known(place, after))
    ramped = await servers.accord(THIS, "deploy", "ramp", after, "50")
    await _paid_more(place, 1, partnerships)
    course.promise("both versions work and pay side by side", not ramped.code, ramped.words)
    told = await servers.accord(THIS, "upgrade", "--open", "--yes", "--report", str(place.folder / "report"))
    course.promise(
        "what 0.3.0 cannot read is not opened while it works", told.code == 1 and before in told.words, told.words
    )
    for number, (build, left, back) in enumerate(
        ((after, before, False), (before, after, True), (after, before, False)), 2
    ):
        await _moved(place, build, left, back, course)
        await _paid_more(place, number, partnerships)
    course.promise(
        "nothing was recorded that 0.3.0 cannot read, and no worker of it stopped",
        not await value(servers.postgres, NEW_FORM),
    )
    await place.end(people)


async def _paid_more(place: Installation, number: int, partnerships: int) -> None:
    """Let people of 0.3.0 pay further partnerships, until one of them is ordered to be paid and more happened."""
    first = PAID + number * FURTHER
    before = await value(place.servers.postgres, ORDERS)

    async def ordered() -> bool:
        return int(await value(place.servers.postgres, ORDERS)) > int(before)

    people = place.people(place.old, f"payers-{number}", first, first + partnerships - 1)
    await place.until(ordered)
    await place.more()
    await place.end(people)


async def _is_known(place: Installation, build: str) -> bool:
    told = await place.servers.accord(THIS, "deploy", "status", "--json")
    return build in told.words


async def _moved(place: Installation, build: str, left: str, back: bool, course: Course) -> str:
    """Let all work go to one version by one command, and return its words. People go on meanwhile."""
    began = time.monotonic()
    words: list[str] = []

    async def rolled() -> bool:
        told = await _upgrade(place, *(["--back"] if back else []))
        words.append(told.words)
        return not told.code

    await place.until(rolled)
    await place.until(lambda: _is_drained(place, left))
    await place.more()
    course.promise(f"{build} took all work over, and {left} is drained", True)
    course.say(f"in {time.monotonic() - began:.0f} s, while people went on")
    return "\n".join(words)


async def _upgrade(place: Installation, *words: str) -> Answer:
    report = str(place.folder / "report.json")
    return await place.servers.accord(THIS, "upgrade", "--yes", "--watch", "5", "--report", report, *words)


async def _is_drained(place: Installation, build: str) -> bool:
    return not (await place.servers.accord(THIS, "deploy", "drained", build)).code


async def _without_old_workers(place: Installation, course: Course) -> None:
    """Go back once more and lose the old workers. What is open on their version is moved by the same command."""
    before, after = await place.servers.build_of(place.old), await place.servers.build_of(THIS)
    people = place.people(place.old, "deciders-again", DECIDED + FURTHER * MOVES)
    await _moved(place, before, after, True, course)
    for process in [process for process in place.running if process.name in {"worker-before", "projector"}]:
        await place.end(process)
    words = await _moved(place, after, before, False, course)
    course.promise(f"runs whose workers were gone were moved to {after}", f"were moved to {after}" in words, words)
    await place.end(people)


async def _for_good(place: Installation, partnerships: int, course: Course) -> None:
    """Stay: open what is held, pay, and find that there is no way back."""
    place.start(THIS, "projector-after", "-m", "accord", "projector")
    for number in range(MOVES + 1):
        first = PAID + number * FURTHER
        place.people(THIS, f"payers-after-{number}", first, first + partnerships - 1)
    opened = await _upgrade(place, "--open")
    course.promise("a person opens what was held", not opened.code, opened.words)
    place.people(THIS, "payers-of-decided", DECIDED, LAST)
    await place.until(lambda: value(place.servers.postgres, NEW_FORM))
    course.say("a payment was ordered in a form that 0.3.0 cannot read")
    place.worker(place.old, "worker-too-late")
    told = await _upgrade(place, "--back", "--patience", "60")
    before = await place.servers.build_of(place.old)
    course.promise(
        "from then on there is no way back", told.code == 1 and f"no way back to {before}" in told.words, told.words
    )


async def _goes_to(place: Installation, build: str) -> bool:
    """Let new work go to a version, as soon as a worker of it polls."""
    return not (await place.servers.accord(THIS, "deploy", "current", build)).code


async def _nothing_lost(place: Installation, partnerships: int, course: Course) -> None:
    """Everybody is paid once, what people of either release were told is there, and every event proves itself."""
    firsts = [PAID + number * FURTHER for number in range(MOVES + 1)]
    numbers = [*(first + number for first in firsts for number in range(partnerships)), *range(DECIDED, LAST + 1)]
    references = [f"P-2026-{number}" for number in numbers]

    async def paid() -> bool:
        return (await asyncio.to_thread(paid_once, place.bank, references))[1] >= TRANCHES * len(references)

    await place.until(paid)
    found, count = paid_once(place.bank, references)
    course.promise(f"nothing was paid twice, of {count} payments", not found, found)
    receipts = [json.loads(line) for file in (place.folder / "receipts").glob("*.jsonl") for line in file.open()]
    pool = await open_pool(place.servers.postgres.url)
    absent = [one for one in receipts if not await _is_there(pool, one)]
    course.promise(f"each of {len(receipts)} receipts of either release is true", bool(receipts) and not absent, absent)
    result = await verify(open_ledger(pool), {})
    course.promise("every event proves itself", not result.faults, result.faults[:3])
    pool.terminate()


async def _is_there(pool: asyncpg.Pool, receipt: dict[str, Any]) -> bool:
    stream = StreamId.partnership(receipt["partnership_id"])
    return bool(await pool.fetchval(THERE, stream, receipt["version"], receipt["position"]))
