"""The primary freezes while money is under way, a standby takes over, and people go on in the next epoch."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from accord.cli.payments.reopening import file_that_left
from accord.operations.health import installation_status
from accord.presentation.faults import Refused
from domain.errors import EpochNotBegun
from domain.streams import StreamId
from ledger.proof.checkpoints import reached_by
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import verify
from tests.builders import proposal
from tests.chaos.partnerships.drive import persist
from tests.chaos.partnerships.restoring import Office, follow_the_runbook, is_known, paid_once
from tests.drills.course import Course
from tests.drills.failing_over import IN_SILENCE, NAMES, head, take_over
from tests.drills.point_in_time import Elsewhere
from tests.standbys import Standby, add_standbys, freeze, kill, thaw
from tests.standbys import waiting as waiting_on
from tests.waiting import until
from workflows.messages import Receipt

THERE: Final = "SELECT EXISTS (SELECT FROM ledger.events WHERE stream_id = $1 AND version = $2 AND position = $3)"
NEW: Final = "P-2026-6999"


class OfficeOfThree(Office):
    """An office whose server has two standbys. The name of a folder leads to the primary, as elsewhere an address."""

    standbys: tuple[Standby, ...] = ()

    async def _work_here(self) -> None:
        if not self.standbys:
            self.standbys = tuple(Standby(self.stack.postgres, name) for name in NAMES)
            await add_standbys(self.stack.postgres, self.standbys)
        await super()._work_here()

    async def receipts(self) -> list[Receipt]:
        """Return everything that somebody was told is recorded."""
        return [receipt for member in self.staff for receipt in member.acknowledged]

    def lead_to(self, successor: Standby) -> None:
        """Let the address of the primary lead to the server that took over."""
        place = self.stack.folder / "postgres"
        place.rename(self.stack.folder / "lost")
        place.symlink_to(successor._folder)

    async def close(self) -> None:
        """Stop everything."""
        await super().close()
        for standby in self.standbys:
            await asyncio.to_thread(kill, standby)


async def drill_office(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Lose the primary while people decide and pay, and go on with a standby."""
    office = OfficeOfThree(folder, seed, partnerships)
    elsewhere = Elsewhere(folder / "elsewhere")
    await office.open()
    try:
        processes = [worker.pid for worker in office.stack.workers]
        async with elsewhere.signing(office.desk):
            await office.until_the_bank_spoke(1)
            successor, at = await _frozen(office, course)
            await _comes_back(office, elsewhere, successor, course)
            began = time.monotonic()
            office.lead_to(successor)
            fault = await until(lambda: persist(office.desk.registrar.fault_of_installation))
            course.forgot(0, time.monotonic() - began, f"whoever decides: {str(fault)[:60]}...")
            await _refuses(office, successor, at, course)
            await office.rest()
        await _lost_nothing(office, elsewhere, course)
        left = await follow_the_runbook(office)
        course.promise("no payment file left that the new primary does not know", left == 0, f"{left} files")
        await _goes_on(office, elsewhere, course)
        course.promise("no process had to be started anew", processes == [one.pid for one in office.stack.workers])
    finally:
        await office.close()


async def _frozen(office: OfficeOfThree, course: Course) -> tuple[Standby, int]:
    """Freeze the primary and let a standby take over. Return it, and the number of its events then."""
    freeze(office.stack.postgres)
    successor = await take_over(office.stack.postgres, list(office.standbys))
    at = await head(successor)
    course.say(f"the primary froze under {len(await office.receipts())} receipts; a standby took over at event {at}")
    return successor, at


async def _comes_back(office: OfficeOfThree, elsewhere: Elsewhere, successor: Standby, course: Course) -> None:
    """Let the primary go on, kill it and start it again, while everybody asks it, and then kill it for good."""
    thaw(office.stack.postgres)
    await until(lambda: persist(lambda: waiting_on(office.stack.postgres)))
    await asyncio.sleep(IN_SILENCE)
    kill(office.stack.postgres)
    await asyncio.to_thread(office.stack.postgres.start)
    await until(lambda: persist(lambda: waiting_on(office.stack.postgres)))
    await asyncio.sleep(IN_SILENCE)
    alone = await head(office.stack.postgres) - await head(successor)
    course.say(f"the primary came back, twice, and has {alone} events that no standby has; it is killed for good")
    kill(office.stack.postgres)


async def _refuses(office: OfficeOfThree, successor: Standby, at: int, course: Course) -> None:
    """Nothing is recorded before an epoch begins, whoever tries."""
    try:
        await persist(lambda: office.desk.propose(proposal(NEW), "pia.berg"))
        answer = "recorded"
    except Refused as refusal:
        answer = refusal.kind
    course.promise("a decision is refused before an epoch begins", answer == EpochNotBegun.__name__, answer)
    await asyncio.sleep(IN_SILENCE)
    now = await head(successor)
    course.promise("nothing is recorded on the new primary before that", now == at, f"{now - at} events")


async def _lost_nothing(office: OfficeOfThree, elsewhere: Elsewhere, course: Course) -> None:
    """What somebody was told, what left, and what was signed elsewhere is there."""
    receipts = await office.receipts()
    absent = [receipt for receipt in receipts if not await _is_there(office, receipt)]
    course.promise(f"each of {len(receipts)} receipts is true of the new primary", not absent, absent[:3])
    files = [file_that_left(path) for path in sorted((office.folder / "out").glob("*.xml"))]
    unknown = [file.message_id for file in files if not await is_known(office.desk, file.message_id)]
    course.promise(f"each of {len(files)} payment files that left is known to it", bool(files) and not unknown, unknown)
    newest, beyond = await reached_by(
        StoredTree(office.desk.ledger), elsewhere.checkpoints.newest_first((elsewhere.key.verifier,))
    )
    course.promise("no checkpoint speaks of what it lacks", not beyond, [one.size for one in beyond])
    course.say(f"proved: the first {newest.size} events are those that were signed")
    status = await persist(lambda: installation_status(office.desk))
    course.promise("no workflow knows more than it", not status.ahead, status.ahead)


async def _is_there(office: OfficeOfThree, receipt: Receipt) -> bool:
    stream = StreamId.partnership(receipt.partnership_id)
    return bool(await office.desk.pool.fetchval(THERE, stream, receipt.version, receipt.position))


async def _goes_on(office: OfficeOfThree, elsewhere: Elsewhere, course: Course) -> None:
    """In the new epoch everybody works on, and nothing is paid twice."""
    before = await office.desk.ledger.head()
    async with elsewhere.signing(office.desk):
        await office.go_on()
    course.promise("everybody worked on", await office.desk.ledger.head() > before)
    found, paid = paid_once(office.bank, office.references)
    course.promise(f"nothing was paid twice, of {paid} payments", not found and paid > 0, found)
    roots = {one.size: one.root for one in elsewhere.checkpoints.checkpoints((elsewhere.key.verifier,))}
    result = await verify(office.desk.ledger, roots)
    course.promise("every event proves itself", not result.faults, result.faults[:3])
