"""Disks are full: PostgreSQL's, its log's, Temporal's and the archive's. Each goes on once there is room again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg

from domain.partnership import commands as c
from ledger import clock
from tests.chaos.partnerships.drive import OUTAGES
from tests.drills.course import Course
from tests.drills.faults.small_disk import NoSmallDisk, SmallDisk, small_disk
from tests.drills.faults.troubled_office import TroubledOffice, comes, is_a_sentence, nobody_is_answered, told
from tests.waiting import until

LEDGERS: Final = 384
"""Mebibytes for PostgreSQL: a new cluster takes 60, and keeps five segments of its log."""

TEMPORALS: Final = 96
ARCHIVES: Final = 4

LONG: Final = "It says again what it said before. " * 55
"""A comment that fills a quarter of a page of the database."""

LIST: Final = ("un-consolidated", "un_consolidated.xml")


async def drill_disks(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Fill one disk after the other while people work, and make room again."""
    office = TroubledOffice(folder, seed, partnerships)
    with ExitStack() as mounted:
        try:
            postgres = mounted.enter_context(small_disk(office.stack.folder / "postgres", LEDGERS))
            temporal = mounted.enter_context(small_disk(folder / "temporal", TEMPORALS))
            archive = mounted.enter_context(small_disk(folder / "archive", ARCHIVES))
        except NoSmallDisk as reason:
            course.promise("each disk can be filled here", False, reason)  # what was not tried is not certified
            return
        (office.stack.folder / "temporal.sqlite").symlink_to(temporal.folder / "temporal.sqlite")
        async with _open(office):
            await office.until_the_bank_spoke(1)
            await _archive_full(office, archive, course)
            await _tables_full(office, postgres, course)
            await _log_full(office, postgres, course)
            await _temporal_full(office, temporal, course)
            await office.to_the_end(course)


@asynccontextmanager
async def _open(office: TroubledOffice) -> AsyncIterator[None]:
    await office.open()
    try:
        async with office.supervised():
            yield
    finally:
        await office.close()


async def _archive_full(office: TroubledOffice, disk: SmallDisk, course: Course) -> None:
    """A register's new files do not fit. The version in force stays, and nothing half written is left."""
    register, name = LIST
    day, published = clock.today().isoformat(), office.folder / "published"
    await office.done("registers", "sample", str(published), "--on", day)
    with (published / name).open("ab") as file:
        file.write(b"<!-- published once more -->\n")
    load = ("registers", "load", register, str(published / name), "--as-of", day, "--minimum-rows", "1")
    before, files = await _in_force(office), _files(disk.folder)
    disk.fill()
    start = time.monotonic()
    refused = await office.accord(*load)
    course.forgot(0, time.monotonic() - start, f"whoever loads a register: {refused.words.strip()}")
    named = is_a_sentence(refused.words) and "archive" in refused.words
    course.promise("they are told which disk is full, in one sentence", bool(refused.code) and named, refused)
    course.promise("the version in force stays", await _in_force(office) == before)
    left = _files(disk.folder) - files - {"filler"}
    course.promise("nothing half written is left in the archive", not left, left)
    disk.empty()
    await office.done(*load)
    course.promise("with room the same command loads it", await _in_force(office) != before)


def _files(folder: Path) -> frozenset[str]:
    return frozenset(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


async def _in_force(office: TroubledOffice) -> int:
    query = "SELECT max(version) FROM registers.versions WHERE register = $1 AND state = 'IN_FORCE'"
    return int(await office.desk.pool.fetchval(query, LIST[0]))


async def _tables_full(office: TroubledOffice, disk: SmallDisk, course: Course) -> None:
    """No further page fits into the ledger's table. What is not answered is not there, and nobody is paid for it."""
    disk.fill()
    start = time.monotonic()
    said = await until(lambda: _refused(office))
    course.forgot(0, time.monotonic() - start, f"whoever decides: {said}")
    course.promise("they are told in one sentence", is_a_sentence(said), said)
    said = (await office.accord("staff", "pending")).words
    course.say(f"a new shell that only reads is told: {said.strip()}")
    disk.empty()
    await _on_again(office, start, course)


async def _refused(office: TroubledOffice) -> str:
    """Decide something long, and return what is said where it is not answered."""
    return await told(_comment(office))


async def _comment(office: TroubledOffice) -> object:
    seen = await office.desk.known_sight(office.waiting[0])
    return await office.desk.decide(seen, c.Comment, "ana.silva", text=f"{seen.version}: {LONG}")


async def _on_again(office: TroubledOffice, start: float, course: Course) -> None:
    """Wait until somebody who decides is answered again, without anybody's help."""
    goes_on = await comes(lambda: _answered(office))
    seconds = f"{time.monotonic() - start:.0f} s after the disk was full"
    course.promise(f"with room it goes on by itself, {seconds}", goes_on, await _refused(office))


async def _answered(office: TroubledOffice) -> bool:
    return not await _refused(office)


async def _log_full(office: TroubledOffice, disk: SmallDisk, course: Course) -> None:
    """No further segment of the write-ahead log fits: the server ends, and cannot start again before there is room."""
    start = time.monotonic()
    disk.fill()
    await until(lambda: _ended(office))
    course.say("the write-ahead log had no room: the server ended")
    said = await _refused(office)
    course.promise(f"who decides is told: {said}", is_a_sentence(said), said)
    shell = await office.accord("list")
    course.promise(
        f"and so is whoever reads: {shell.words.strip()}", shell.code == 3 and is_a_sentence(shell.words), shell
    )
    quiet = await nobody_is_answered(office, lambda: asyncio.sleep(0))
    course.promise("nothing was decided or paid meanwhile", quiet)
    disk.empty()
    await _on_again(office, start, course)


async def _ended(office: TroubledOffice) -> bool:
    """Switch to another segment of the log, and return True once the server ended of it."""
    try:
        await office.desk.pool.execute("SELECT pg_logical_emit_message(false, 'drill', repeat('x', 1000000))")
        await office.desk.pool.execute("SELECT pg_switch_wal()")
    except (*OUTAGES, asyncpg.PostgresError):
        return not office.stack.postgres.alive() or await _is_away(office)
    return False


async def _is_away(office: TroubledOffice) -> bool:
    try:
        await (await asyncpg.connect(office.stack.postgres.url)).close()
    except (OSError, asyncpg.PostgresError):
        return True
    return False


async def _temporal_full(office: TroubledOffice, disk: SmallDisk, course: Course) -> None:
    """Temporal can keep nothing more. Nobody's decision is taken, and those who try are told."""
    disk.fill()
    start = time.monotonic()
    said = await until(lambda: _refused(office))
    course.forgot(0, time.monotonic() - start, f"whoever decides while Temporal's disk is full: {said}")
    course.promise("they are told in one sentence", is_a_sentence(said), said)
    disk.empty()
    await _on_again(office, start, course)
