"""Release 0.2.0 is stopped in the middle of its demo, upgraded, and started: everything open goes on under this one."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

import asyncpg

from accord.audit.signatures import verify_signatures
from accord.client.desk import Desk
from accord.operations.health import installation_status
from accord.presentation.faults import Refused
from deploy.connections import connect_temporal
from deploy.database import closing, open_pool
from deploy.embedded.postgres import Postgres
from deploy.embedded.stack import Stack
from domain.partnership import commands as c
from ledger.proof.verification import verify
from records.keys.keyring import Keyring
from tests.chaos.partnerships.drive import persist
from tests.drills.course import Course
from tests.drills.releases import HistoryMissing, Release, as_released
from tests.waiting import until

ENOUGH: Final = 150
"""Events after which the demo is stopped: some partnerships have ended, and most have not."""

LEAVES: Final = "SELECT position, leaf FROM ledger.events ORDER BY position"

Leaves = list[tuple[int, bytes]]


async def drill_stopped(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Stop 0.2.0, start this release on its files, and let somebody decide in each partnership that is open."""
    try:
        old, data = await asyncio.to_thread(as_released, "0.2.0", folder / "0.2.0"), folder / "data"
    except HistoryMissing as fault:
        return course.say(f"not tried: {fault}")
    before = await _as_before(old, data)
    course.say(f"0.2.0 was stopped at {len(before)} events, in the middle of its demo")
    began, stack = time.monotonic(), Stack(data, workers=1)
    try:
        applied = await stack.start()
        course.say(f"started {time.monotonic() - began:.0f} s later, with {len(applied)} migrations")
        client = await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets)
        async with closing(await open_pool(stack.postgres.url)) as pool:
            leaves = [tuple(row) for row in await pool.fetch(LEAVES)]
            course.promise("its events are the bytes that they were", leaves[: len(before)] == before)
            await _goes_on(Desk(pool, Keyring(data / "keys"), client=client), course)
    finally:
        await asyncio.to_thread(stack.stop)
    return None


async def _as_before(old: Release, data: Path) -> Leaves:
    """Run the demo of a release, stop it on the way, and return the events that it left."""
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "accord", "demo",
        env={**old.environment, "ACCORD_DATA": str(data)}, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    postgres = Postgres(data / "postgres")
    try:
        await until(lambda: _has_enough(data))
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.wait()
    await asyncio.to_thread(postgres.start)
    connection = await asyncpg.connect(postgres.url)
    leaves = [tuple(row) for row in await connection.fetch(LEAVES)]
    await connection.close()
    await asyncio.to_thread(postgres.stop)
    return leaves


async def _has_enough(data: Path) -> bool:
    secret, place = data / "secrets" / "postgres", data / "postgres"
    try:
        connection = await asyncpg.connect(f"postgresql://postgres:{secret.read_text().strip()}@/accord?host={place}")
    except (OSError, asyncpg.PostgresError):
        return False
    try:
        return bool(await connection.fetchval("SELECT count(*) >= $1 FROM ledger.events", ENOUGH))
    except asyncpg.PostgresError:  # before its schema
        return False
    finally:
        await connection.close()


async def _goes_on(desk: Desk, course: Course) -> None:
    open_ones = [one.partnership_id for one in await desk.portfolio() if not one.ended]
    status = await until(lambda: _healthy(desk))
    course.promise(
        f"each of {len(open_ones)} open partnerships runs", not status.missing and not status.stopped, status.missing
    )
    refused = [one for one in open_ones if not await _is_held(desk, one)]
    course.promise("each takes a decision of this release", bool(open_ones) and not refused, refused)
    result = await verify(desk.ledger, {})
    course.promise("every event proves itself", not result.faults, result.faults[:3])
    signatures = await verify_signatures(desk.ledger)
    course.promise("every signature is its person's", not signatures.faults, signatures.faults[:3])


async def _healthy(desk: Desk) -> Any:
    status = await persist(lambda: installation_status(desk))
    return status if not status.missing and not status.stopped else None


async def _is_held(desk: Desk, reference: str) -> bool:
    try:
        sight = await persist(lambda: desk.known_sight(reference))
        await persist(lambda: desk.decide(sight, c.PlaceHold, "dora.kim", reason="looked at after the upgrade"))
    except Refused:
        return False
    return True
