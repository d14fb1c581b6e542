"""Put the files of both stopped servers back whole: they agree with each other, and only what is elsewhere does not."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from pathlib import Path

from accord.client.whole_ledger import require_whole
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.presentation.faults import Refused
from deploy.embedded.stack import Stack
from tests.chaos.partnerships.episode import cast
from tests.chaos.partnerships.restoring import Office
from tests.chaos.partnerships.teller import PAYER, Teller
from tests.drills.course import Course
from tests.drills.point_in_time import Elsewhere
from tests.waiting import until


class OfficeWithoutTeller(Office):
    """An office where payments are released, and nobody carries a file to the bank."""

    def _begin(self, known: Teller | None = None) -> None:
        staff, expected = cast(self.desk, self._account, self._count)
        self.references = list(expected)
        self._tasks = [asyncio.create_task(member.lead()) for member in staff]

    async def file_made(self) -> str:
        """Wait until a payment file is made, and return its message id."""

        async def message_id() -> str:
            files = (await export(self.desk, PAYER)).files
            return files[0].file.message_id if files else ""

        return await until(message_id)

    async def stop(self) -> None:
        """Stop both servers."""
        self.desk.pool.terminate()
        await asyncio.to_thread(self.stack.stop)

    async def start(self) -> None:
        """Start both servers on the files that are there."""
        self.stack = Stack(self.stack.folder, workers=1)
        await self.stack.start()
        await self._work_here()


async def drill_files(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Copy the files of both servers, hand a payment file over, put the copies back, and try to pay again."""
    office, copy = OfficeWithoutTeller(folder, seed, min(partnerships, 3)), folder / "copy"
    await office.open()
    try:
        elsewhere = Elsewhere(folder / "elsewhere")
        await elsewhere.sign(office.desk)
        file_id = await office.file_made()
        await office.rest()
        await office.stop()
        await _copy(office.stack.folder, copy)
        await office.start()
        head = await _leaves(office, elsewhere, file_id, course)
        await office.stop()
        shutil.rmtree(office.stack.folder)
        await _copy(copy, office.stack.folder)
        await _back(office, head, course)
    finally:
        await office.close()


async def _leaves(office: OfficeWithoutTeller, elsewhere: Elsewhere, file_id: str, course: Course) -> int:
    """Hand the file over, and return the number of events after it."""
    async with elsewhere.signing(office.desk):
        handed_over = await hand_over(office.desk, file_id, PAYER, office.folder / "out")
    course.promise("a payment file left once a checkpoint elsewhere covered it", handed_over.path is not None)
    return await office.desk.ledger.head()


async def _back(office: OfficeWithoutTeller, head: int, course: Course) -> None:
    start = time.monotonic()
    await office.start()
    size = await office.desk.ledger.head()
    course.say(f"the files of both servers are back as they were: {size} events of {head}, and no file has left")
    fault = await _fault(office)
    course.forgot(head - size, time.monotonic() - start, "the check before a payment file")
    course.promise("what left is not paid again: no file is made or handed over", "speaks of" in fault, fault)


async def _fault(office: Office) -> str:
    try:
        await require_whole(office.desk)
    except Refused as fault:
        return str(fault)
    return ""


async def _copy(source: Path, target: Path) -> None:
    """Copy files with their owners: PostgreSQL's are not this process's."""
    await asyncio.to_thread(subprocess.run, ["cp", "-a", str(source), str(target)], check=True)
