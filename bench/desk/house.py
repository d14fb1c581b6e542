"""The house in which the tasks are done: a demo that just ended, with what each task needs made ready."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from accord.client.desk import Desk, open_desk
from accord.demo.cases.case import Case, reference
from accord.demo.house import HOUSE, first_free_number
from accord.demo.sample import SAMPLE, furnish
from accord.demo.steps import POLL_SECONDS, PROPOSER, VERIFIER, Steps
from accord.presentation.input_files import read_file
from bench.desk.bank import BankByFile
from deploy.logins import Login
from deploy.settings import DATA_VARIABLE, StackState, read_stack
from domain.partnership import commands as c
from ledger import clock
from payments.accounts import AccountDetails, reference_of
from payments.answers.sample_answer import settled_answer

ENDED: Final = b"Ctrl-C"
"""What a demo says at last: all that it leaves open is there."""


TO_APPROVE, ASKED, TO_AGREE, REPORTED, CLOSED = 31, 33, 34, 37, 1
"""The numbers of the demo's cases that the tasks are about."""
PAID_TO: Final = "kampala"
"""The account of the sample that the agreement names."""


@dataclass
class House:
    """What the tasks are about: the demo's partnerships by what waits in them."""

    first: int
    account: str
    folder: Path
    closed: str = ""
    """A grant that was paid in two parts and closed."""
    partner: str = "Riverbend Library Network"
    taken: bytes = b""
    """The payment file that was taken to the bank."""
    today: str = field(default_factory=lambda: clock.today().isoformat())

    @property
    def to_approve(self) -> str:
        """Return the grant that waits for approvals."""
        return reference(self.first, TO_APPROVE)

    @property
    def asked(self) -> str:
        """Return the grant with a question."""
        return reference(self.first, ASKED)

    @property
    def to_agree(self) -> str:
        """Return the grant that waits for its agreement."""
        return reference(self.first, TO_AGREE)

    @property
    def reported(self) -> str:
        """Return the grant whose report waits to be accepted."""
        return reference(self.first, REPORTED)

    def bank_answer(self) -> Path:
        """Write an invented answer of the bank that settles the file which was taken to it."""
        path = self.folder / "answer.camt.054.xml"
        path.write_bytes(settled_answer(self.taken, clock.now()))
        return path

    async def furnish(self, desk: Desk) -> None:
        """File the papers that the agreement of one grant waits for: a task of nobody's here."""
        known = await desk.known_partnership(self.to_agree)
        for condition in known.open_conditions():
            sight = await desk.known_sight(self.to_agree)
            await desk.decide(sight, c.Satisfy, VERIFIER, condition=condition, note="filed with the grant's papers")


async def house_of(desk: Desk, folder: Path) -> House:
    """Return the newest house that a demo left. Raises LookupError if there is none with all that waits in it."""
    numbers = {_number_of(one.partnership_id) for one in await desk.portfolio() if not one.ended}
    firsts = [
        number // 100 * 100 for number in numbers if {number // 100 * 100 + one.number for one in HOUSE} <= numbers
    ]
    if not firsts:
        raise LookupError("no demo left a whole house here: start `make demo` on a new folder, or leave out --here")
    details = read_file(SAMPLE / "accounts" / f"{PAID_TO}.toml", AccountDetails)
    return House(max(firsts), reference_of(details).reference, folder, reference(max(firsts), CLOSED))


TASKS_ARE_IN: Final = frozenset({TO_APPROVE, ASKED, TO_AGREE, REPORTED})
"""The cases of a demo's house in which there is something to do."""


async def house_beside(desk: Desk, folder: Path) -> House:
    """Make what the tasks need anew, beside what a demo and earlier tasks left: each is done once, and then it is over.

    Raises:
        LookupError: No demo ended here: nothing of it was paid and closed.
    """
    first, portfolio = await first_free_number(desk), await desk.portfolio()
    closed = [one.partnership_id for one in portfolio if one.ended and _number_of(one.partnership_id) % 100 == CLOSED]
    if not closed:
        raise LookupError("no demo ended here: wait until its table is there, or leave out --here")
    async with (
        open_desk(Login.EXPORTER, acting=True) as exporter,
        open_desk(Login.IMPORTER, acting=True) as importer,
    ):
        bank = BankByFile(exporter, importer, folder, await furnish(desk))
        await bank.stranger_pays()
        lives = asyncio.gather(*(_live(desk, bank, case, first) for case in HOUSE if case.number in TASKS_ARE_IN))
        while not lives.done():
            await bank.round()
            await asyncio.sleep(POLL_SECONDS)
        await lives
    return House(first, bank.accounts[PAID_TO].reference, folder, closed=max(closed))


async def _live(desk: Desk, bank: BankByFile, case: Case, first: int) -> None:
    proposed = case.proposed(first)
    await desk.propose(proposed, PROPOSER)
    await case.life(Steps(desk, bank, proposed.reference))


def _number_of(partnership_id: str) -> int:
    return int(partnership_id.rpartition("-")[2])


@asynccontextmanager
async def a_demo(folder: Path) -> AsyncIterator[StackState]:
    """Run a demo on a folder of its own until it left its house, and stop it in the end."""
    os.environ[DATA_VARIABLE] = str(folder)
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "demo", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    assert demo.stdout is not None
    try:
        async for line in demo.stdout:
            if ENDED in line:
                break
        found = read_stack()
        if found is None:
            raise LookupError("the demo did not stay up")
        yield found
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.communicate()
