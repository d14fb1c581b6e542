"""Put the database back to a point in time, and follow the runbook: what was lost, found, brought back and proved."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from accord.client.whole_ledger import require_whole
from accord.operations.health import installation_status
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from ledger.proof.checkpoints import reached_by
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import verify
from tests.builders import proposal
from tests.chaos.partnerships.drive import persist
from tests.chaos.partnerships.restoring import (
    follow_the_runbook,
    in_no_list,
    paid_once,
    record_again_what_is_known,
)
from tests.drills.course import Course
from tests.drills.erased import Chair
from tests.drills.point_in_time import ArchivingOffice, Elsewhere
from tests.lives import Life
from tests.waiting import until

LATE: Final = "P-2026-7991"
"""A partnership that is approved by one before the point, and by another after it."""

APPROVAL: Final = {"no_interest": True, "reason": "fits the programme"}

ANSWERS: Final = 2
"""The bank's files between two moments of the drill."""


async def drill_restore(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Lose the newest events by a restore to a point in time, and go on."""
    office = ArchivingOffice(folder, seed, partnerships)
    await office.open()
    try:
        elsewhere = Elsewhere(folder / "elsewhere")
        chair = Chair(office)
        point, head = await _work(office, elsewhere, chair, course)
        before = await office.events()
        start = time.monotonic()
        await office.put_back(both=False)
        course.say("the database is back, from its base backup and the write-ahead log")
        await _noticed(office, elsewhere, course, point, head, start)
        await chair.come_back(course)
        forgotten = before - await office.events()
        recorded_count = await record_again_what_is_known(office)
        course.say(f"found: {recorded_count} of {len(forgotten)} lost events in Temporal's histories, recorded again")
        thrown_away = await in_no_list(office, forgotten)
        course.promise(
            "each decision that is still lacking is in the list that two people accept", not thrown_away, thrown_away
        )
        forgotten_files = await follow_the_runbook(office)
        course.say(f"two people began an epoch, and named {forgotten_files} payment files that left and were forgotten")
        await chair.stay_erased(course)
        await _goes_on(office, elsewhere, course)
    finally:
        await office.close()


async def _work(office: ArchivingOffice, elsewhere: Elsewhere, chair: Chair, course: Course) -> tuple[int, int]:
    """Work up to the point and beyond it. Return the number of events at both moments."""
    late = Life(office.desk, LATE)
    office.references.append(LATE)
    async with elsewhere.signing(office.desk), office.archiving():
        coming = late.awaiting_approval(proposal(LATE))
        await asyncio.gather(chair.come_and_go(), coming, office.until_the_bank_spoke(1))
        await office.back_up()
        course.say("a base backup was taken while everybody worked")
        await late.do(c.Approve, "ana.silva", **APPROVAL)  # the write-ahead log holds it, and the base backup does not
        await elsewhere.sign(office.desk)
        point = await office.name_the_point()
        await late.do(c.Approve, "femi.ade", **APPROVAL)
        await asyncio.gather(chair.erase(), office.until_the_bank_spoke(len(office.teller.answers) + ANSWERS))
        course.promise("a person was erased after the point", not await chair.is_named(), "she can be read")
        await office.refresh()
        await office.rest()
        head = await office.desk.ledger.head()
    course.say(f"{point} events at the point to restore to, {head} at the end")
    return point, head


async def _noticed(
    office: ArchivingOffice, elsewhere: Elsewhere, course: Course, point: int, head: int, start: float
) -> None:
    """The loss is noticed by each guard, and the part that is left is the one that was signed."""
    desk, tree = office.desk, StoredTree(office.desk.ledger)
    size = await desk.ledger.head()
    course.promise(f"the ledger is back at the point, with {point} events", size == point, f"it has {size}")
    ahead = await until(lambda: _ahead(office))
    course.forgot(head - size, time.monotonic() - start, f"`accord status`, which names {len(ahead)} partnerships")
    newest, beyond = await reached_by(tree, elsewhere.checkpoints.newest_first((elsewhere.key.verifier,)))
    course.promise("checkpoints elsewhere prove what is left, and speak of more", bool(beyond) and newest.size <= size)
    course.say(
        f"proved: the first {newest.size} events are those that were signed; {len(beyond)} checkpoints speak of more"
    )
    course.promise("no payment file is made before two people accept the loss", await _is_refused(office))
    fault = await desk.registrar.fault_of_installation()
    course.promise("nothing is recorded before an epoch begins", bool(fault), fault)


async def _ahead(office: ArchivingOffice) -> list[str]:
    return (await persist(lambda: installation_status(office.desk))).ahead


async def _is_refused(office: ArchivingOffice) -> bool:
    try:
        await require_whole(office.desk)
    except Refused:
        return True
    return False


async def _goes_on(office: ArchivingOffice, elsewhere: Elsewhere, course: Course) -> None:
    """In the new epoch everybody works on, and nothing is paid twice."""
    elsewhere.use("after_the_restore")
    async with elsewhere.signing(office.desk):
        await office.go_on()
    found, paid = paid_once(office.bank, office.references)
    course.promise(f"nothing was paid twice, of {paid} payments", not found, found)
    course.promise("everybody's payments went on", paid > 0)
    roots = {one.size: one.root for one in elsewhere.checkpoints.checkpoints((elsewhere.key.verifier,))}
    result = await verify(office.desk.ledger, roots)
    course.promise("every event proves itself", not result.faults, result.faults[:3])
