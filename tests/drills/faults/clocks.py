"""Clocks jump ahead and fall back: a worker's, a shell's, both, the database's. Nothing is decided or paid by them."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from deploy.embedded.processes import ChildProcess
from deploy.embedded.stack import Stack
from domain.partnership import commands as c
from ledger import clock
from tests.builders import funds_out, party, proposal
from tests.chaos.partnerships.teller import PAYER, Teller
from tests.drills.course import Course
from tests.drills.faults.shifted import WrongClock
from tests.drills.faults.troubled_office import TroubledOffice, comes, is_a_sentence, told
from tests.lives import Life

TWO_HOURS: Final = timedelta(hours=2)
"""The error of a machine that believes to be in another zone."""

PLANNED: Final = timedelta(days=10)
"""In how many days a payment is planned."""

NOW: Final = """
CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + interval '{} seconds' $$
"""
"""The database's clock, which dates every event, at the one place where the ledger asks for it."""


class ShiftedStack(Stack):
    """A stack whose workers run under a clock that can be moved."""

    def __init__(self, folder: Path, wrong: WrongClock) -> None:
        super().__init__(folder, workers=1)
        self._wrong = wrong

    def _worker(self, number: int) -> ChildProcess:
        worker = super()._worker(number)
        worker._command[2:2] = ["tests.drills.faults.shifted", str(self._wrong.file)]
        return worker


class ShiftedOffice(TroubledOffice):
    """An office whose workers and shells have clocks that can be moved."""

    def __init__(self, folder: Path, seed: int, partnerships: int) -> None:
        super().__init__(folder, seed, partnerships)
        self.workers, self.shells = WrongClock(folder / "workers"), WrongClock(folder / "shells")
        for machine in (self.workers, self.shells):
            machine.move(timedelta(0))
        self.stack = ShiftedStack(folder / "stack", self.workers)

    def _begin(self, known: Teller | None = None) -> None:
        with clock.reading(self.shells.now):
            super()._begin(known)

    async def move_database(self, by: timedelta) -> None:
        """Let the database's clock be wrong by so much."""
        await self.desk.pool.execute(NOW.format(by.total_seconds()))


class Jump(NamedTuple):
    """A jump of some clocks."""

    what: str
    by: timedelta
    workers: bool = False
    shells: bool = False
    database: bool = False


JUMPS: Final = (
    Jump("the workers' clock jumps ahead", TWO_HOURS, workers=True),
    Jump("the workers' clock falls back", -TWO_HOURS, workers=True),
    Jump("the shells' clock jumps ahead", TWO_HOURS, shells=True),
    Jump("the shells' clock falls back", -TWO_HOURS, shells=True),
    Jump("the database's clock jumps ahead", TWO_HOURS, database=True),
    Jump("the database's clock falls back", -TWO_HOURS, database=True),
)


async def drill_clocks(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Move one clock after the other while people work, and set it right again."""
    office = ShiftedOffice(folder, seed, partnerships)
    await office.open()
    try:
        await office.until_the_bank_spoke(1)
        for number, jump in enumerate(JUMPS, start=7801):
            await _jumped(office, f"P-2026-{number}", jump, course)
        await _early(office, course)
        await office.to_the_end(course)
    finally:
        await office.close()


async def _jumped(office: ShiftedOffice, reference: str, jump: Jump, course: Course) -> None:
    """Approve while a clock is wrong, and once it is right again."""
    life = Life(office.desk, reference)
    await life.awaiting_approval(proposal(reference))
    await _move(office, jump, jump.by)
    start = time.monotonic()
    said = await told(_approve(office, life))
    course.forgot(
        0, time.monotonic() - start, f"whoever approves while {jump.what} by {abs(jump.by)}: {said or 'nobody'}"
    )
    course.promise("they are told in one sentence, and nothing is decided", is_a_sentence(said), said or "it was taken")
    await _move(office, jump, timedelta(0))
    goes_on = await comes(lambda: _approved(office, life))
    seconds = f"{time.monotonic() - start:.0f} s after the jump"
    course.promise(f"with the clock set right it goes on, {seconds}", goes_on, await told(_approve(office, life)))


async def _move(office: ShiftedOffice, jump: Jump, by: timedelta) -> None:
    if jump.workers:
        office.workers.move(by)
    if jump.shells:
        office.shells.move(by)
    if jump.database:
        await office.move_database(by)


async def _approve(office: ShiftedOffice, life: Life) -> object:
    with clock.reading(office.shells.now):
        return await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")


async def _approved(office: ShiftedOffice, life: Life) -> bool:
    said = await told(_approve(office, life))
    return not said or bool((await life.state()).approvals)


async def _early(office: ShiftedOffice, course: Course) -> None:
    """Every clock but the database's runs ahead, and a payment is released and handed over before its day."""
    life, due = Life(office.desk, "P-2026-7890"), (clock.now() + PLANNED).date()
    out = funds_out("70.00", payee=party(), final_report=False)
    out["tranches"][0]["due_on"] = due.isoformat()
    await life.signed(proposal(life.reference, funds_out=out))
    course.say(f"a payment is planned for {due}, and all clocks but the database's jump {PLANNED.days + 1} days ahead")
    for machine in (office.workers, office.shells):
        machine.move(PLANNED + timedelta(days=1))
    said = await told(_release(office, life))
    course.promise(f"nobody releases it, nor is it paid: {said}", is_a_sentence(said), said or "it was released")
    for machine in (office.workers, office.shells):
        machine.move(timedelta(0))
    said = await told(_release(office, life))
    course.promise(f"with the clocks set right it waits for its day: {said}", is_a_sentence(said), said)
    paid = [one for one in office.bank.payments() if life.reference in str(one.get("end_to_end_id"))]
    course.promise("and nothing of it was paid", not paid, paid)


async def _release(office: ShiftedOffice, life: Life) -> object:
    with clock.reading(office.shells.now):
        return await life.do(c.Release, PAYER, tranche=1)
