"""From release 0.3.0 to this one while people work, and back until the first event in a new form."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg

from accord.demo.sample import sample_iban
from deploy.build import DEPLOYMENT
from deploy.database import open_pool
from deploy.embedded.bank import Bank
from deploy.embedded.processes import ChildProcess, program
from domain.streams import StreamId
from ledger.proof.verification import verify
from records.opening import open_ledger
from tests.chaos.partnerships.restoring import paid_once
from tests.drills.course import Course
from tests.drills.failing_over import HEAD
from tests.drills.office_failing_over import THERE
from tests.drills.releases import PEOPLE, THIS, HistoryMissing, Release, Servers, as_released
from tests.standbys import value
from tests.waiting import until

Found = TypeVar("Found")

PAID, DECIDED, LAST = 7001, 8001, 8003
"""The first partnership that is paid, and the first and last of those that are decided on before they are."""

MORE: Final = 12
"""Events that are recorded under each version: work goes on."""

TRANCHES: Final = 2
NEW_FORM: Final = """
SELECT EXISTS (SELECT FROM ledger.events WHERE convert_from(payload, 'UTF8') LIKE '%"paid_for":{%')
"""

LINES: Final = 1000
STOPPED: Final = 3
"""The exit code of a worker that met an event of a newer release."""


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
    """Upgrade under load, go back, go forward again, and try to go back once more."""
    try:
        old = await asyncio.to_thread(as_released, "0.3.0", folder / "0.3.0")
    except HistoryMissing as fault:
        return course.say(f"not tried: {fault}")
    place = Installation(folder, old)
    await place.servers.start()
    try:
        await _as_before(place, partnerships, course)
        before, after = await _to_and_fro(place, course)
        await _on_from_here(place, partnerships, before, after, course)
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


async def _to_and_fro(place: Installation, course: Course) -> tuple[str, str]:
    """Roll forward, back and forward while people propose and approve. Return both versions."""
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
    replayed = await servers.accord(THIS, "deploy", "replay", "--sample", "500")
    course.promise("everything that is open replays with the new code", not replayed.code, replayed.words)
    ramped = await servers.accord(THIS, "deploy", "ramp", after, "50")
    await place.more()
    course.promise("both versions work side by side", not ramped.code, ramped.words)
    for build, left in ((after, before), (before, after), (after, before)):
        await _moved(place, build, left, course)
    await place.end(people)
    return before, after


async def _is_known(place: Installation, build: str) -> bool:
    told = await place.servers.accord(THIS, "deploy", "status", "--json")
    return build in told.words


async def _moved(place: Installation, build: str, left: str, course: Course) -> None:
    """Let all work go to one version, and wait until the other is drained while people go on."""
    began = time.monotonic()
    for words in (("current", build), ("refresh",)):
        told = await place.servers.accord(THIS, "deploy", *words)
        if told.code:
            course.promise(f"accord deploy {' '.join(words)}", False, told.words)
    await place.until(lambda: _is_drained(place, left))
    await place.more()
    course.promise(f"{build} took all work over, and {left} is drained", True)
    course.say(f"in {time.monotonic() - began:.0f} s, while people went on")


async def _is_drained(place: Installation, build: str) -> bool:
    return not (await place.servers.accord(THIS, "deploy", "drained", build)).code


async def _on_from_here(place: Installation, partnerships: int, before: str, after: str, course: Course) -> None:
    """Pay, which this release records in a new form. An old worker that reads it stops, and the new one goes on."""
    for process in [one for one in place.running if one.name in {"worker-before", "projector"}]:
        await place.end(process)
    place.start(THIS, "projector-after", "-m", "accord", "projector")
    place.people(THIS, "payers-after", PAID, PAID + partnerships - 1)
    place.people(THIS, "payers-of-decided", DECIDED, LAST)
    await place.until(lambda: value(place.servers.postgres, NEW_FORM))
    course.say("a payment was ordered: the first event in a form that 0.3.0 cannot read")
    late = place.worker(place.old, "worker-too-late")
    place.running.remove(late)
    await place.until(lambda: _goes_to(place, before))
    stopped = await place.until(lambda: _has_ended(late))
    said = late.last_lines(LINES)
    course.promise(
        "from then on there is no way back: an old worker stops with code 3 and says so",
        stopped == [STOPPED] and '"event": "upgrade"' in said,
        (stopped, said[-300:]),
    )
    await place.until(lambda: _goes_to(place, after))
    await _moved_over(place, before, after)
    await place.until(lambda: _is_drained(place, before))
    course.promise(f"what was left on {before}, whose workers stop, was moved over by Temporal's own command", True)


async def _moved_over(place: Installation, left: str, build: str) -> None:
    """Pin what is open on a version to another: it is told nothing any more, since no worker of its own stays."""
    there = f"TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{left}' AND ExecutionStatus = 'Running'"
    to = ["--versioning-override-deployment-name", DEPLOYMENT, "--versioning-override-build-id", build]
    asked = ["--query", there, "--yes", "--reason", "its workers stop", "--versioning-override-behavior", "pinned", *to]
    address = place.servers.state.temporal_address
    process = await asyncio.create_subprocess_exec(
        program("temporal"), "workflow", "update-options", "--address", address, *asked,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if code := await process.wait():
        raise RuntimeError(f"temporal workflow update-options ended with {code}")


async def _goes_to(place: Installation, build: str) -> bool:
    """Let new work go to a version, as soon as a worker of it polls."""
    return not (await place.servers.accord(THIS, "deploy", "current", build)).code


async def _has_ended(process: ChildProcess) -> list[int]:
    """Return the exit code of a process that has ended, alone in a list, or an empty list."""
    ended = process._process.poll() if process._process is not None else None
    return [] if ended is None else [ended]


async def _nothing_lost(place: Installation, partnerships: int, course: Course) -> None:
    """Everybody is paid once, what people of either release were told is there, and every event proves itself."""
    numbers = [*range(PAID, PAID + partnerships), *range(DECIDED, LAST + 1)]
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
